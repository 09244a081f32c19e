import { LRUCache } from 'lru-cache';

/**
 * A bounded cache of rows from which callers are admitted. A fill that overlaps a change is not kept: it may
 * have read the row from before, and would then outlive the change.
 */
export class RowCache<T extends object> {
  readonly #rows: LRUCache<string, T>;
  readonly #filling = new Map<string, Promise<T | null>>();
  #changes = 0;

  constructor(max: number) {
    this.#rows = new LRUCache({ max });
  }

  peek(id: string): T | undefined {
    return this.#rows.get(id);
  }

  /** The cached row, or what `load` reads; concurrent readers of one row share one load. */
  read(id: string, load: () => Promise<T | null>): Promise<T | null> {
    const cached = this.#rows.get(id);
    if (cached) return Promise.resolve(cached);
    const filling = this.#filling.get(id);
    if (filling !== undefined) return filling;
    const fill = this.#fill(id, load).finally(() => {
      if (this.#filling.get(id) === fill) this.#filling.delete(id);
    });
    this.#filling.set(id, fill);
    return fill;
  }

  /** Forgets one row. */
  forget(id: string): void {
    this.#changes++;
    this.#filling.delete(id);
    this.#rows.delete(id);
  }

  /** Forgets the rows that a change touches, and whatever is being read meanwhile. */
  drop(touches: (row: T) => boolean): void {
    this.#changes++;
    this.#filling.clear();
    for (const [id, row] of this.#rows.entries()) if (touches(row)) this.#rows.delete(id);
  }

  async #fill(id: string, load: () => Promise<T | null>): Promise<T | null> {
    const before = this.#changes;
    const row = await load();
    if (row && before === this.#changes) this.#rows.set(id, row);
    return row;
  }
}
