import { Code, Group, Text } from '@mantine/core';
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
      {refusals.map(({ outcome, count }) => (
        <RefusalRow key={outcome} reason={outcome} count={count} />
      ))}
    </OverviewCard>
  );
}

function RefusalRow({ reason, count }: { readonly reason: string; readonly count: number }) {
  const { times } = useTexts(overviewTexts);
  const { number } = useFormats();
  const help = useErrorHelp(reason);
  return (
    <div className={classes.finding} data-bad>
      <Group gap="xs" justify="space-between">
        <Code>{reason}</Code>
        <Text size="sm" c="dimmed">
          {times(count, number(count))}
        </Text>
      </Group>
      {help && (
        <Text size="sm" c="dimmed">
          <ErrorHelpText text={help.fix} />
        </Text>
      )}
    </div>
  );
}
