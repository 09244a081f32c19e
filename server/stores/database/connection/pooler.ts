import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { ConfigError } from '../../../lib/config.ts';
import { connectPostgres, type Upstream } from './connect.ts';
import { startupParameters } from './session-settings.ts';

/** Time for a notification that arrives at once in a real session, in milliseconds. */
const NOTIFIED_MS = 5_000;

/** Milliseconds within which a pooler opens a connection if it has one to give. */
const OPENED_MS = 2_000;

/**
 * Checks that a pooler gives each connection its own session. In transaction mode each transaction may run in
 * another session: checks, prepared statements, locks and LISTEN of one are missing in the next.
 * @param other another connection to the same database
 * @param upstream which of several hosts accepts writes
 * @throws ConfigError if it does not
 */
export async function requireSessionMode(url: string, other: Sql, upstream: Upstream): Promise<void> {
  const listener = connectPostgres(url, { max: 1, upstream });
  if ((await countOpened(listener, 1)) === 0) {
    await listener.end({ timeout: 0 });
    throw new ConfigError(
      'DATABASE_URL points to a pooler that gives Keyseal one connection and makes the second one wait. Raise default_pool_size and max_db_connections in the pooler (an instance keeps up to 11), or connect to Postgres itself.',
    );
  }
  const channel = `keyseal_${randomUUID().replaceAll('-', '')}`;
  try {
    const notified = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), NOTIFIED_MS).unref();
      listener
        .listen(channel, () => resolve(true))
        .then(() => other`select pg_notify(${channel}, '')`)
        .catch(() => resolve(false));
    });
    if (await notified) return;
  } finally {
    await listener.end({ timeout: 1 });
  }
  throw new ConfigError(
    'DATABASE_URL points to a pooler that may run each transaction in another session (pool_mode = transaction): settings, locks and notifications would be lost. Set pool_mode = session for this database, or connect to Postgres itself.',
  );
}

/** In a session without a transaction each statement is one, which begins with it. */
const IS_ALONE = 'select pg_catalog.now() = pg_catalog.statement_timestamp() as alone';

/** What to do about a pooler that leaves transactions open. */
export const COMMITS_ADVICE =
  "In Pgpool-II, set backend_clustering_mode = 'streaming_replication', or connect to Postgres itself.";

/**
 * Checks that a statement is committed once its response has arrived.
 * @param upstream which of several hosts accepts writes
 * @throws ConfigError if it is not
 */
export async function requireCommits(url: string, upstream: Upstream): Promise<void> {
  if (await commitsStatements(url, upstream)) return;
  throw new ConfigError(
    `DATABASE_URL points to a pooler that leaves transactions open, so that nothing is committed. ${COMMITS_ADVICE}`,
  );
}

/**
 * Whether a statement is committed once its response has arrived. Pgpool-II 4.3 in raw mode begins its own transaction before a
 * statement that writes, and never ends it: calls would seem to succeed, but their nonces and changes would be lost.
 * @param upstream which of several hosts accepts writes
 */
export async function commitsStatements(url: string, upstream: Upstream): Promise<boolean> {
  const client = connectPostgres(url, { max: 1, upstream });
  try {
    // It writes nothing. Statements without parameters that are not prepared would be sent in another way than those of calls.
    await client`insert into public.nonces (k, t, nonce) select '', 0, '' where false`;
    const [session] = await client.unsafe<{ alone: boolean }[]>(IS_ALONE);
    return session?.alone !== false;
  } finally {
    await client.end({ timeout: 1 });
  }
}

/**
 * Counts the connections that a pooler gives at once, in addition to one that is open. More than it has would wait, and calls with
 * them, without a word of the pooler.
 * @param wanted the most that are opened
 * @param upstream which of several hosts accepts writes
 */
export async function countSessions(url: string, wanted: number, upstream: Upstream): Promise<number> {
  const client = connectPostgres(url, { max: wanted, upstream });
  const opened = await countOpened(client, wanted);
  await client.end({ timeout: 0 });
  return opened;
}

/** How many connections of a pool open in time. The driver gives each statement a separate connection, as long as it has any. */
async function countOpened(client: Sql, wanted: number): Promise<number> {
  let opened = 0;
  const all = Array.from({ length: wanted }, () => client`select 1`.then(() => void opened++));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, OPENED_MS);
  });
  await Promise.race([Promise.allSettled(all), late]);
  clearTimeout(timer);
  return opened;
}

/**
 * The remedy if a pooler rejects the startup parameters; null for any other error.
 * @param error the connection's error
 */
export function poolerAdvice(error: { readonly code?: string; readonly message?: string }): string | null {
  if (error.code !== '08P01' || !error.message?.includes('startup parameter')) return null;
  const names = Object.keys(startupParameters({}));
  return `DATABASE_URL points to a pooler that refuses the settings which Keyseal sends with the start of every connection (${error.message}). Connect to Postgres itself, or set ignore_startup_parameters = ${names.join(',')} and pool_mode = session in the pooler, and run ALTER ROLE ... SET statement_timeout = 5000 and ALTER ROLE ... SET row_security = off in Postgres.`;
}
