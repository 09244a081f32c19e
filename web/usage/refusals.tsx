import { Anchor, Code, Group, Paper, Stack, Text } from '@mantine/core';
import type { UsageSeries } from '../charts/ranges.ts';
import { StatusBadge } from '../charts/status-badge.tsx';
import { chartTexts } from '../charts/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { ErrorHelpText, useErrorHelp, useReferenceOf } from '../ui/feedback/error-help.tsx';
import { Section } from '../ui/page/section.tsx';
import { shellTexts } from '../ui/texts.ts';

/** Why calls were refused, the most frequent first, and how to fix each. */
export function Refusals({ series: { outcomes, refused } }: { readonly series: UsageSeries }) {
  const { refusals, noRefusals } = useTexts(chartTexts);
  const refusing = outcomes.filter(({ outcome }) => outcome !== 'OK');
  return (
    <Section title={refusals} isOpen={refused > 0}>
      {refused === 0 && <Text c="dimmed">{noRefusals}</Text>}
      {refusing.map(({ outcome, count }) => (
        <Refused key={outcome} reason={outcome} count={count} />
      ))}
    </Section>
  );
}

function Refused({ reason, count }: { readonly reason: string; readonly count: number }) {
  const texts = useTexts(chartTexts);
  const { more } = useTexts(shellTexts);
  const { number } = useFormats();
  const lesson = useErrorHelp(reason);
  const reference = useReferenceOf(reason);
  return (
    <Paper withBorder p="md" role="group" aria-label={reason}>
      <Stack gap="xs">
        <Group gap="sm">
          <Code>{reason}</Code>
          <StatusBadge color="red">{texts.times(count, number(count))}</StatusBadge>
        </Group>
        {lesson && (
          <>
            <Text size="sm">
              <ErrorHelpText text={lesson.happened} />
            </Text>
            <Text size="sm">
              <strong>{texts.fix}</strong> <ErrorHelpText text={lesson.fix} />
            </Text>
          </>
        )}
        <Anchor size="sm" href={reference} aria-label={`${more} (${reason})`}>
          {more}
        </Anchor>
      </Stack>
    </Paper>
  );
}
