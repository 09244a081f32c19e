import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Scroll } from './scroll.tsx';
import { chartTexts } from './texts.ts';

interface CountedRow {
  readonly key: string;
  readonly name: ReactNode;
  readonly accepted: number;
  readonly refused: number;
}

interface CountsTableProps {
  readonly label: string;
  /** The heading of the column of names. */
  readonly head: string;
  readonly rows: readonly CountedRow[];
  /** Whether it also scrolls vertically. */
  readonly tall?: boolean;
}

/** How many calls of each were accepted and refused. */
export function CountsTable({ label, head, rows, tall = false }: CountsTableProps) {
  const texts = useTexts(chartTexts);
  const { number } = useFormats();
  return (
    <Scroll label={label} tall={tall}>
      <Table stickyHeader={tall} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{head}</Table.Th>
            <Table.Th ta="end">{texts.accepted}</Table.Th>
            <Table.Th ta="end">{texts.refused}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, name, accepted, refused }) => (
            <Table.Tr key={key}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="end">{number(accepted)}</Table.Td>
              <Table.Td ta="end">{number(refused)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
