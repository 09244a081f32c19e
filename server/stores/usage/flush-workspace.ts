import { type FairnessPath, workspaceGroupPath } from '../../../shared/fairness/fairness-path.ts';
import { coalesceRunsByGroup } from '../../lib/concurrency/coalesce-runs.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { inChunks } from '../../lib/concurrency/in-chunks.ts';
import { withTimeout } from '../database/timeout.ts';

/** Writes that wait: one of each workspace that is read, and those of the job. */
const MAX_WAITING = 1_000;
/**
 * Milliseconds that a read waits: an outage must not hold it for as long as all others before it take to fail. Clients wait 30
 * seconds for a response.
 */
const LONGEST_WAIT_MS = 20_000;

/** The turn of the job that writes for all workspaces: before those of any of them. */
export const OF_THE_JOB: FairnessPath = [];

/** One write at a time. Sponsors take turns, then their workspaces; those whose last write failed come after the others. */
export const newWriteTurns = (): FairQueue =>
  new FairQueue({ concurrency: 1, failedLevels: 2, capacity: MAX_WAITING });

interface PendingWrites {
  /** The names of what waits to be written of a workspace. */
  readonly namesOf: (workspaceId: string) => readonly string[];
  /** How many names one write includes: other writes get their turn in between. */
  readonly size: number;
  /** Writes when it is the turn of a workspace; with no name, it waits for what is being written. */
  readonly write: (group: FairnessPath, names: readonly string[]) => Promise<void>;
}

/**
 * Writes what was noted in one workspace before the call, or before a time of `performance.now()`, so that a read of it
 * includes the latest. Reads of one workspace share a run.
 * @returns a function with the payer of the read as its argument. It rejects with QueueFullError if too many wait, or after 20
 *   seconds
 */
export function flushByWorkspace({
  namesOf,
  size,
  write,
}: PendingWrites): (payer: FairnessPath, before?: number) => Promise<void> {
  const flush = coalesceRunsByGroup(async (group) => {
    const [, workspaceId = ''] = group;
    // What is being written is there afterwards, or waits again.
    await write(group, []);
    await inChunks(namesOf(workspaceId), size, (names) => write(group, names));
  });
  return (payer, before) => withTimeout(flush(workspaceGroupPath(payer), before), LONGEST_WAIT_MS);
}
