import { tracked } from '@trpc/server';
import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';
import type { TailEvent } from '../../shared/live-tail.ts';
import type { TailItem, TailSubscription } from '../stores/live-tail/subscription.ts';
import type { Stores } from '../stores/stores.ts';
import type { EventIds } from './tail-event-ids.ts';

/** Milliseconds between checks that the key still exists. */
const LOOK_MS = 3_000;

interface Watching {
  readonly tail: TailSubscription;
  readonly ids: EventIds;
  /** Rejects once the key is gone. */
  readonly look: () => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Yields the calls of a key as they end, until the watcher leaves or the key is gone. */
export async function* tailEvents({ tail, ids, look, signal }: Watching) {
  try {
    let lookAt = performance.now() + LOOK_MS;
    while (!signal.aborted) {
      const entry = await tail.next(signal, Math.max(0, lookAt - performance.now()));
      if (entry !== null) yield tracked(ids.write(entry.position), eventOf(entry.item));
      // A timer may fire slightly early; an idle wake-up counts as its time.
      if (signal.aborted || (entry !== null && performance.now() < lookAt)) continue;
      await look();
      lookAt = performance.now() + LOOK_MS;
    }
  } finally {
    tail.close();
  }
}

/**
 * Watches a key. Whatever becomes of the stream, the watcher's place is released when its request ends.
 * @param tenant the sponsor and the workspace whose share the watcher takes
 * @param after the position of the last event that arrived before an interruption; null for a new stream
 */
export async function openKeyTail(
  { liveTail: tails }: Stores,
  keyId: string,
  tenant: FairnessKey,
  after: string | null,
  signal: AbortSignal,
): Promise<TailSubscription> {
  const tail = await tails.open(keyId, tenant, after);
  signal.addEventListener('abort', tail.close);
  if (signal.aborted) tail.close();
  return tail;
}

function eventOf(item: TailItem): TailEvent {
  if ('missed' in item) return { type: 'missed', count: item.missed };
  const { keyId: _, at, ...call } = item;
  return { type: 'call', at: new Date(at).toISOString(), ...call };
}
