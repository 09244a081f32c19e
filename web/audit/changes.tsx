import { Code, Group, Table, Text } from '@mantine/core';
import { Scroll } from '../charts/scroll.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { auditTexts } from './texts.ts';

type FieldValues = Readonly<Record<string, unknown>> | null;

/** The state before and after, field by field. */
export function Changes({ before, after }: { readonly before: FieldValues; readonly after: FieldValues }) {
  const texts = useTexts(auditTexts);
  const all = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  // Of a thing that was created or deleted, empty fields say nothing.
  const fields = before && after ? all : all.filter((field) => !isNothing((before ?? after)?.[field]));
  if (fields.length === 0) return <Text size="sm">{texts.noChanges}</Text>;
  const sides = [
    ['before', before],
    ['after', after],
  ] as const;
  // A created thing has no state before, and a deleted thing none after.
  const shown = sides.filter(([, side]) => side !== null);
  return (
    <Scroll label={texts.changes}>
      <Table aria-label={texts.changes}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.field}</Table.Th>
            {shown.map(([name]) => (
              <Table.Th key={name}>{texts[name]}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map((field) => (
            <Table.Tr key={field}>
              <Table.Th scope="row">
                <Code style={{ whiteSpace: 'nowrap' }}>{field}</Code>
              </Table.Th>
              {shown.map(([name, side]) => (
                <Table.Td key={name}>
                  <Value value={side?.[field]} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

/** Null, or an empty string, list or object. */
const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** A value in readable form: a timestamp by the reader's clock, a list as a list, anything else as it is stored. */
function Value({ value }: { readonly value: unknown }) {
  const { none, yes, no } = useTexts(auditTexts);
  const { dateTime, number } = useFormats();
  if (isNothing(value)) return <Text size="sm">{none}</Text>;
  if (typeof value === 'boolean') return <Text size="sm">{value ? yes : no}</Text>;
  if (typeof value === 'number') return <Text size="sm">{number(value)}</Text>;
  if (typeof value === 'string') {
    return (
      <Text size="sm" className="theirs" dir="auto">
        {TIMESTAMP.test(value) ? dateTime(value) : value}
      </Text>
    );
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return (
      <Group gap={6}>
        {value.map((item) => (
          <Code key={item}>{item}</Code>
        ))}
      </Group>
    );
  }
  return <Code block>{JSON.stringify(value, null, 2)}</Code>;
}
