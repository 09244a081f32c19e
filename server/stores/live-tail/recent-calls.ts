import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import { NOWHERE, type TailEntry } from './subscription.ts';

/** Milliseconds for which the calls of a key are kept after nobody watches it any more: a watcher may come back. */
const KEPT_MS = 120_000;
/** Events of one key, and of all keys together. */
const MOST_OF_A_KEY = 500;
const MOST = 10_000;

/** The latest events of one key, the oldest first, without a gap. */
interface Recent {
  readonly workspaceId: string;
  /** Places alone are kept too: those at which a watcher began. */
  readonly entries: (TailEntry | string)[];
  until: number;
}

/**
 * The latest events of the keys that are watched, or were a moment ago on any instance: from there a stream goes on that
 * broke. Divided among workspaces and keys; a key without room keeps fewer, or none.
 */
export class RecentCalls {
  readonly #byKey = new Map<string, Recent>();
  readonly #slots = new FairBudget(MOST);
  readonly #now: () => number;

  /** @param now milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins to keep the calls of a key, or goes on, for the time that they are kept. */
  keep(keyId: string, workspaceId: string): void {
    const until = this.#now() + KEPT_MS;
    const recent = this.#byKey.get(keyId);
    if (recent) recent.until = until;
    else if (this.#byKey.size < MOST) this.#byKey.set(keyId, { workspaceId, entries: [], until });
  }

  has(keyId: string): boolean {
    return this.#byKey.has(keyId);
  }

  /** Adds what came last. If there is no room, the oldest goes, and the whole key if there is none: never what is between. */
  add(keyId: string, entry: TailEntry | string): void {
    const recent = this.#byKey.get(keyId);
    if (!recent) return;
    const { entries, workspaceId } = recent;
    const hasRoom = entries.length < MOST_OF_A_KEY && this.#slots.take([workspaceId, keyId], 1);
    if (!hasRoom && entries.shift() === undefined) return void this.#byKey.delete(keyId);
    entries.push(entry);
  }

  /** The events after a place; null if nobody knows them. */
  after(keyId: string, position: string): TailEntry[] | null {
    const entries = this.#byKey.get(keyId)?.entries ?? [];
    const at = entries.findLastIndex((entry) => positionOf(entry) === position);
    if (at < 0 || position === NOWHERE) return null;
    return entries.slice(at + 1).filter((entry) => typeof entry !== 'string');
  }

  /** Forgets what was kept, and goes on from here: events were lost. */
  restart(): void {
    for (const [keyId, recent] of this.#byKey) this.#empty(keyId, recent);
  }

  /** Forgets the keys whose time is over. */
  expire(): void {
    const now = this.#now();
    for (const [keyId, recent] of this.#byKey) {
      if (recent.until > now) continue;
      this.#empty(keyId, recent);
      this.#byKey.delete(keyId);
    }
  }

  #empty(keyId: string, { workspaceId, entries }: Recent): void {
    this.#slots.giveBack([workspaceId, keyId], entries.length);
    entries.length = 0;
  }
}

const positionOf = (entry: TailEntry | string): string =>
  typeof entry === 'string' ? entry : entry.position;
