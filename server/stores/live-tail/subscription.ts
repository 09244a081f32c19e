import type { PairRole } from '../../../shared/live-tail.ts';

/** How many calls wait for one slow watcher. Beyond that, the oldest are dropped. */
const MAX_WAITING = 200;

/** A finished call of a key. */
export interface TailedCall {
  readonly keyId: string;
  /** Milliseconds. */
  readonly at: number;
  readonly procedure: string;
  /** `OK`, or the reason of the refusal, possibly one that only a newer version knows. */
  readonly outcome: string;
  /** Counted from when the request was read. */
  readonly durationMs: number;
  readonly address: string | null;
  readonly requestId: string;
  readonly pair: PairRole | null;
}

/** An event for a watcher: a call, or how many were lost; null if the number is unknown. */
export type TailItem = TailedCall | { readonly missed: number | null };

/** An event and its position in the order that is the same on all instances. */
export interface TailEntry {
  readonly position: string;
  readonly item: TailItem;
}

/** The position of an event without one: no search finds it. */
export const NO_POSITION = '';

/** One watcher's view of a key's calls: a short queue that never delays a call. */
export class TailSubscription {
  /** The position at which it begins. */
  readonly startsAt: string;
  readonly close: () => void;
  /** Events from before it began, which are delivered first. */
  readonly #backlog: TailEntry[];
  #waiting: TailEntry[] = [];
  /** One `missed` event in place of the events that were dropped since the last one that was read. */
  #dropped: TailEntry | null = null;
  /** Why it ended; null while it is open. */
  #ended: Error | null = null;
  #wake: () => void = () => {};

  constructor(close: () => void, startsAt = NO_POSITION, backlog: readonly TailEntry[] = []) {
    this.close = close;
    this.startsAt = startsAt;
    this.#backlog = [...backlog];
  }

  push(entry: TailEntry): void {
    if (this.#waiting.length >= MAX_WAITING) this.#drop(this.#waiting.shift() as TailEntry);
    this.#waiting.push(entry);
    this.#wake();
  }

  /** Ends it: its reader gets this error, and none of the events that still wait. */
  end(reason: Error): void {
    this.#ended ??= reason;
    this.#wake();
  }

  /**
   * The next event, the oldest first; null if the watcher leaves.
   * @throws the reason for which it was ended
   */
  async next(signal: AbortSignal): Promise<TailEntry | null> {
    if (this.#isEmpty && this.#ended === null) await this.#waitForEvent(signal);
    if (this.#ended !== null) throw this.#ended;
    const earlier = this.#backlog.shift() ?? this.#dropped;
    if (earlier === null) return this.#waiting.shift() ?? null;
    if (earlier === this.#dropped) this.#dropped = null;
    return earlier;
  }

  get #isEmpty(): boolean {
    return this.#backlog.length === 0 && this.#dropped === null && this.#waiting.length === 0;
  }

  #drop({ position, item }: TailEntry): void {
    const before = this.#dropped === null ? 0 : countOf(this.#dropped.item);
    const more = countOf(item);
    this.#dropped = { position, item: { missed: before === null || more === null ? null : before + more } };
  }

  #waitForEvent(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        signal.removeEventListener('abort', go);
        this.#wake = () => {};
        resolve();
      };
      this.#wake = go;
      signal.addEventListener('abort', go);
      if (signal.aborted) go();
    });
  }
}

/** How many calls an event represents. */
const countOf = (item: TailItem): number | null => ('missed' in item ? item.missed : 1);
