import { type FairnessKey, workspaceKey } from '../../../shared/fairness/fairness-key.ts';
import type { Limit, LimitState } from '../../../shared/limits.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { BatchLoad } from '../database/batcher.ts';

/** A limit, and the name under which its hits are kept. */
export interface Counter {
  readonly id: string;
  readonly limit: Limit;
  /** Whom its window, and the wait for a statement, is charged to. */
  readonly payer: FairnessKey;
}

/**
 * @param workspaceId the workspace of the subject
 * @param subject whom it counts: a key's id, or an external owner's. Another span of time is another counter
 */
export const counterOf = (workspaceId: string, subject: string, limit: Limit): Counter => ({
  id: `${subject} ${limit.name} ${limit.windowSeconds}`,
  limit,
  payer: workspaceKey(workspaceId, subject),
});

/** Whether a call was within all of its limits, and how they stand after it. */
export interface Hit {
  readonly allowed: boolean;
  /** In the order in which the counters were given. */
  readonly states: readonly LimitState[];
}

/**
 * Where rate limits are counted. A call is counted by all of its counters, or, where one of them is full, by none.
 * A store that cannot answer throws; it never allows in doubt.
 */
export interface RateStore {
  /** Windows that this process holds. */
  readonly windows: Occupancy;
  /** Of hits that share statements; null where they need none. */
  readonly load: BatchLoad | null;
  hit(counters: readonly Counter[]): Promise<Hit>;
  /** Whether `hit` would allow, without counting; the states are those before it. */
  look(counters: readonly Counter[]): Promise<Hit>;
  /** Forgets windows that are empty. Call it every half minute or so. */
  purge(): Promise<void>;
  close(): Promise<void>;
}
