import { asc, desc, type SQL, sql } from 'drizzle-orm';
import { folded, usedAt } from '../../drizzle/key-order.ts';
import { keys } from '../../drizzle/schema.ts';
import type { KeyRow } from './find.ts';

/** The columns that decide a key's place in an order. */
export type SortFields = Pick<KeyRow, 'id' | 'name' | 'createdAt' | 'lastUsedAt'>;

/** An order of keys: by a value, then by id. Each has an index. */
interface Sort {
  readonly by: SQL;
  readonly direction: typeof asc;
  /** The value of a row, as text in a cursor. */
  readonly written: (row: SortFields) => string;
  /** The SQL value of such a text. */
  readonly read: (value: string) => SQL;
}

// Times are stored in milliseconds, so that the text is exact.
const byTime = (by: SQL, direction: typeof asc, timeOf: (row: SortFields) => Date): Sort => ({
  ...{ by, direction },
  written: (row) => timeOf(row).toISOString(),
  read: (value) => sql`${value}::timestamptz`,
});

const created = sql`${keys.createdAt}`;

const SORTS = {
  newest: byTime(created, desc, (row) => row.createdAt),
  oldest: byTime(created, asc, (row) => row.createdAt),
  name: {
    by: folded(keys.name),
    direction: asc,
    written: ({ name }) => name,
    read: (value) => folded(sql`${value}::text`),
  },
  lastUsed: byTime(usedAt(keys.lastUsedAt), desc, ({ lastUsedAt }) => lastUsedAt ?? new Date(0)),
} satisfies Record<string, Sort>;

export type SortName = keyof typeof SORTS;

/** The names of the orders, as documented. */
export const SORT_NAMES = ['newest', 'oldest', 'name', 'lastUsed'] as const satisfies readonly SortName[];

export function orderOf(name: SortName): SQL[] {
  const { by, direction } = SORTS[name];
  return [direction(by), direction(keys.id)];
}

/** The position of a row in an order, in characters that a cursor allows. */
export function positionOf(name: SortName, row: SortFields): string {
  return Buffer.from(JSON.stringify([SORTS[name].written(row), row.id])).toString('base64url');
}

/** The condition for rows after a position from `positionOf`. */
export function afterPosition(name: SortName, position: string): SQL {
  const { by, direction, read } = SORTS[name];
  const [value, id]: [string, string] = JSON.parse(Buffer.from(position, 'base64url').toString());
  const beyond = sql.raw(direction === asc ? '>' : '<');
  return sql`(${by}, ${keys.id}) ${beyond} (${read(value)}, ${id})`;
}
