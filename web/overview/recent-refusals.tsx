import { Anchor, Code, Group, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { UsageSeries } from '../charts/ranges.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { ErrorHelpText, useErrorHelp } from '../ui/feedback/error-help.tsx';
import classes from './overview.module.css';
import { OverviewCard } from './overview-card.tsx';
import { overviewTexts } from './texts.ts';

/** Reasons that are shown at most. */
const SHOWN = 4;

/** Why calls were refused in the last 24 hours, the most frequent reason first. */
export function RecentRefusals({ outcomes }: Pick<UsageSeries, 'outcomes'>) {
  const texts = useTexts(overviewTexts);
  const refusals = outcomes.filter(({ outcome }) => outcome !== 'OK').slice(0, SHOWN);
  return (
    <OverviewCard title={texts.refusals} more={{ to: '/usage', text: texts.toUsage }}>
      {refusals.length === 0 && <Text c="dimmed">{texts.noRefusals}</Text>}
      {refusals.length > 0 && (
        <ul className={classes.refusals}>
          {refusals.map(({ outcome, count }) => (
            <RefusalRow key={outcome} reason={outcome} count={count} />
          ))}
        </ul>
      )}
    </OverviewCard>
  );
}

/** A reason with its calls, to which the whole row leads. */
function RefusalRow({ reason, count }: { readonly reason: string; readonly count: number }) {
  const { times, seeCalls } = useTexts(overviewTexts);
  const { number } = useFormats();
  const help = useErrorHelp(reason);
  return (
    <li className={classes.refusal}>
      <Group gap="xs" justify="space-between">
        <Anchor
          renderRoot={(props) => <Link {...props} to="/requests" search={{ outcome: reason }} />}
          className={classes.row}
          title={seeCalls}
          underline="never"
        >
          <Code>{reason}</Code>
        </Anchor>
        <Text size="sm" c="dimmed" ms="auto">
          {times(count, number(count))}
        </Text>
        <IconChevronRight size={16} aria-hidden className={classes.chevron} />
      </Group>
      {help && (
        <Text size="sm" c="dimmed" lineClamp={2}>
          <ErrorHelpText text={help.happened} />
        </Text>
      )}
    </li>
  );
}
