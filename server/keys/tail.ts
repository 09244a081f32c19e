import { tracked } from '@trpc/server';
import type { TailEvent } from '../../shared/tail.ts';
import type { TailItem, TailSubscription } from '../stores/live-tail/subscription.ts';
import type { Stores } from '../stores/stores.ts';

/** How often it is looked whether the key is still there, in milliseconds. */
const LOOK_MS = 3_000;

interface Watching {
  readonly tail: TailSubscription;
  /** The last event that arrived before the stream broke. */
  readonly lastEventId: string | undefined;
  /** Rejects once the key is gone. */
  readonly look: () => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** The calls of a key as they end, until the watcher leaves or the key is gone. */
export async function* events({ tail, lastEventId, look, signal }: Watching) {
  let id = Number(lastEventId ?? 0) || 0;
  const numbered = (event: TailEvent) => tracked(String(++id), event);
  try {
    // What ended while the stream was broken is kept nowhere.
    if (lastEventId !== undefined) yield numbered({ type: 'missed', count: null });
    let lookAt = performance.now() + LOOK_MS;
    while (!signal.aborted) {
      const told = await tail.next(signal, Math.max(0, lookAt - performance.now()));
      if (told !== null) yield numbered(eventOf(told));
      // A timer may be over a little before its time: nothing told is as good as the time.
      if (signal.aborted || (told !== null && performance.now() < lookAt)) continue;
      await look();
      lookAt = performance.now() + LOOK_MS;
    }
  } finally {
    tail.close();
  }
}

/** Watches a key; whatever becomes of the stream, the place is given back when its request ends. */
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

function eventOf(told: TailItem): TailEvent {
  if ('missed' in told) return { type: 'missed', count: told.missed };
  const { keyId: _, at, ...call } = told;
  return { type: 'call', at: new Date(at).toISOString(), ...call };
}
