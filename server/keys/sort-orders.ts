import { asc, desc, type SQL, sql } from 'drizzle-orm';
import { foldCase, usedAt } from '../../drizzle/key-order.ts';
import { keys } from '../../drizzle/schema/keys.ts';

/** A key's place in an order. */
export interface SortFields {
  readonly id: string;
  /** The value by which the order sorts, as `sortValue` selects it. */
  readonly value: string;
}

/** An order of keys: by a value, then by id. Each has an index. */
interface Sort {
  readonly by: SQL;
  readonly direction: typeof asc;
  /** The value of a row as a string, for a cursor. */
  readonly written: SQL<string>;
  /** The SQL value of such a string. */
  readonly read: (value: string) => SQL;
}

// The database writes the string: it is exact, and JavaScript has no date for `infinity`.
const byTime = (by: SQL, direction: typeof asc): Sort => ({
  by,
  direction,
  written: sql<string>`${by}::text`,
  read: (value) => sql`${value}::timestamptz`,
});

const created = sql`${keys.createdAt}`;

const SORTS = {
  newest: byTime(created, desc),
  oldest: byTime(created, asc),
  name: {
    by: foldCase(keys.name),
    direction: asc,
    written: sql<string>`${keys.name}`,
    read: (value) => foldCase(sql`${value}::text`),
  },
  lastUsed: byTime(usedAt(keys.lastUsedAt), desc),
} satisfies Record<string, Sort>;

export type SortName = keyof typeof SORTS;

/** The names of the orders, as documented. */
export const SORT_NAMES = ['newest', 'oldest', 'name', 'lastUsed'] as const satisfies readonly SortName[];

export function orderOf(name: SortName): SQL[] {
  const { by, direction } = SORTS[name];
  return [direction(by), direction(keys.id)];
}

/** The value of a key that decides its place in an order, as a string. */
export const sortValue = (name: SortName): SQL<string> => SORTS[name].written;

/** The position of a row in an order, in characters that a cursor allows. */
export function positionOf({ id, value }: SortFields): string {
  return Buffer.from(JSON.stringify([value, id])).toString('base64url');
}

/** The condition for rows after a position from `positionOf`. */
export function afterPosition(name: SortName, position: string): SQL {
  const { by, direction, read } = SORTS[name];
  const [value, id]: [string, string] = JSON.parse(Buffer.from(position, 'base64url').toString());
  const beyond = sql.raw(direction === asc ? '>' : '<');
  return sql`(${by}, ${keys.id}) ${beyond} (${read(value)}, ${id})`;
}
