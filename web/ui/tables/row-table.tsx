import type { MouseEvent, ReactNode } from 'react';
import styles from './row-table.module.css';
import { TABLE_ROLES } from './table-roles.ts';

interface RowTableProps {
  readonly label: string;
  readonly columns: readonly string[];
  /** Its style: the widths of the columns, and the place of each value on a card. */
  readonly className: string | undefined;
  /** Groups of rows. */
  readonly children: ReactNode;
}

/** A table whose rows become cards if its columns do not fit. */
export function RowTable({ label, columns, className, children }: RowTableProps) {
  return (
    <table {...TABLE_ROLES.table} aria-label={label} className={`${styles['table']} ${className}`}>
      <thead {...TABLE_ROLES.group} className={styles['head']}>
        <tr {...TABLE_ROLES.row} className={styles['row']}>
          {columns.map((column) => (
            <th key={column} {...TABLE_ROLES.columnHeader}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  );
}

interface RowProps {
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** A row of columns, or a card. */
export const RowOrCard = ({ className, children }: RowProps) => (
  <tr {...TABLE_ROLES.row} {...CLICKABLE} className={`${styles['row']} ${className}`}>
    {children}
  </tr>
);

interface CellRowProps {
  /** By the name of the class of each. */
  readonly cells: Readonly<Record<string, ReactNode>>;
  readonly styles: Readonly<Record<string, string>>;
}

/** A row of one cell for each column. */
export const CellRow = ({ cells, styles }: CellRowProps) => (
  <RowOrCard className={styles['row']}>
    {Object.entries(cells).map(([name, cell]) => (
      <td key={name} {...TABLE_ROLES.cell} className={styles[name]}>
        {cell}
      </td>
    ))}
  </RowOrCard>
);

/** The class of the button that a click anywhere in its row clicks. */
export const OPENS = styles['opens'] ?? '';

/** Clicks the button of a row. Its links, its other buttons and text that a reader selects keep their own clicks. */
function clickButton({ target, currentTarget }: MouseEvent<HTMLElement>): void {
  if ((target as Element).closest('a, button') || getSelection()?.type === 'Range') return;
  const button = currentTarget.querySelector<HTMLElement>(`.${OPENS}`);
  // A dialog that opens gives the focus back to it.
  button?.focus({ preventScroll: true });
  button?.click();
}

/** The props of a row that does what its button does. */
export const CLICKABLE = { onClick: clickButton };
