import type { Logger } from 'pino';
import { HOUR_MS, MINUTE_MS } from '../../shared/durations.ts';
import { deleteFinishedSignIns } from '../auth/external/identities.ts';
import { deleteOldProofs } from '../gate/signature/possession.ts';
import { deleteOldExchangedTokens } from '../keys/exchange/claim-token.ts';
import { deleteOldIdempotencyKeys } from '../keys/idempotency.ts';
import { BackOff } from '../lib/concurrency/back-off.ts';
import { coalesce } from '../lib/concurrency/coalesce.ts';
import { emptyDeletedWorkspaces } from '../membership/deleted-workspaces.ts';
import { disableKeysOfFormerMembers } from '../membership/former-keys.ts';
import { logExtendedHeads } from '../stores/audit/chain-heads.ts';
import { endFormerOwnersSponsorships, fillInSponsors } from '../stores/credentials/sponsor-upkeep.ts';
import { ItemsFailedError } from '../stores/database/attempt-each.ts';
import { secondsAheadOf } from '../stores/database/clock-difference.ts';
import { withTimeout } from '../stores/database/timeout.ts';
import { REPLAY_MARGIN } from '../stores/replay/replay.ts';
import type { Stores } from '../stores/stores.ts';
import { FailureLog } from './failure-log.ts';
import { deleteEnded } from './retention.ts';

/**
 * Writes what stores buffer in memory: when keys were last used, and how their calls ended.
 * @throws the first error, once each store has written what it can
 */
export async function flush(stores: Stores): Promise<void> {
  const { lastUsed, usage, latencies, requestLog, unauthenticatedCalls } = stores;
  const buffering = [lastUsed, usage, latencies, requestLog, unauthenticatedCalls];
  const written = await Promise.allSettled(buffering.map((store) => store.flush()));
  for (const one of written) if (one.status === 'rejected') throw one.reason;
}

/**
 * Purges nonces only while the clock agrees with the database's. If it is ahead, the job would delete nonces that are recent
 * for other instances, and they would have to refuse calls of that time.
 */
async function purgeOldNonces({ database, replay, clock }: Stores, { log }: JobContext): Promise<void> {
  const ahead = database.kind === 'postgres' ? await secondsAheadOf(database, clock) : 0;
  if (Math.abs(ahead) <= REPLAY_MARGIN) return replay.purge();
  log.error(
    { secondsAhead: ahead },
    "this machine's clock and the database's are too far apart to forget old nonces: set the clocks right",
  );
}

/** What a job gets. */
interface JobContext {
  readonly log: Logger;
  /** Aborted on shutdown: a job that may take long ends soon afterwards. */
  readonly stopping: AbortSignal;
  /** The items of this job that failed in earlier runs, for jobs that have several. */
  readonly backOff: BackOff;
}

/** The periodic jobs, and their intervals in milliseconds. Each is a single step, so that a failing step blocks no other. */
const JOBS: readonly {
  name: string;
  everyMs: number;
  run: (stores: Stores, context: JobContext) => Promise<void>;
  /** Runs at each interval even after a failure: what it renews would otherwise expire. */
  neverWaits?: true;
}[] = [
  { name: 'write when keys were used', everyMs: 1_000, run: ({ lastUsed }) => lastUsed.writeDue() },
  { name: 'write counts of calls', everyMs: 1_000, run: ({ usage }) => usage.writeDue() },
  { name: 'write durations of calls', everyMs: 1_000, run: ({ latencies }) => latencies.writeDue() },
  {
    name: 'write counts of unauthenticated calls',
    everyMs: 1_000,
    run: ({ unauthenticatedCalls: calls }) => calls.writeDue(),
  },
  { name: 'write the request log', everyMs: 1_000, run: ({ requestLog }) => requestLog.writeDue() },
  { name: 'record refused admissions', everyMs: 5_000, run: ({ rejectedAttempts: r }) => r.flush() },
  {
    name: 'log the heads of audit chains',
    everyMs: HOUR_MS,
    run: (stores, { log }) => logExtendedHeads(stores, log),
  },
  { name: 'purge old nonces', everyMs: 30_000, run: purgeOldNonces, neverWaits: true },
  { name: 'purge empty rate windows', everyMs: 30_000, run: ({ rates }) => rates.purge() },
  { name: 'purge old idempotency keys', everyMs: 600_000, run: deleteOldIdempotencyKeys },
  { name: 'purge old proofs of possession', everyMs: 600_000, run: deleteOldProofs },
  { name: 'purge exchanged tokens', everyMs: 600_000, run: deleteOldExchangedTokens },
  { name: 'purge finished sign-ins', everyMs: 600_000, run: deleteFinishedSignIns },
  { name: 'purge old logouts', everyMs: 600_000, run: ({ providerLogouts: l }) => l.purge() },
  {
    name: 'purge what ended long ago',
    everyMs: 600_000,
    run: (stores, { backOff }) => deleteEnded(stores, backOff),
  },
  {
    name: 'fill in sponsors of workspaces',
    everyMs: 600_000,
    run: ({ database }, { backOff }) => fillInSponsors(database, 500, backOff),
  },
  {
    name: 'end sponsorships of former owners',
    everyMs: 600_000,
    run: (stores, { backOff }) => endFormerOwnersSponsorships(stores, backOff),
  },
  {
    name: 'disable keys of former members',
    everyMs: MINUTE_MS,
    run: (stores, { stopping, backOff }) => disableKeysOfFormerMembers(stores, stopping, backOff),
  },
  {
    name: 'empty deleted workspaces',
    everyMs: MINUTE_MS,
    run: (stores, { stopping, backOff }) => emptyDeletedWorkspaces(stores, stopping, backOff),
  },
  { name: 'purge old login failures', everyMs: 600_000, run: ({ loginFailures }) => loginFailures.purge() },
  { name: 'purge old counts of calls', everyMs: MINUTE_MS, run: ({ usage }) => usage.purge() },
  { name: 'purge old durations of calls', everyMs: MINUTE_MS, run: ({ latencies }) => latencies.purge() },
  { name: 'purge the request log', everyMs: MINUTE_MS, run: ({ requestLog }) => requestLog.purge() },
  {
    name: 'purge old counts of unauthenticated calls',
    everyMs: MINUTE_MS,
    run: ({ unauthenticatedCalls: calls }) => calls.purge(),
  },
  {
    name: 'maintain the live tails',
    everyMs: 2_000,
    run: ({ liveTail: tails }) => tails.maintain(),
    neverWaits: true,
  },
  { name: 'maintain the token keys', everyMs: MINUTE_MS, run: ({ tokenKeys }) => tokenKeys.maintain() },
];

/** The most runs that a failing job skips: eight seconds, if it runs every second. */
const LONGEST_WAIT = 8;
/** The most runs for which a failing item of a job is skipped. */
const LONGEST_ITEM_WAIT = 60;
/** No job and no item waits longer than this between two attempts, unless its job runs less often. */
const LONGEST_WAIT_MS = HOUR_MS;

/** The given number of runs, or fewer if they would take longer than an hour. */
const withinAnHour = (runs: number, everyMs: number): number =>
  Math.max(1, Math.min(runs, Math.floor(LONGEST_WAIT_MS / everyMs)));

/** A job of a running service. */
interface RunningJob {
  readonly name: string;
  readonly everyMs: number;
  /** Runs it once, unless it is still running; never rejects. */
  readonly run: () => Promise<void>;
}

/**
 * The jobs of a service. A job that fails skips its next runs, more of them with each failure. If only some of its items
 * failed, only those are skipped.
 * @param stopping ends jobs that take long
 */
export function createJobs(stores: Stores, log: Logger, stopping: AbortSignal): RunningJob[] {
  return JOBS.map(({ name, everyMs, run, neverWaits = false }) => {
    const attempts = new BackOff(withinAnHour(LONGEST_WAIT, everyMs));
    const backOff = new BackOff(withinAnHour(LONGEST_ITEM_WAIT, everyMs));
    const failures = new FailureLog(log, name);
    const attempt = async () => {
      attempts.beginRun();
      if (!neverWaits && attempts.isWaiting(name)) return;
      try {
        await run(stores, { log, stopping, backOff });
        attempts.succeeded(name);
      } catch (error) {
        if (error instanceof ItemsFailedError) attempts.succeeded(name);
        else attempts.failed(name);
        failures.report(error);
      }
    };
    return { name, everyMs, run: coalesce(attempt) };
  });
}

/**
 * Starts the jobs. A job never overlaps itself.
 * @returns a function that stops them, and resolves once running jobs are done
 */
export function startJobs(stores: Stores, log: Logger): () => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const timers = createJobs(stores, log, stopping.signal).map(({ name, everyMs, run }) =>
    setInterval(() => void running.set(name, run()), everyMs),
  );
  return async () => {
    for (const timer of timers) clearInterval(timer);
    stopping.abort();
    // A store that does not respond must not delay the shutdown.
    await withTimeout(Promise.all(running.values())).catch((err) =>
      log.error({ err }, 'a job was still running at shutdown'),
    );
  };
}
