import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';

/** Waiting items, removed round robin: group by group, and within each group subgroup by subgroup. It is unbounded. */
export class RoundRobin<T> {
  readonly #items: T[] = [];
  /** In the order in which they will be served: the group that was served last comes last. */
  readonly #members = new Map<string, RoundRobin<T>>();
  size = 0;

  push([name, ...rest]: FairnessPath, item: T): void {
    this.size++;
    if (name === undefined) {
      this.#items.push(item);
      return;
    }
    const member = this.#members.get(name) ?? new RoundRobin<T>();
    this.#members.set(name, member);
    member.push(rest, item);
  }

  /** @param isBusy whether a member has to wait, so that the next has its turn */
  shift(isBusy: (member: string) => boolean = () => false): T | undefined {
    const first = this.#items.shift();
    const [name, member] = first ? [''] : this.#next(isBusy);
    if (first || member) this.size--;
    if (first || !member) return first;
    const item = member.shift();
    this.#members.delete(name);
    if (member.size > 0) this.#members.set(name, member);
    return item;
  }

  #next(isBusy: (member: string) => boolean): [string, RoundRobin<T>] | [string] {
    for (const entry of this.#members) if (!isBusy(entry[0])) return entry;
    return [''];
  }

  /**
   * Removes one item of the group with the most waiting. Within the group each item is equally likely, so that a caller who
   * joins a group that a flood fills has the same chance as the flood. Of equally large groups, the one that would be served
   * last loses an item: what has waited longer keeps its place.
   */
  dropFromLargest(): T | undefined {
    if (this.size === 0) return undefined;
    this.size--;
    const [name, member] = this.#largest();
    if (!member || this.#items.length > member.size)
      return this.#items.splice(randomBelow(this.#items.length), 1)[0];
    const item = member.dropFromLargest();
    if (member.size === 0) this.#members.delete(name);
    return item;
  }

  #largest(): [string, RoundRobin<T> | null] {
    let largest: [string, RoundRobin<T> | null] = ['', null];
    for (const [name, member] of this.#members) {
      if (member.size >= (largest[1]?.size ?? 0)) largest = [name, member];
    }
    return largest;
  }
}

const randomBelow = (n: number): number => Math.floor(Math.random() * n);
