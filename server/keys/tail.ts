import { tracked } from '@trpc/server';
import type { TailEvent } from '../../shared/tail.ts';
import type { TailItem, TailSubscription } from '../stores/live-tail/subscription.ts';
import type { Stores } from '../stores/stores.ts';

/** Milliseconds between checks that the key still exists. */
const LOOK_MS = 3_000;

interface Watching {
  readonly tail: TailSubscription;
  /** The last event that arrived before the stream broke. */
  readonly lastEventId: string | undefined;
  /** Rejects once the key is gone. */
  readonly look: () => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Yields the calls of a key as they end, until the watcher leaves or the key is gone. */
export async function* events({ tail, lastEventId, look, signal }: Watching) {
  let id = Number(lastEventId ?? 0) || 0;
  const numbered = (event: TailEvent) => tracked(String(++id), event);
  try {
    // Calls that ended while the stream was broken are not stored anywhere.
    if (lastEventId !== undefined) yield numbered({ type: 'missed', count: null });
    let lookAt = performance.now() + LOOK_MS;
    while (!signal.aborted) {
      const item = await tail.next(signal, Math.max(0, lookAt - performance.now()));
      if (item !== null) yield numbered(eventOf(item));
      // A timer may fire slightly early; an idle wake-up counts as its time.
      if (signal.aborted || (item !== null && performance.now() < lookAt)) continue;
      await look();
      lookAt = performance.now() + LOOK_MS;
    }
  } finally {
    tail.close();
  }
}

/** Watches a key. Whatever becomes of the stream, the watcher's place is released when its request ends. */
export async function watchKey(
  { liveTail: tails }: Stores,
  keyId: string,
  workspaceId: string,
  signal: AbortSignal,
): Promise<TailSubscription> {
  const tail = await tails.open(keyId, workspaceId);
  signal.addEventListener('abort', tail.close);
  if (signal.aborted) tail.close();
  return tail;
}

function eventOf(item: TailItem): TailEvent {
  if ('missed' in item) return { type: 'missed', count: item.missed };
  const { keyId: _, at, ...call } = item;
  return { type: 'call', at: new Date(at).toISOString(), ...call };
}
