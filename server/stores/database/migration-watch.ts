import type { Sql } from 'postgres';
import { connectPostgres, type Upstream } from './connection/connect.ts';
import { DatabaseUnavailable } from './connection/database-unavailable.ts';
import { causesOf } from './connection-errors.ts';
import type { Warn } from './private-files.ts';
import { tolerateLostConnection } from './resilient-client.ts';

/** How often another session looks at the one that migrates, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** How often a waiting start logs what it waits for, in milliseconds. */
const LOG_EVERY_MS = 10_000;
/** The codes of a server that is not reached. One that has no connection left may serve the migration well. */
const UNREACHED = /^(CONNECTION_SILENT|CONNECT_TIMEOUT|ETIMEDOUT|ECONNREFUSED|E(HOST|NET)(UNREACH|DOWN))$/;

/** Why the session that migrates makes no progress. */
interface Stall {
  readonly what: string;
  readonly remedy: string;
  /** Whether the session stays behind in the server, and holds locks, although nothing arrives there any more. */
  readonly isAbandoned: boolean;
}

const NO_ANSWER: Stall = {
  what: 'the database does not answer',
  remedy: 'Check the network and the proxies between Keyseal and Postgres, and start again',
  isAbandoned: false,
};
const NOTHING_ARRIVES: Stall = {
  what: 'nothing that the session of the migration sends arrives at the database',
  remedy: NO_ANSWER.remedy,
  isAbandoned: true,
};

/**
 * Runs a migration, whose statements have no time limit, while another session looks whether it makes progress. A commit that
 * waits for a standby and a path that swallows everything look the same from its own connection: nothing arrives.
 * @param run is given a function for the process of its session
 * @throws DatabaseUnavailable once it has made no progress for too long
 */
export async function watchMigration<T>(
  url: string,
  upstream: Upstream,
  options: { readonly waitSeconds: number; readonly warn: Warn },
  run: (began: (pid: number) => void) => Promise<T>,
): Promise<T> {
  const observer = tolerateLostConnection(connectPostgres(url, { max: 1, upstream }));
  const over = new AbortController();
  let pid: number | null = null;
  try {
    // The migration connects first: the last connection is its own. It goes on unwatched if there is none for the observer.
    let connected = () => {};
    const started = new Promise<void>((resolve) => {
      connected = resolve;
    });
    const isWatched = started
      .then(() => observer`select 1`)
      .then(
        () => true,
        () => false,
      );
    const migration = run((given) => {
      pid = given;
      connected();
    });
    const watch = isWatched.then((is) =>
      is ? observe(observer, () => pid, options, over.signal) : migration,
    );
    return await Promise.race([migration, watch]);
  } finally {
    over.abort();
    await observer.end({ timeout: 0 });
  }
}

/** Never resolves. @throws DatabaseUnavailable */
async function observe(
  observer: Sql,
  pidOf: () => number | null,
  { waitSeconds, warn }: { readonly waitSeconds: number; readonly warn: Warn },
  over: AbortSignal,
): Promise<never> {
  let since: number | null = null;
  let loggedAt = Number.NEGATIVE_INFINITY;
  while (!over.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref());
    const pid = pidOf();
    const stall = pid === null || over.aborted ? null : await findStall(observer, pid);
    const now = performance.now();
    if (stall === null || since === null) {
      // What is seen once may be over at once: a commit waits a moment for every standby.
      since = stall === null ? null : now;
      continue;
    }
    if (now - since >= waitSeconds * 1_000) {
      if (stall.isAbandoned) await observer`select pg_terminate_backend(${pid})`.catch(() => {});
      throw new DatabaseUnavailable(
        `The start waited ${waitSeconds} s: ${stall.what}. ${stall.remedy}; KEYSEAL_START_WAIT_SECONDS says how long a start waits.`,
      );
    }
    if (now - loggedAt < LOG_EVERY_MS) continue;
    loggedAt = now;
    warn({ waitSeconds }, `the start waits: ${stall.what}`);
  }
  return new Promise<never>(() => {});
}

/** Why the session of a migration makes no progress; null if it works, or if that cannot be seen. */
async function findStall(observer: Sql, pid: number): Promise<Stall | null> {
  try {
    const [session] = await observer<{ commits: boolean | null; idle: boolean | null; standbys: string }[]>`
      select wait_event = 'SyncRep' as commits,
        state like 'idle%' and clock_timestamp() - state_change > interval '5 s' as idle,
        current_setting('synchronous_standby_names') as standbys
      from pg_stat_activity where pid = ${pid}`;
    if (!session) return NO_ANSWER;
    if (session.idle) return NOTHING_ARRIVES;
    return session.commits ? waitsForStandby(session.standbys) : null;
  } catch (error) {
    const codes = causesOf(error).map((cause) => String((cause as { code?: unknown }).code));
    return codes.some((code) => UNREACHED.test(code)) ? NO_ANSWER : null;
  }
}

const waitsForStandby = (names: string): Stall => ({
  what: `commits wait for a synchronous standby (synchronous_standby_names = '${names}')`,
  remedy: 'Start a standby that is named there, or let it catch up, and start again',
  isAbandoned: false,
});
