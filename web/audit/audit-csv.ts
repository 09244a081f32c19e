import { client } from '../api/service.ts';
import type { CsvSource } from '../csv/use-csv-export.ts';
import { askedOf } from './audit-input.ts';
import type { AuditSearch } from './audit-search.ts';
import type { ListedRecord } from './listed-record.ts';

/** The columns, named as in the response of `audit.list`. */
const HEAD = [
  'seq',
  'at',
  'actorKind',
  'actorId',
  'address',
  'requestId',
  'action',
  'subject',
  'before',
  'after',
  'mac',
];

const rowOf = ({ actor, before, after, ...record }: ListedRecord) => [
  ...[record.seq, record.at, actor.kind, actor.id, record.address, record.requestId],
  ...[record.action, record.subject, jsonOf(before), jsonOf(after), record.mac],
];

const jsonOf = (value: unknown): string => (value === null ? '' : JSON.stringify(value));

/** All records that match a filter, newest first. */
export const auditCsv = (filter: AuditSearch): CsvSource => ({
  name: 'keyseal-audit.csv',
  head: HEAD,
  read: async (cursor, signal) => {
    const page = { ...askedOf(filter), limit: 100, ...(cursor === null ? {} : { cursor }) };
    const { items, nextCursor } = await client.audit.list.query(page, { signal });
    return { rows: items.map(rowOf), next: nextCursor };
  },
});
