import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { NO_POSITION, type TailEntry } from './subscription.ts';

/** Milliseconds for which the calls of a key are kept after its last watcher has left: it may reconnect. */
const RETENTION_MS = 120_000;
/** Events of one key, and of all keys together. */
const MAX_PER_KEY = 500;
const MAX_ENTRIES = 20_000;

/** The latest events of one key, the oldest first, without a gap. */
interface Recent {
  readonly payer: FairnessPath;
  /** A string is the position at which a watcher began; no event belongs to it. */
  readonly entries: (TailEntry | string)[];
  until: number;
}

/**
 * The latest events of the keys that are watched on any instance, or were within the last two minutes. A stream that was
 * interrupted resumes from them. Divided among sponsors, workspaces and keys; a key without capacity keeps fewer, or none.
 */
export class RecentCalls {
  readonly #byKey = new Map<string, Recent>();
  readonly #slots = new FairBudget(MAX_ENTRIES);
  readonly #now: () => number;

  /** @param now milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Keeps the calls of a key from this moment until two minutes after the last call of this method. */
  keep(keyId: string, tenant: FairnessPath): void {
    const until = this.#now() + RETENTION_MS;
    const recent = this.#byKey.get(keyId);
    if (recent) recent.until = until;
    else if (this.#byKey.size < MAX_ENTRIES)
      this.#byKey.set(keyId, { payer: [...tenant, keyId], entries: [], until });
  }

  has(keyId: string): boolean {
    return this.#byKey.has(keyId);
  }

  /**
   * Appends an event. If it does not fit, it replaces the oldest event of the key. If the key has no event to replace, its
   * entry is dropped, so that no gap is left.
   */
  add(keyId: string, entry: TailEntry | string): void {
    const recent = this.#byKey.get(keyId);
    if (!recent) return;
    const { entries, payer } = recent;
    const hasRoom = entries.length < MAX_PER_KEY && this.#slots.take(payer, 1);
    if (!hasRoom && entries.shift() === undefined) return void this.#byKey.delete(keyId);
    entries.push(entry);
  }

  /** The events after a position; null if they are not known. */
  after(keyId: string, position: string): TailEntry[] | null {
    const entries = this.#byKey.get(keyId)?.entries ?? [];
    const at = entries.findLastIndex((entry) => positionOf(entry) === position);
    if (at < 0 || position === NO_POSITION) return null;
    return entries.slice(at + 1).filter((entry) => typeof entry !== 'string');
  }

  /** Deletes all events, because some were lost, and keeps only later ones. */
  clear(): void {
    for (const recent of this.#byKey.values()) this.#empty(recent);
  }

  /** Deletes the keys that were kept for long enough. */
  expire(): void {
    const now = this.#now();
    for (const [keyId, recent] of this.#byKey) {
      if (recent.until > now) continue;
      this.#empty(recent);
      this.#byKey.delete(keyId);
    }
  }

  #empty({ payer, entries }: Recent): void {
    this.#slots.release(payer, entries.length);
    entries.length = 0;
  }
}

const positionOf = (entry: TailEntry | string): string =>
  typeof entry === 'string' ? entry : entry.position;
