import { Code, Group, Progress, Stack, Text, Title } from '@mantine/core';
import type { ConsoleKey } from '../key-model/key.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { nextRefill } from './next-refill.ts';
import { keyTexts } from './texts.ts';

interface CardProps {
  readonly order?: 2 | 3;
}

/** The remaining calls of each limit by its name; a limit is absent if the service does not report it. */
export type Left = ReadonlyMap<string, number>;

interface LimitsProps extends CardProps {
  readonly limits: ConsoleKey['limits'];
  readonly left: Left;
  /** The prefix of their names in the service's report. */
  readonly prefix?: 'owner.' | '';
}

/** How many calls are allowed in which time, and how many remain. */
export function LimitsCard({ limits, order = 2, left, prefix = '' }: LimitsProps) {
  const texts = useTexts(keyTexts);
  const { number } = useFormats();
  return (
    <Stack gap="xs">
      <Title order={order} size="h4">
        {texts.limits}
      </Title>
      {limits.length === 0 && <Text c="dimmed">{texts.noLimits}</Text>}
      {limits.map(({ name, limit, windowSeconds }) => {
        const remaining = left.get(`${prefix}${name}`);
        return (
          <Stack key={name} gap={4}>
            <Group justify="space-between" gap="xs">
              <Text size="sm">
                <Code>{name}</Code> {texts.limit(number(limit), texts.seconds(windowSeconds, number))}
              </Text>
              {remaining !== undefined && <Text size="sm">{texts.left(number(remaining))}</Text>}
            </Group>
            {remaining !== undefined && (
              <Progress value={(100 * remaining) / limit} aria-label={texts.leftOf(name)} />
            )}
          </Stack>
        );
      })}
    </Stack>
  );
}

interface CreditsProps extends CardProps {
  readonly credits: ConsoleKey['credits'];
}

/** The remaining credits, and when they are refilled. */
export function CreditsCard({ credits, order = 2 }: CreditsProps) {
  const texts = useTexts(keyTexts);
  const formats = useFormats();
  return (
    <Stack gap="xs">
      <Title order={order} size="h4">
        {texts.credits}
      </Title>
      {!credits && <Text c="dimmed">{texts.noCredits}</Text>}
      {credits && (
        <>
          <Text>
            <Text span size="xl" fw={650}>
              {formats.number(credits.remaining)}
            </Text>{' '}
            {texts.remaining}
          </Text>
          <Text size="sm" c="dimmed">
            {credits.refill
              ? texts.refill(
                  formats.number(credits.refill.amount),
                  formats.dateTime(nextRefill(credits.refill.every, Date.now())),
                )
              : texts.noRefill}
          </Text>
        </>
      )}
    </Stack>
  );
}
