import { Code, Stack, Table, Title } from '@mantine/core';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import type { Usage } from './ranges.ts';
import { Scroll } from './scroll.tsx';
import { chartTexts } from './texts.ts';

/** What was called, the most first. */
export function Procedures({ of: { procedures } }: { readonly of: Usage }) {
  const texts = useTexts(chartTexts);
  const { number } = useFormats();
  if (procedures.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {texts.procedures}
      </Title>
      <Scroll label={texts.procedures} tall>
        <Table aria-label={texts.procedures}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{texts.procedure}</Table.Th>
              <Table.Th ta="end">{texts.accepted}</Table.Th>
              <Table.Th ta="end">{texts.refused}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {procedures.map(({ procedure, accepted, refused }) => (
              <Table.Tr key={procedure}>
                <Table.Td>
                  <Code>{procedure}</Code>
                </Table.Td>
                <Table.Td ta="end">{number(accepted)}</Table.Td>
                <Table.Td ta="end">{number(refused)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Stack>
  );
}
