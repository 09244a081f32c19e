import { useState } from 'react';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { RowTable } from '../ui/tables/row-table.tsx';
import { TABLE_ROLES } from '../ui/tables/table-roles.ts';
import styles from './audit.module.css';
import { AuditRow } from './audit-record.tsx';
import type { AuditSearch } from './audit-search.ts';
import type { ListedRecord } from './listed-record.ts';
import type { SubjectNames } from './record-subject.ts';
import { auditTexts } from './texts.ts';

interface AuditTableProps {
  /** Newest first. */
  readonly records: readonly ListedRecord[];
  readonly names: SubjectNames;
  readonly onFilter?: (more: AuditSearch) => void;
}

/** Changes by day, a line each, which opens to show every detail. */
export function AuditTable({ records, ...props }: AuditTableProps) {
  const texts = useTexts(auditTexts);
  const { day } = useFormats();
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const toggle = (seq: number) =>
    setOpened((old) => new Set(old.has(seq) ? without(old, seq) : [...old, seq]));
  return (
    <RowTable label={texts.table} columns={texts.columns} className={styles['table']}>
      {byDay(records).map(([at, ofDay]) => (
        <tbody key={at} {...TABLE_ROLES.group} className={styles['group']}>
          <tr {...TABLE_ROLES.row} className={styles['day']}>
            <th {...TABLE_ROLES.rowHeader} colSpan={texts.columns.length}>
              {day(at)}
            </th>
          </tr>
          {ofDay.map((record) => (
            <AuditRow
              key={record.seq}
              record={record}
              isOpen={opened.has(record.seq)}
              onToggle={() => toggle(record.seq)}
              {...props}
            />
          ))}
        </tbody>
      ))}
    </RowTable>
  );
}

const without = (set: ReadonlySet<number>, seq: number) => [...set].filter((other) => other !== seq);

/** Records under the beginning of their day in UTC. */
function byDay(records: readonly ListedRecord[]): readonly (readonly [string, readonly ListedRecord[]])[] {
  const days = new Map<string, ListedRecord[]>();
  for (const record of records) {
    const day = `${record.at.slice(0, 10)}T00:00Z`;
    days.set(day, [...(days.get(day) ?? []), record]);
  }
  return [...days];
}
