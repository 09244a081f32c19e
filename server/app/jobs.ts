import type { Logger } from 'pino';
import { HOUR_MS, MINUTE_MS } from '../../shared/durations.ts';
import { deleteFinishedSignIns } from '../auth/external/identities.ts';
import { deleteOldProofs } from '../gate/signature/possession.ts';
import { deleteOldExchangedTokens } from '../keys/exchange/claim-token.ts';
import { deleteOldIdempotencyKeys } from '../keys/idempotency.ts';
import { emptyDeletedWorkspaces } from '../membership/deleted-workspaces.ts';
import { disableKeysOfFormerMembers } from '../membership/former-keys.ts';
import { logExtendedHeads } from '../stores/audit/chain-heads.ts';
import { endFormerOwnersSponsorships, fillInSponsors } from '../stores/credentials/sponsor-upkeep.ts';
import { secondsAheadOf } from '../stores/database/clock-difference.ts';
import { withTimeout } from '../stores/database/timeout.ts';
import { REPLAY_MARGIN } from '../stores/replay/replay.ts';
import type { Stores } from '../stores/stores.ts';
import { deleteEnded } from './retention.ts';

/** Writes what stores buffer in memory: when keys were last used, and how their calls ended. */
export async function flush(stores: Stores): Promise<void> {
  const { lastUsed, usage, latencies, requestLog, unauthenticatedCalls } = stores;
  const buffering = [lastUsed, usage, latencies, requestLog, unauthenticatedCalls];
  await Promise.all(buffering.map((store) => store.flush()));
}

/** The same as it becomes due: spread over some seconds if many keys are used. */
async function writeDue({ lastUsed, usage, latencies, unauthenticatedCalls }: Stores): Promise<void> {
  const counting = [lastUsed, usage, latencies, unauthenticatedCalls];
  await Promise.all(counting.map((store) => store.writeDue()));
}

async function purgeOldCounts({ usage, latencies, requestLog, unauthenticatedCalls }: Stores): Promise<void> {
  await usage.purge();
  await latencies.purge();
  await requestLog.purge();
  await unauthenticatedCalls.purge();
}

/**
 * Purges nonces only while the clock agrees with the database's. If it is ahead, it would forget nonces that are young for
 * other instances, and they would have to refuse calls of that time.
 */
async function purgeOldNonces({ database, replay, clock }: Stores, log: Logger): Promise<void> {
  const ahead = database.kind === 'postgres' ? await secondsAheadOf(database, clock) : 0;
  if (Math.abs(ahead) <= REPLAY_MARGIN) return replay.purge();
  log.error(
    { secondsAhead: ahead },
    "this machine's clock and the database's are too far apart to forget old nonces: set the clocks right",
  );
}

/** The periodic jobs, and their intervals in milliseconds. */
const JOBS: readonly {
  name: string;
  everyMs: number;
  /** @param stopping is aborted when the service stops: a job that may take long ends soon after it */
  run: (stores: Stores, log: Logger, stopping: AbortSignal) => Promise<void>;
}[] = [
  { name: 'write counts', everyMs: 1_000, run: writeDue },
  { name: 'write the request log', everyMs: 1_000, run: ({ requestLog }) => requestLog.flush() },
  { name: 'record refused admissions', everyMs: 5_000, run: ({ rejectedAttempts: r }) => r.flush() },
  { name: 'log the heads of audit chains', everyMs: HOUR_MS, run: logExtendedHeads },
  { name: 'purge old nonces', everyMs: 30_000, run: purgeOldNonces },
  { name: 'purge empty rate windows', everyMs: 30_000, run: ({ rates }) => rates.purge() },
  { name: 'purge old idempotency keys', everyMs: 600_000, run: deleteOldIdempotencyKeys },
  { name: 'purge old proofs of possession', everyMs: 600_000, run: deleteOldProofs },
  { name: 'purge exchanged tokens', everyMs: 600_000, run: deleteOldExchangedTokens },
  { name: 'purge finished sign-ins', everyMs: 600_000, run: deleteFinishedSignIns },
  { name: 'purge old logouts', everyMs: 600_000, run: ({ providerLogouts: l }) => l.purge() },
  { name: 'purge what ended long ago', everyMs: 600_000, run: deleteEnded },
  {
    name: 'fill in sponsors of workspaces',
    everyMs: 600_000,
    run: ({ database }) => fillInSponsors(database, 500),
  },
  { name: 'end sponsorships of former owners', everyMs: 600_000, run: endFormerOwnersSponsorships },
  {
    name: 'disable keys of former members',
    everyMs: MINUTE_MS,
    run: (stores, _, stopping) => disableKeysOfFormerMembers(stores, stopping),
  },
  {
    name: 'empty deleted workspaces',
    everyMs: MINUTE_MS,
    run: (stores, _, stopping) => emptyDeletedWorkspaces(stores, stopping),
  },
  { name: 'purge old login failures', everyMs: 600_000, run: ({ loginFailures }) => loginFailures.purge() },
  { name: 'purge old counts', everyMs: MINUTE_MS, run: purgeOldCounts },
  {
    name: 'maintain the live tails',
    everyMs: 2_000,
    run: ({ liveTail: tails }) => tails.maintain(),
  },
  { name: 'maintain the token keys', everyMs: MINUTE_MS, run: ({ tokenKeys }) => tokenKeys.maintain() },
];

/**
 * Starts the jobs. A job never overlaps itself; one that fails is logged and runs again at its next interval.
 * @returns a function that stops them, and resolves once the running ones are done
 */
export function startJobs(stores: Stores, log: Logger): () => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const timers = JOBS.map(({ name, everyMs, run }) =>
    setInterval(() => {
      if (running.has(name)) return;
      const promise = run(stores, log, stopping.signal)
        .catch((err) => log.error({ err, job: name }, 'a job failed'))
        .finally(() => running.delete(name));
      running.set(name, promise);
    }, everyMs),
  );
  return async () => {
    for (const timer of timers) clearInterval(timer);
    stopping.abort();
    // A store that does not answer must not delay the stop.
    await withTimeout(Promise.all(running.values())).catch((err) =>
      log.error({ err }, 'a job was still running at the stop'),
    );
  };
}
