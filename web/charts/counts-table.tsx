import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import classes from './counts-table.module.css';
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

/** How many calls of each were accepted and refused: as numbers, and as a bar to compare with the others. */
export function CountsTable({ label, head, rows, tall = false }: CountsTableProps) {
  const texts = useTexts(chartTexts);
  const { number } = useFormats();
  const most = Math.max(1, ...rows.map(({ accepted, refused }) => accepted + refused));
  return (
    <Scroll label={label} tall={tall}>
      <Table layout="fixed" stickyHeader={tall} aria-label={label} className={classes.counts}>
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
              <Table.Td>
                {name}
                <Bar accepted={accepted / most} refused={refused / most} />
              </Table.Td>
              <Table.Td ta="end">{number(accepted)}</Table.Td>
              <Table.Td ta="end" c={refused > 0 ? 'var(--ks-refused)' : 'dimmed'}>
                {number(refused)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

/** Shares of the longest bar. What they say is in the numbers beside it. */
const Bar = ({ accepted, refused }: Pick<CountedRow, 'accepted' | 'refused'>) => (
  <div className={classes.bar} aria-hidden="true">
    {accepted > 0 && <i style={{ inlineSize: `${100 * accepted}%` }} />}
    {refused > 0 && <i data-of="refused" style={{ inlineSize: `${100 * refused}%` }} />}
  </div>
);
