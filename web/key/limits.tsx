import { Code, Stack, Table, Text, Title } from '@mantine/core';
import type { Key } from '../keys/key.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { nextRefill } from './next-refill.ts';
import { keyTexts } from './texts.ts';

interface Headed<T> {
  readonly of: T;
  readonly order?: 2 | 3;
}

/** How many calls in which span. How much of it is used is told to the key alone, with each answer. */
export function Limits({ of: limits, order = 2 }: Headed<Key['limits']>) {
  const texts = useTexts(keyTexts);
  const { number } = useFormats();
  return (
    <Stack gap="xs">
      <Title order={order} size="h4">
        {texts.limits}
      </Title>
      {limits.length === 0 && <Text c="dimmed">{texts.noLimits}</Text>}
      {limits.length > 0 && (
        <>
          <Table aria-label={texts.limits}>
            <Table.Tbody>
              {limits.map(({ name, limit, windowSeconds }) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">
                    <Code>{name}</Code>
                  </Table.Th>
                  <Table.Td>{texts.limit(number(limit), texts.seconds(windowSeconds, number))}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="sm" c="dimmed">
            {texts.limitsUsed}
          </Text>
        </>
      )}
    </Stack>
  );
}

/** What is left to spend, and when there is more. */
export function Credits({ of: credits, order = 2 }: Headed<Key['credits']>) {
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
                  formats.moment(nextRefill(credits.refill.every, Date.now())),
                )
              : texts.noRefill}
          </Text>
        </>
      )}
    </Stack>
  );
}
