import { type FairnessKey, groupsOf } from './fairness-key.ts';

/** Groups that hold nothing and may stay in memory; more may, as long as most groups hold something. */
const MAX_EMPTY = 256;

/**
 * A fixed amount of something (bytes, slots) that is divided by dynamic thresholds (Choudhury and Hahne, 1998): a
 * group may hold at most as much as is still free, and its members as much as is free within the group. The first group
 * gets half, the next half of what is left, and so on: what is left halves with each, until a whole amount no longer fits.
 * Only the total bounds an empty key.
 */
export class FairBudget {
  readonly #total: number;
  /**
   * The amount that each group holds. Groups that hold nothing stay until there are many, and are then left out of a new
   * `Map`: one whose entries come and go with the requests leaves a chain of old tables for the garbage collector.
   */
  #reserved = new Map<string, number>();
  #empty = 0;
  #used = 0;

  constructor(total: number) {
    this.#total = total;
  }

  get occupancy(): { readonly used: number; readonly capacity: number } {
    return { used: this.#used, capacity: this.#total };
  }

  /** Takes an amount for a holder; returns false, and takes nothing, if its share is used up. */
  take(key: FairnessKey, amount: number): boolean {
    if (this.#used + amount > this.#total) return false;
    let limit = this.#total;
    let used = this.#used;
    const groups = groupsOf(key);
    for (const group of groups) {
      const reserved = this.#reserved.get(group) ?? 0;
      limit = (reserved + limit - used) / 2;
      if (reserved + amount > limit) return false;
      used = reserved;
    }
    this.#add(groups, amount);
    return true;
  }

  /** Returns an amount that was taken under the same key. */
  giveBack(key: FairnessKey, amount: number): void {
    this.#add(groupsOf(key), -amount);
  }

  #add(groups: readonly string[], amount: number): void {
    this.#used += amount;
    for (const group of groups) {
      const before = this.#reserved.get(group);
      const reserved = Math.max(0, (before ?? 0) + amount);
      if (before === 0) this.#empty--;
      if (reserved === 0) this.#empty++;
      this.#reserved.set(group, reserved);
    }
    if (this.#empty > MAX_EMPTY && this.#empty > this.#reserved.size / 2) this.#dropEmpty();
  }

  #dropEmpty(): void {
    const holding = new Map<string, number>();
    for (const [group, reserved] of this.#reserved) if (reserved > 0) holding.set(group, reserved);
    this.#reserved = holding;
    this.#empty = 0;
  }
}
