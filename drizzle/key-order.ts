import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/** The sort form of a name: alphabetical, without regard to case, independent of the database's locale. */
export const foldCase = (name: SQLWrapper): SQL => sql`lower(${name} collate "und-x-icu")`;

/** The sort form of a key's last use: a key that was never used comes before all others. */
export const usedAt = (lastUsedAt: SQLWrapper): SQL =>
  sql`coalesce(${lastUsedAt}, '1970-01-01 00:00:00+00'::timestamptz)`;
