import type { SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import type { Sql } from 'postgres';
import { connectPostgres, type Upstream } from './connection/connect.ts';
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
import { StartDeadline } from './start-deadline.ts';

/**
 * A statement that waits for a table delays every later statement on it, so it waits for less than the five seconds that
 * statements of running instances may take.
 */
const LOCK_TIMEOUT_MS = 1_000;
/** Between two attempts at a table, running instances catch up; milliseconds. */
const PAUSE_MS = 2_000;
/** How often the lock of migrations is tried, in milliseconds. */
const POLL_MS = 250;

export interface MigrateOptions {
  /** How long startup waits for other sessions in total, in seconds. */
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
  const client = tolerateLostConnection(
    connectPostgres(url, { max: 1, upstream, overrides, migrates: true }),
  );
  // A transaction whose connection is lost never ends, so after a failure nothing is waited for.
  let timeout = 0;
  try {
    const migrated = await watchMigration(url, upstream, options, (onConnected) =>
      migrateWith(client, options, onConnected),
    );
    reportMigrated(migrated, options.onProgress);
    timeout = 5;
    return migrated;
  } finally {
    await client.end({ timeout });
  }
}

/** @param onConnected called with the process id of the session */
async function migrateWith(
  client: Sql,
  options: MigrateOptions,
  onConnected: (pid: number) => void,
): Promise<readonly string[]> {
  const deadline = new StartDeadline(options);
  // A pooler may have dropped what was sent with the start of the session.
  const [session] = await client<{ pid: number }[]>`
    select set_config('statement_timeout', '0', false), set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, false),
      pg_backend_pid() as pid`;
  if (session) onConnected(session.pid);
  await takeLock(client, deadline);
  const db = drizzle(client);
  const query: Query = async <T>(statement: SQL) => [...(await db.execute(statement))] as T[];
  return bringUpToDate(query, (pending) => migrateBetweenOthers(client, pending, deadline, options));
}

/** The lock ends with the session. */
async function takeLock(client: Sql, deadline: StartDeadline): Promise<void> {
  for (;;) {
    const [row] = await client<{ taken: boolean }[]>`select pg_try_advisory_lock(${MIGRATION_LOCK}) as taken`;
    if (row?.taken) return;
    const findHolders = () => migrationLockHolders(client);
    await waitForHolders(deadline, 'another session holds the migration lock', POLL_MS, findHolders);
  }
}

/**
 * Sets the sequence of the applied migrations past them. Logical replication copies rows and no sequences, so the next migration
 * would get a number that is taken.
 */
async function advanceSequence(client: Sql): Promise<void> {
  const [found] = await client<{ exists: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as exists`;
  if (!found?.exists) return;
  await client`
    select setval('drizzle.__drizzle_migrations_id_seq', applied.last)
    from (select max(id) as last from drizzle.__drizzle_migrations) applied, drizzle.__drizzle_migrations_id_seq numbers
    where applied.last > numbers.last_value or (applied.last = numbers.last_value and not numbers.is_called)`;
}

/** Tries again while others hold a table for longer than a migration may wait. */
async function migrateBetweenOthers(
  client: Sql,
  pending: readonly string[],
  deadline: StartDeadline,
  { onProgress }: MigrateOptions,
): Promise<void> {
  await advanceSequence(client);
  for (;;) {
    try {
      const logger = progressLogger(pending, onProgress);
      return await migrate(drizzle(client, { logger }), { migrationsFolder: MIGRATIONS });
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      // Read the holders now: they may be gone after the pause.
      const holders = await tableLockHolders(client);
      const what = 'another session holds a table that a migration changes';
      await waitForHolders(deadline, what, PAUSE_MS, async () => holders);
    }
  }
}

/** Waits for other sessions before the next attempt. @throws DatabaseUnavailable once startup has waited for too long */
async function waitForHolders(
  deadline: StartDeadline,
  what: string,
  pauseMs: number,
  findHolders: () => Promise<readonly LockHolder[]>,
): Promise<void> {
  await deadline.check(what, async () => {
    const holders = await findHolders();
    return { details: { holders }, remedy: remedyFor(holders) };
  });
  await deadline.pause(pauseMs);
}

function remedyFor(holders: readonly LockHolder[]): string {
  const [first] = holders;
  const who = holders.map(nameOfHolder).join(', ');
  const end = first
    ? `let it finish, or end it with ${endOfHolder(first)}`
    : 'pg_locks, pg_stat_activity and pg_prepared_xacts name it';
  return `${who ? `: ${who}` : ''}. Start again once it is done, or ${end}`;
}
