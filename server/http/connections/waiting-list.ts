/** An item of a `WaitingList`, and its neighbours there. */
interface Waiting<T> {
  before: T | null;
  after: T | null;
}

/**
 * Items in the order in which they were added. A `Set` whose items come and go with every request leaves a chain of old
 * tables, which survive until the next full garbage collection; here an item links to its neighbours itself.
 */
export class WaitingList<T extends Waiting<T>> {
  #first: T | null = null;
  #last: T | null = null;

  /** Adds an item that is not in a list yet. */
  add(item: T): void {
    item.before = this.#last;
    if (this.#last) this.#last.after = item;
    else this.#first = item;
    this.#last = item;
  }

  /** Removes an item, if it is in the list. */
  delete(item: T): void {
    const { before, after } = item;
    if (before === null && this.#first !== item) return;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    item.before = null;
    item.after = null;
  }

  /** The first `max` items, in the order in which they were added. */
  first(max: number): T[] {
    const found: T[] = [];
    for (let item = this.#first; item !== null && found.length < max; item = item.after) found.push(item);
    return found;
  }
}
