import { LRUCache } from 'lru-cache';
import type { Occupancy } from '../../lib/occupancy.ts';

/** How well a cache works: hits and misses since the start. */
export interface CacheUse extends Occupancy {
  readonly hits: number;
  readonly misses: number;
}

/**
 * A bounded cache of the rows that admit callers. A load that overlaps a change is not cached: it may have read the
 * row from before the change, and would then outlive it.
 */
export class RowCache<T extends object> {
  readonly #rows: LRUCache<string, T>;
  readonly #groupOf: (row: T) => string;
  /** The ids of each group's rows, in the order in which they were read. */
  readonly #groups = new Map<string, Set<string>>();
  /** When the read of each row began, in milliseconds of the process. */
  readonly #readAt = new WeakMap<T, number>();
  /** Loads under way that no change has invalidated, by the row's id, the latest last. */
  readonly #filling = new Map<string, Set<Promise<T | null>>>();
  #hits = 0;
  #misses = 0;

  /**
   * @param groupOf the group among which the room is divided once the cache is full: a group that has its share
   *   evicts its own rows
   */
  constructor(max: number, groupOf: (row: T) => string = () => '') {
    this.#groupOf = groupOf;
    this.#rows = new LRUCache({ max, dispose: (row, id) => this.#leave(groupOf(row), id) });
  }

  get use(): CacheUse {
    return { used: this.#rows.size, capacity: this.#rows.max, hits: this.#hits, misses: this.#misses };
  }

  peek(id: string): T | undefined {
    return this.#rows.get(id);
  }

  /** The cached row, or what `load` reads; concurrent readers of one row share one load. */
  read(id: string, load: () => Promise<T | null>): Promise<T | null> {
    const cached = this.#rows.get(id);
    if (cached) {
      this.#hits++;
      return Promise.resolve(cached);
    }
    this.#misses++;
    return [...(this.#filling.get(id) ?? [])].at(-1) ?? this.#fill(id, load);
  }

  /** The cached row, counted as a hit; null if it would have to be loaded. */
  hit(id: string): T | null {
    const cached = this.#rows.get(id);
    if (cached) this.#hits++;
    return cached ?? null;
  }

  /** Loads a row again. The cached one serves other readers until then, and is dropped if the row no longer exists. */
  refresh(id: string, load: () => Promise<T | null>): Promise<T | null> {
    this.#misses++;
    return this.#fill(id, load);
  }

  #fill(id: string, load: () => Promise<T | null>): Promise<T | null> {
    const at = performance.now();
    const fill: Promise<T | null> = load()
      .then((row) => {
        // Do not cache it if it was forgotten meanwhile, or if a load that began later has finished.
        if (!this.#filling.get(id)?.has(fill) || this.#isNewer(id, at)) return row;
        if (row) this.#keep(id, row, at);
        else this.#rows.delete(id);
        return row;
      })
      .finally(() => {
        const loads = this.#filling.get(id);
        loads?.delete(fill);
        if (loads?.size === 0) this.#filling.delete(id);
      });
    this.#filling.set(id, (this.#filling.get(id) ?? new Set()).add(fill));
    return fill;
  }

  /** Whether the cached row was read after a moment. */
  #isNewer(id: string, at: number): boolean {
    const row = this.#rows.peek(id);
    return row !== undefined && (this.#readAt.get(row) ?? 0) > at;
  }

  /** Forgets one row, and what is being read of it. */
  forget(id: string): void {
    this.#filling.delete(id);
    this.#rows.delete(id);
  }

  /** Drops the rows that a change touches, and the results of all loads under way. */
  drop(touches: (row: T) => boolean): void {
    this.#filling.clear();
    for (const [id, row] of this.#rows.entries()) if (touches(row)) this.#rows.delete(id);
  }

  #keep(id: string, row: T, at: number): void {
    const group = this.#groupOf(row);
    this.#readAt.set(row, at);
    if (!this.#rows.has(id)) this.#makeRoom(group);
    this.#rows.set(id, row);
    const members = this.#groups.get(group);
    if (members) members.add(id);
    else this.#groups.set(group, new Set([id]));
  }

  /** Evicts a row of a group that has its share or more; otherwise the least recent of all is evicted. */
  #makeRoom(group: string): void {
    const members = this.#groups.get(group);
    if (!members || this.#rows.size < this.#rows.max) return;
    if (members.size < this.#rows.max / this.#groups.size) return;
    const [leastRecent] = this.#rows.rvalues();
    if (leastRecent && this.#groupOf(leastRecent) === group) return;
    const [oldest] = members;
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  #leave(group: string, id: string): void {
    const members = this.#groups.get(group);
    members?.delete(id);
    if (members?.size === 0) this.#groups.delete(group);
  }
}
