import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Occupancy } from '../../lib/occupancy.ts';

/** An entry that uses one slot of its payer's share. */
interface Charged {
  /** The sponsor, the workspace, and perhaps the key; empty if only the total bounds it. */
  readonly payer: FairnessPath;
}

/**
 * What waits in memory to be written, by name and by workspace: a read that needs the latest of its own workspace writes
 * nothing of another. Beyond a payer's share an entry is dropped.
 */
export class PendingEntries<T extends Charged> {
  /** In the order in which they were added. */
  readonly #entries = new Map<string, T>();
  /** The names of each workspace's entries. */
  readonly #names = new Map<string, Set<string>>();
  readonly #slots: FairBudget;

  /** @param capacity entries in total, divided by payer */
  constructor(capacity: number) {
    this.#slots = new FairBudget(capacity);
  }

  get occupancy(): Occupancy {
    return this.#slots.occupancy;
  }

  get(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** Adds an entry under a new name, if it fits. */
  add(name: string, entry: T): void {
    const [, workspaceId] = entry.payer;
    if (!this.#slots.take(entry.payer, 1)) return;
    this.#entries.set(name, entry);
    if (workspaceId === undefined) return;
    const names = this.#names.get(workspaceId) ?? new Set();
    this.#names.set(workspaceId, names.add(name));
  }

  /** All entries, the oldest first. */
  values(): IterableIterator<T> {
    return this.#entries.values();
  }

  /** The names of so many entries, the oldest first. */
  oldest(count: number): string[] {
    return [...this.#entries.keys()].slice(0, count);
  }

  /** The names of a workspace's entries, the oldest first. */
  ofWorkspace(workspaceId: string): string[] {
    return [...(this.#names.get(workspaceId) ?? [])];
  }

  /** Removes entries, and returns those that were there. */
  take(names: readonly string[]): Map<string, T> {
    const taken = new Map<string, T>();
    for (const name of names) {
      const entry = this.#entries.get(name);
      if (!entry) continue;
      taken.set(name, entry);
      this.#entries.delete(name);
      this.#removeName(name, entry);
      this.#slots.release(entry.payer, 1);
    }
    return taken;
  }

  #removeName(name: string, { payer: [, workspaceId = ''] }: T): void {
    const names = this.#names.get(workspaceId);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(workspaceId);
  }
}
