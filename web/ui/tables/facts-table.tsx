import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface FactsTableProps {
  readonly label: string;
  /** Attributes with their names. */
  readonly facts: readonly (readonly [name: string, value: ReactNode])[];
}

/** The attributes of one thing, a row each. */
export function FactsTable({ label, facts }: FactsTableProps) {
  return (
    <Table layout="fixed" aria-label={label}>
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w="36%">
              {name}
            </Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
