import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Limit, LimitState } from '../../../shared/limits.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { BatchLoad } from '../database/batcher.ts';

/** A limit, and the name under which its hits are stored. */
export interface Counter {
  readonly id: string;
  readonly limit: Limit;
  /** The fairness path that pays for its window and for the wait for a statement. */
  readonly payer: FairnessPath;
}

/**
 * @param workspaceGroup the sponsor and the workspace of the subject
 * @param subject the id of the key or external owner that is counted. Another length of time makes another counter
 */
export const counterOf = (workspaceGroup: FairnessPath, subject: string, limit: Limit): Counter => ({
  id: `${subject} ${limit.name} ${limit.windowSeconds}`,
  limit,
  payer: [...workspaceGroup, subject],
});

/** Whether a call was within all of its limits, and their states after it. */
export interface Hit {
  readonly allowed: boolean;
  /** In the order of the counters. */
  readonly states: readonly LimitState[];
}

/**
 * Counts calls against rate limits. A call counts in all of its counters, or in none if one of them is full. A store that is
 * unavailable throws; it never allows a call in doubt.
 */
export interface RateStore {
  /** Windows in this process's memory. */
  readonly windows: Occupancy;
  /** Load of the shared statements; null if hits need none. */
  readonly load: BatchLoad | null;
  hit(counters: readonly Counter[]): MaybePromise<Hit>;
  /** Whether `hit` would allow, without counting; the states are those before it. */
  peek(counters: readonly Counter[]): Promise<Hit>;
  /** Drops empty windows. Call it every half minute or so. */
  purge(): Promise<void>;
  close(): Promise<void>;
}
