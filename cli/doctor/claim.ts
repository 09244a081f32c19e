import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { seconds } from '../../server/lib/clock.ts';
import type { Config } from '../../server/lib/config.ts';
import { connectPostgres, Upstream } from '../../server/stores/database/connection/connect.ts';
import type { Database } from '../../server/stores/database/database.ts';
import { withTimeout } from '../../server/stores/database/timeout.ts';
import { type ClaimOutcome, REPLAY_LIMITS } from '../../server/stores/replay/replay.ts';
import { createPostgresReplayStore } from '../../server/stores/replay/replay-postgres.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/** Milliseconds within which a claim must be committed, as for `/readyz`: a slower database does not serve calls in time. */
const CLAIM_TIMEOUT_MS = 3_000;
/** Milliseconds for the diagnosis and the cleanup after a claim that was not committed in time. */
const AFTERWARDS_MS = 2_000;
/** The id under which a nonce is claimed; no key and no session has it. */
const DOCTOR_ID = 'doctor';

const NO_ROOM = [
  'does not accept a nonce, so that every call is refused',
  'Check the log of Postgres.',
] as const;

/** What each outcome of a claim means, since the nonce is new. */
const REFUSED: Readonly<Record<Exclude<ClaimOutcome, 'won'>, readonly [string, string]>> = {
  seen: [
    'does not store nonces, so that every call is refused',
    'Remove the trigger or the rule that drops new rows of the table nonces.',
  ],
  behind: [
    'has already forgotten the nonces of this moment, so that every call is refused',
    'Synchronize the clocks of all machines (NTP), then wait until the time in the table replay_marks has passed.',
  ],
  stale: NO_ROOM,
  full: NO_ROOM,
};

/**
 * Claims a nonce as each call and `/readyz` do, which is a committed write, then deletes it. Needs the tables, privileges on
 * them, and a server that accepts writes. Checks nothing on PGlite.
 */
export async function checkClaim({ databaseUrl }: Config, { sql: others }: Database): Promise<DoctorCheck[]> {
  if (databaseUrl === null || !others) return [];
  const client = connectPostgres(databaseUrl, { max: 1, upstream: new Upstream(true) });
  const claim = { k: DOCTOR_ID, t: seconds(Date.now), nonce: randomUUID() };
  try {
    const [session] = await client<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const store = await createPostgresReplayStore({ sql: client, clock: Date.now, limits: REPLAY_LIMITS });
    const claiming = Promise.resolve(store.claim({ ...claim, revisions: { key: null, session: null } }));
    const outcome = await Promise.race([claiming, setTimeout(CLAIM_TIMEOUT_MS, null, { ref: false })]);
    if (outcome === null) return [await endLateClaim(others, session?.pid ?? 0, claiming, claim)];
    if (outcome !== 'won') return [failedCheck('database', ...REFUSED[outcome])];
    return (await forget(others, claim)) ? [] : [forgotten()];
  } finally {
    await client.end({ timeout: 1 });
  }
}

const forgotten = () =>
  failedCheck(
    'database',
    'does not keep the nonces that it has committed, so that a call could be replayed',
    'Remove the trigger, the rule or the job that deletes rows of the table nonces.',
  );

interface ClaimedRow {
  readonly k: string;
  readonly t: number;
  readonly nonce: string;
}

/** Says what a claim waits for, then ends the wait and deletes what it committed. */
async function endLateClaim(
  others: Sql,
  pid: number,
  claiming: Promise<unknown>,
  claim: ClaimedRow,
): Promise<DoctorCheck> {
  const [session] = await others<{ event: string | null }[]>`
    select wait_event as event from pg_stat_activity where pid = ${pid}`;
  await others`select pg_cancel_backend(${pid})`;
  await withTimeout(claiming, AFTERWARDS_MS).catch(() => {});
  // The purge of the service deletes a nonce that is left.
  await forget(others, claim).catch(() => {});
  const late = `does not commit within ${CLAIM_TIMEOUT_MS / 1_000} s, so that every call fails with 503`;
  if (session?.event !== 'SyncRep') {
    const what = session?.event ? `: the session waits for ${session.event}` : '';
    return failedCheck('database', late + what, 'Look for what slows it in pg_stat_activity and in its log.');
  }
  return failedCheck('database', `${late}: commits wait for a synchronous standby`, STANDBY_ADVICE);
}

/** What to do if commits wait for a standby. */
export const STANDBY_ADVICE =
  'Start the standbys that synchronous_standby_names lists, each with its name as application_name in primary_conninfo, and check that they follow.';

/** Deletes a claimed nonce. The deletion need not wait for a standby. @returns whether it was there */
async function forget(client: Sql, { k, t, nonce }: ClaimedRow): Promise<boolean> {
  const deleted = await withTimeout(
    client.begin(async (transaction) => {
      await transaction`set local synchronous_commit = local`;
      return transaction`delete from public.nonces where k = ${k} and t = ${t} and nonce = ${nonce}`;
    }),
    AFTERWARDS_MS,
  );
  return deleted.count === 1;
}
