import { Anchor, Code, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { UsageSeries } from '../charts/ranges.ts';
import { chartTexts } from '../charts/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { ErrorHelpText, useErrorHelp, useReferenceOf } from '../ui/feedback/error-help.tsx';
import { feedbackTexts } from '../ui/feedback/texts.ts';
import { Section } from '../ui/page/section.tsx';
import classes from './refusals.module.css';

/** Reasons whose explanation is open at first. */
const OPEN = 3;

/** Why calls were refused, the most frequent first, and how to fix each. */
export function Refusals({ series: { outcomes, refused } }: { readonly series: UsageSeries }) {
  const { refusals, noRefusals } = useTexts(chartTexts);
  const refusing = outcomes.filter(({ outcome }) => outcome !== 'OK');
  return (
    <Section title={refusals}>
      {refused === 0 && <Text c="dimmed">{noRefusals}</Text>}
      {refusing.length > 0 && (
        <div>
          {refusing.map(({ outcome, count }, place) => (
            <Refused key={outcome} reason={outcome} count={count} isOpen={place < OPEN} />
          ))}
        </div>
      )}
    </Section>
  );
}

interface RefusedProps {
  readonly reason: string;
  readonly count: number;
  readonly isOpen: boolean;
}

function Refused({ reason, count, isOpen }: RefusedProps) {
  const texts = useTexts(chartTexts);
  const { more } = useTexts(feedbackTexts);
  const { number } = useFormats();
  const lesson = useErrorHelp(reason);
  const reference = useReferenceOf(reason);
  // A later place in the list must not close what the reader reads.
  const [wasOpen] = useState(isOpen);
  return (
    <details className={classes.refused} open={wasOpen} aria-label={reason}>
      <summary className={classes.summary}>
        <IconChevronRight size={16} aria-hidden />
        <Code>{reason}</Code>
        <Text span size="sm" fw={550} c="var(--ks-refused)">
          {texts.times(count, number(count))}
        </Text>
      </summary>
      <div className={classes.help}>
        {lesson && (
          <>
            <Text size="sm">
              <ErrorHelpText text={lesson.happened} />
            </Text>
            <Text size="sm" c="dimmed">
              <strong>{texts.fix}</strong> <ErrorHelpText text={lesson.fix} />
            </Text>
          </>
        )}
        <Anchor size="sm" href={reference} aria-label={`${more} (${reason})`}>
          {more}
        </Anchor>
      </div>
    </details>
  );
}
