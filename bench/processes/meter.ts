import { setTimeout } from 'node:timers/promises';
import postgres from 'postgres';
import { cpuOf } from './proc.ts';

/** Postgres' activity while something ran. */
export interface Metered<T> {
  readonly result: T;
  /** Bytes of WAL, and those of full pages, which are written once after each checkpoint. */
  readonly wal: number;
  readonly pages: number;
  /** Microseconds of CPU of Keyseal's connections; 0 if the system does not report it. */
  readonly cpu: number;
}

/** Milliseconds by which the WAL writer has flushed what no commit waited for. */
const SETTLED = 500;

/** Reads Postgres' own statistics, over a connection that is not Keyseal's. */
export class Meter {
  readonly sql: postgres.Sql;

  constructor(databaseUrl: string) {
    this.sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  }

  async around<T>(run: () => Promise<T>): Promise<Metered<T>> {
    await this.sql`create extension if not exists pg_walinspect`;
    const from = await this.#position();
    const before = await this.#cpu();
    const result = await run();
    const cpu = (await this.#cpu()) - before;
    const to = await this.#position();
    const [row] = await this.sql<{ wal: number; pages: number }[]>`
      select coalesce(sum(combined_size), 0)::float8 as wal, coalesce(sum(fpi_size), 0)::float8 as pages
      from pg_get_wal_stats(${from}::pg_lsn, ${to}::pg_lsn)`;
    return { result, wal: row?.wal ?? 0, pages: row?.pages ?? 0, cpu };
  }

  /** Bytes of a table and of its indices together. */
  async sizesOf(table: string): Promise<{ heap: number; indices: number }> {
    const [row] = await this.sql<{ heap: number; indices: number }[]>`
      select pg_table_size(${table}::regclass)::float8 as heap, pg_indexes_size(${table}::regclass)::float8 as indices`;
    return row ?? { heap: 0, indices: 0 };
  }

  close(): Promise<void> {
    return this.sql.end();
  }

  async #position(): Promise<string> {
    await setTimeout(SETTLED);
    const [row] = await this.sql<{ lsn: string }[]>`select pg_current_wal_flush_lsn()::text as lsn`;
    return row?.lsn ?? '0/0';
  }

  async #cpu(): Promise<number> {
    const rows = await this.sql<{ pid: number }[]>`
      select pid from pg_stat_activity where application_name = 'keyseal'`;
    try {
      return rows.map(({ pid }) => cpuOf(pid)).reduce((sum, cpu) => sum + cpu, 0);
    } catch {
      return 0;
    }
  }
}
