import type { SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import type { Sql } from 'postgres';
import { connectPostgres, type Upstream } from './connection/connect.ts';
import { DatabaseUnavailable } from './connection/database-unavailable.ts';
import { isLockTimeout } from './connection-errors.ts';
import {
  endOfHolder,
  type LockHolder,
  MIGRATION_LOCK,
  migrationLockHolders,
  nameOfHolder,
  tableLockHolders,
} from './lock-holders.ts';
import { watchMigration } from './migration-watch.ts';
import {
  bringUpToDate,
  MIGRATIONS,
  type OnProgress,
  progressLogger,
  type Query,
  reportMigrated,
} from './migrations.ts';
import type { Warn } from './private-files.ts';
import { tolerateLostConnection } from './resilient-client.ts';

/**
 * A statement that waits for a table delays every later statement on it, so it waits for less than the five seconds that
 * statements of running instances may take.
 */
const LOCK_TIMEOUT_MS = 1_000;
/** Between two attempts at a table, running instances catch up; milliseconds. */
const PAUSE_MS = 2_000;
/** How often the lock of migrations is tried, in milliseconds. */
const POLL_MS = 250;
/** How often a waiting start logs the session that it waits for, in milliseconds. */
const LOG_EVERY_MS = 10_000;

export interface MigrateOptions {
  /** How long a start waits for other sessions in all, in seconds. */
  readonly waitSeconds: number;
  readonly onProgress: OnProgress;
  readonly warn: Warn;
}

/** Migrates while no other instance does: instances that wait for the lock find the schema migrated. @returns what was applied */
export async function migrateAlone(
  url: string,
  upstream: Upstream,
  options: MigrateOptions,
): Promise<readonly string[]> {
  const overrides = { statement_timeout: '0', lock_timeout: String(LOCK_TIMEOUT_MS) };
  const client = tolerateLostConnection(connectPostgres(url, { max: 1, upstream, overrides }));
  // A transaction whose connection is lost never ends, so after a failure nothing is waited for.
  let timeout = 0;
  try {
    const migrated = await watchMigration(url, upstream, options, (began) =>
      migrateWith(client, options, began),
    );
    reportMigrated(migrated, options.onProgress);
    timeout = 5;
    return migrated;
  } finally {
    await client.end({ timeout });
  }
}

/** @param began is told the process of the session */
async function migrateWith(
  client: Sql,
  options: MigrateOptions,
  began: (pid: number) => void,
): Promise<readonly string[]> {
  const wait = new StartDeadline(options);
  // A pooler may have dropped what was sent with the start of the session.
  const [session] = await client<{ pid: number }[]>`
    select set_config('statement_timeout', '0', false), set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, false),
      pg_backend_pid() as pid`;
  if (session) began(session.pid);
  await takeLock(client, wait);
  const db = drizzle(client);
  const query: Query = async <T>(statement: SQL) => [...(await db.execute(statement))] as T[];
  return bringUpToDate(query, (pending) => migrateBetweenOthers(client, pending, wait));
}

/** The lock ends with the session. */
async function takeLock(client: Sql, wait: StartDeadline): Promise<void> {
  for (;;) {
    const [row] = await client<{ taken: boolean }[]>`select pg_try_advisory_lock(${MIGRATION_LOCK}) as taken`;
    if (row?.taken) return;
    await wait.pause('another session holds the migration lock', POLL_MS, () => migrationLockHolders(client));
  }
}

/** Tries again while others hold a table for longer than a migration may wait. */
async function migrateBetweenOthers(
  client: Sql,
  pending: readonly string[],
  wait: StartDeadline,
): Promise<void> {
  for (;;) {
    try {
      const logger = progressLogger(pending, wait.options.onProgress);
      return await migrate(drizzle(client, { logger }), { migrationsFolder: MIGRATIONS });
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      // Read the holders now: they may be gone after the pause.
      const holders = await tableLockHolders(client);
      await wait.pause(
        'another session holds a table that a migration changes',
        PAUSE_MS,
        async () => holders,
      );
    }
  }
}

/** The deadline of a start that waits for others. It logs now and then that the start waits. */
class StartDeadline {
  readonly options: MigrateOptions;
  readonly #startedAt = performance.now();
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: MigrateOptions) {
    this.options = options;
  }

  /** Waits before the next attempt. @throws DatabaseUnavailable once it has waited for too long */
  async pause(what: string, ms: number, holders: () => Promise<readonly LockHolder[]>): Promise<void> {
    const now = performance.now();
    const { waitSeconds, warn } = this.options;
    if (now - this.#startedAt >= waitSeconds * 1_000)
      throw new DatabaseUnavailable(waitSentence(what, waitSeconds, await holders()));
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#loggedAt = now;
      warn({ holders: await holders(), waitSeconds }, `the start waits: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(ms, waitSeconds * 1_000)));
  }
}

function waitSentence(what: string, waitSeconds: number, holders: readonly LockHolder[]): string {
  const [first] = holders;
  const who = holders.map(nameOfHolder).join(', ');
  const end = first
    ? `let it finish, or end it with ${endOfHolder(first)}`
    : 'pg_locks, pg_stat_activity and pg_prepared_xacts name it';
  return `The start waited ${waitSeconds} s: ${what}${who ? `: ${who}` : ''}. Start again once it is done, or ${end}; KEYSEAL_START_WAIT_SECONDS says how long a start waits.`;
}
