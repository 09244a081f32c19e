import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/** A name as names are put in order: by the alphabet, whatever the case, in whatever locale the database was made. */
export const folded = (name: SQLWrapper): SQL => sql`lower(${name} collate "und-x-icu")`;

/** When a key was last used, as keys are put in order: one that never was, before all others. */
export const usedAt = (lastUsedAt: SQLWrapper): SQL =>
  sql`coalesce(${lastUsedAt}, '1970-01-01 00:00:00+00'::timestamptz)`;
