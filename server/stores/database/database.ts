import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';

/** One schema and one set of queries for both drivers. */
export type Db = PgDatabase<PgQueryResultHKT>;

/** What begins transactions: the database, or a queue before it. */
export interface Transactions {
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
}

/** An open, migrated database. */
export interface Database {
  readonly kind: 'pglite' | 'postgres';
  readonly db: Db;
  /** A separate pool for claims and rate limits, which every call needs; null on PGlite. */
  readonly sql: Sql | null;
  /** Connections of postgres.js, none on PGlite; and drizzle's statements in flight. */
  readonly pool: {
    readonly connections: number;
    readonly inFlight: number;
    /** Resolves when the next statement in flight has its result, or was abandoned after its timeout. */
    nextResult(): Promise<void>;
  };
  /** The migrations that opening it applied, by name. */
  readonly migrated: readonly string[];
  /** The rows of a statement, as the driver returns them: whole numbers beyond 32 bits may be strings. */
  query<T>(statement: SQL): Promise<T[]>;
  /** Resolves if the database responds and the role has the rights that a call needs; rejects if not. */
  ping(): Promise<void>;
  /** The value of synchronous_standby_names, if commits wait for such a standby. Never rejects; absent on PGlite. */
  standbysAwaited?(): Promise<string | null>;
  close(): Promise<void>;
}
