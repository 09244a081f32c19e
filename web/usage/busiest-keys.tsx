import { Anchor, Code, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Scroll } from '../charts/scroll.tsx';
import { chartTexts } from '../charts/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import type { client } from '../service.ts';
import { usageTexts } from './texts.ts';

type BusyKey = Awaited<ReturnType<typeof client.usage.workspace.query>>['keys'][number];

/** The keys that called most, each leading to its page. */
export function BusiestKeys({ keys }: { readonly keys: readonly BusyKey[] }) {
  const texts = useTexts(usageTexts);
  const { accepted, refused } = useTexts(chartTexts);
  const { number } = useFormats();
  if (keys.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {texts.busiest}
      </Title>
      <Scroll label={texts.busiest}>
        <Table aria-label={texts.busiest}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{texts.key}</Table.Th>
              <Table.Th ta="end">{accepted}</Table.Th>
              <Table.Th ta="end">{refused}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td>
                  <KeyName of={key} />
                </Table.Td>
                <Table.Td ta="end">{number(key.accepted)}</Table.Td>
                <Table.Td ta="end">{number(key.refused)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Stack>
  );
}

function KeyName({ of: { id, name } }: { readonly of: BusyKey }) {
  const { deleted } = useTexts(usageTexts);
  return (
    <>
      {name === null ? (
        <Text size="sm" c="dimmed">
          {deleted}
        </Text>
      ) : (
        <Anchor
          component={Link}
          {...{ to: '/keys/$id', params: { id } as never }}
          size="sm"
          className="theirs"
          dir="auto"
        >
          {name}
        </Anchor>
      )}
      <div>
        <Code>{id}</Code>
      </div>
    </>
  );
}
