import type { Sql } from 'postgres';
import { connectPostgres, type Upstream } from './connection/connect.ts';
import { causesOf } from './connection-errors.ts';
import { tolerateLostConnection } from './resilient-client.ts';
import { StartDeadline, type StartWait } from './start-deadline.ts';

/** How often another session looks at the one that migrates, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
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
 * Runs a migration, whose statements have no time limit, while another session watches its progress. A commit that waits for a
 * standby and a network that drops everything look the same from its own connection: nothing arrives.
 * @param run is given a function to call with the process id of its session
 * @throws DatabaseUnavailable once it has made no progress for too long
 */
export async function watchMigration<T>(
  url: string,
  upstream: Upstream,
  options: StartWait,
  run: (onConnected: (pid: number) => void) => Promise<T>,
): Promise<T> {
  const observer = tolerateLostConnection(connectPostgres(url, { max: 1, upstream }));
  const finished = new AbortController();
  let onConnected: (pid: number) => void = () => {};
  const connected = new Promise<number>((resolve) => {
    onConnected = resolve;
  });
  try {
    const migration = run(onConnected);
    // The migration connects first: the last connection is its own. It is not watched if there is none for the observer.
    const watch = connected.then(async (pid) => {
      const isWatched = await observer`select 1`.then(
        () => true,
        () => false,
      );
      return isWatched ? observe(observer, pid, options, finished.signal) : migration;
    });
    return await Promise.race([migration, watch]);
  } finally {
    finished.abort();
    await observer.end({ timeout: 0 });
  }
}

/** Never resolves. @throws DatabaseUnavailable */
async function observe(
  observer: Sql,
  pid: number,
  options: StartWait,
  finished: AbortSignal,
): Promise<never> {
  let deadline: StartDeadline | null = null;
  while (!finished.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref());
    const stall = finished.aborted ? null : await findStall(observer, pid);
    // A stall seen only once may already be over: every commit waits briefly for its standby.
    if (stall === null) deadline = null;
    else if (deadline === null) deadline = new StartDeadline(options);
    else await giveUpOrLog(deadline, stall, observer, pid);
  }
  return new Promise<never>(() => {});
}

/** @throws DatabaseUnavailable once the migration has been stalled for too long */
async function giveUpOrLog(deadline: StartDeadline, stall: Stall, observer: Sql, pid: number): Promise<void> {
  try {
    await deadline.check(stall.what, async () => ({ details: {}, remedy: `. ${stall.remedy}` }));
  } catch (error) {
    if (stall.isAbandoned) await observer`select pg_terminate_backend(${pid})`.catch(() => {});
    throw error;
  }
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
