import { tracked } from '@trpc/server';
import type { FairnessPath } from '../../shared/fairness/fairness-path.ts';
import type { TailEvent } from '../../shared/live-tail.ts';
import { Refusal } from '../lib/refusal.ts';
import type { TailItem, TailSubscription } from '../stores/live-tail/subscription.ts';
import type { Stores } from '../stores/stores.ts';
import type { EventIds } from './tail-event-ids.ts';

interface Watching {
  readonly tail: TailSubscription;
  readonly ids: EventIds;
  readonly signal: AbortSignal;
}

/**
 * Yields the calls of a key as they end, until the watcher leaves.
 * @throws the reason for which the tail was ended
 */
export async function* tailEvents({ tail, ids, signal }: Watching) {
  try {
    while (!signal.aborted) {
      const entry = await tail.next(signal);
      if (entry !== null) yield tracked(ids.write(entry.position), eventOf(entry.item));
    }
  } finally {
    tail.close();
  }
}

/**
 * Ends a tail once its key is gone, with KEY_NOT_FOUND, or once that cannot be read. Never rejects.
 * @param exists whether the key is still in the workspace
 */
export async function endWithoutKey(tail: TailSubscription, exists: () => Promise<boolean>): Promise<void> {
  try {
    if (!(await exists())) tail.end(new Refusal('KEY_NOT_FOUND'));
  } catch (error) {
    tail.end(error as Error);
  }
}

interface WatchRequest {
  readonly keyId: string;
  /** The sponsor and the workspace whose share the watcher uses. */
  readonly tenant: FairnessPath;
  /** The position of the last event that arrived before an interruption; null for a new stream. */
  readonly after: string | null;
}

/**
 * Watches a key. Whatever becomes of the stream, the watcher's place is released when its request ends.
 * @param signal the request's signal
 */
export async function openKeyTail(
  { liveTail }: Stores,
  { keyId, tenant, after }: WatchRequest,
  signal: AbortSignal,
): Promise<TailSubscription> {
  const tail = await liveTail.open(keyId, tenant, after);
  signal.addEventListener('abort', tail.close);
  if (signal.aborted) tail.close();
  return tail;
}

function eventOf(item: TailItem): TailEvent {
  if ('missed' in item) return { type: 'missed', count: item.missed };
  const { keyId: _, at, ...call } = item;
  return { type: 'call', at: new Date(at).toISOString(), ...call };
}
