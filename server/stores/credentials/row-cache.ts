import { LRUCache } from 'lru-cache';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Occupancy } from '../../lib/occupancy.ts';

/** How well a cache works: hits and misses since startup. */
export interface CacheUse extends Occupancy {
  readonly hits: number;
  readonly misses: number;
}

/** The rows of one of the widest groups, the first of a fairness path. */
interface Group {
  size: number;
  /** The ids of each part's rows, in the order in which they were read. */
  readonly parts: Map<string, Set<string>>;
}

/** A change, and the one after it. A load remembers the last change before it: later changes are found from there. */
interface Change<T> {
  readonly touches: (row: T, id: string) => boolean;
  next: Change<T> | null;
}

/**
 * A bounded cache of the rows that admit callers. A load that overlaps a change of its row is not cached: it may have
 * read the row from before the change, and would then outlive it. Changes of other rows do not matter, or nothing could
 * be cached while many are made.
 */
export class RowCache<T extends object> {
  readonly #rows: LRUCache<string, T>;
  readonly #payerOf: (row: T) => FairnessPath;
  readonly #tagsOf: (row: T) => readonly string[];
  /** The ids of the cached rows with each tag. */
  readonly #byTag = new Map<string, Set<string>>();
  readonly #groups = new Map<string, Group>();
  /** When the read of each row began, by `performance.now()`. */
  readonly #readAt = new WeakMap<T, number>();
  /** The last change. */
  #latest: Change<T> = { touches: () => false, next: null };
  /** Loads under way that began after every change, by the row's id, the latest last. */
  readonly #loading = new Map<string, Set<Promise<T | null>>>();
  #hits = 0;
  #misses = 0;

  /**
   * @param payerOf the fairness path by whose two widest groups the capacity is divided once the cache is full: a group
   *   that has its share evicts its own rows
   * @param tagsOf names of what a row depends on
   */
  constructor(
    max: number,
    payerOf: (row: T) => FairnessPath = () => [],
    tagsOf: (row: T) => readonly string[] = () => [],
  ) {
    this.#payerOf = payerOf;
    this.#tagsOf = tagsOf;
    const dispose = (row: T, id: string) => {
      this.#removeFromGroup(payerOf(row), id);
      for (const tag of tagsOf(row)) this.#removeTag(tag, id);
    };
    this.#rows = new LRUCache({ max, dispose });
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
    return [...(this.#loading.get(id) ?? [])].at(-1) ?? this.#load(id, load);
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
    return this.#load(id, load);
  }

  #load(id: string, load: () => Promise<T | null>): Promise<T | null> {
    const at = performance.now();
    const before = this.#latest;
    const pending: Promise<T | null> = load()
      .then((row) => {
        // Do not cache it if it was changed in the meantime, or if a load that began later has finished.
        if (isChanged(row, id, before) || this.#isNewer(id, at)) return row;
        if (row) this.#store(id, row, at);
        else this.#rows.delete(id);
        return row;
      })
      .finally(() => {
        const loads = this.#loading.get(id);
        loads?.delete(pending);
        if (loads?.size === 0) this.#loading.delete(id);
      });
    this.#loading.set(id, (this.#loading.get(id) ?? new Set()).add(pending));
    return pending;
  }

  /** Whether the read of the cached row began later than another. */
  #isNewer(id: string, at: number): boolean {
    const row = this.#rows.peek(id);
    return row !== undefined && (this.#readAt.get(row) ?? 0) > at;
  }

  /** Drops one row, and what is being read of it. */
  invalidate(id: string): void {
    this.#append((_, changed) => changed === id);
    this.#loading.delete(id);
    this.#rows.delete(id);
  }

  /**
   * Drops the rows that have one of these tags, including those that are being read. Later readers begin a new load. It looks
   * at no other cached row: a tenant who makes many changes must not use up the time of others.
   */
  invalidateTagged(tags: readonly string[]): void {
    const changed = new Set(tags);
    this.#append((row) => this.#tagsOf(row).some((tag) => changed.has(tag)));
    this.#loading.clear();
    for (const tag of changed) for (const id of [...(this.#byTag.get(tag) ?? [])]) this.#rows.delete(id);
  }

  #append(touches: Change<T>['touches']): void {
    this.#latest.next = { touches, next: null };
    this.#latest = this.#latest.next;
  }

  #store(id: string, row: T, at: number): void {
    const payer = this.#payerOf(row);
    this.#readAt.set(row, at);
    if (!this.#rows.has(id)) this.#evictFor(payer);
    this.#rows.set(id, row);
    for (const tag of this.#tagsOf(row)) this.#byTag.set(tag, (this.#byTag.get(tag) ?? new Set()).add(id));
    const [name = '', part = ''] = payer;
    const group = this.#groups.get(name) ?? { size: 0, parts: new Map<string, Set<string>>() };
    this.#groups.set(name, group);
    const members = group.parts.get(part) ?? new Set();
    group.parts.set(part, members);
    group.size += members.has(id) ? 0 : 1;
    members.add(id);
  }

  /** Evicts a row of a group that has its share or more; otherwise the least recent of all is evicted. */
  #evictFor([name = '', part = '']: FairnessPath): void {
    const group = this.#groups.get(name);
    if (!group || this.#rows.size < this.#rows.max) return;
    if (group.size < this.#rows.max / this.#groups.size) return;
    const from = partToEvict(group, part);
    const [leastRecent] = this.#rows.rvalues();
    const [itsName = '', itsPart = ''] = leastRecent ? this.#payerOf(leastRecent) : [];
    if (itsName === name && itsPart === from) return;
    const [oldest] = group.parts.get(from) ?? [];
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  #removeTag(tag: string, id: string): void {
    const ids = this.#byTag.get(tag);
    ids?.delete(id);
    if (ids?.size === 0) this.#byTag.delete(tag);
  }

  #removeFromGroup([name = '', part = '']: FairnessPath, id: string): void {
    const group = this.#groups.get(name);
    const members = group?.parts.get(part);
    if (!group || !members?.delete(id)) return;
    group.size--;
    if (members.size === 0) group.parts.delete(part);
    if (group.size === 0) this.#groups.delete(name);
  }
}

/** Whether a change touched a row after another change. If the row does not exist, any change may have touched it. */
function isChanged<T>(row: T | null, id: string, { next }: Change<T>): boolean {
  if (row === null) return next !== null;
  for (let change = next; change; change = change.next) if (change.touches(row, id)) return true;
  return false;
}

/** The part that gives up a row for one of `part`: itself if it has its share of the group, or else the largest. */
function partToEvict({ size, parts }: Group, part: string): string {
  if ((parts.get(part)?.size ?? 0) >= size / parts.size) return part;
  const [largest = ''] = [...parts].sort(([, a], [, b]) => b.size - a.size).map(([name]) => name);
  return largest;
}
