import type { FairnessPath } from './fairness-path.ts';

/** Groups that hold nothing and may stay in memory; more may, as long as most groups hold something. */
const MAX_EMPTY = 256;

/** A group holds what its members hold together. */
interface Group {
  held: number;
  /** By name; null until there is one. */
  members: Map<string, Group> | null;
}

/**
 * A fixed amount of something (bytes, slots) that is divided by dynamic thresholds (Choudhury and Hahne, 1998): a
 * group may hold at most as much as is still free, and its members as much as is free within the group. The first group
 * gets half, the next half of what is left, and so on: what is left halves with each, until a whole amount no longer fits.
 * Only the total bounds an empty key.
 */
export class FairBudget {
  readonly #total: number;
  /**
   * Empty groups stay until there are many; then new `Map`s are built without them. A `Map` whose entries come and go with
   * each request would leave a chain of old tables for the garbage collector.
   */
  #all: Group = newGroup();
  #groups = 0;
  #empty = 0;

  constructor(total: number) {
    this.#total = total;
  }

  get occupancy(): { readonly used: number; readonly capacity: number } {
    return { used: this.#all.held, capacity: this.#total };
  }

  /** Charges an amount to a payer; returns false, and charges nothing, if its share is used up. */
  take(key: FairnessPath, amount: number): boolean {
    let limit = this.#total;
    let used = this.#all.held;
    if (used + amount > limit) return false;
    let group: Group | undefined = this.#all;
    for (const name of key) {
      group = group?.members?.get(name);
      const held: number = group?.held ?? 0;
      limit = (held + limit - used) / 2;
      if (held + amount > limit) return false;
      used = held;
    }
    this.#add(key, amount);
    return true;
  }

  /** Releases an amount that was charged to the same payer. */
  release(key: FairnessPath, amount: number): void {
    this.#add(key, -amount);
  }

  #add(key: FairnessPath, amount: number): void {
    let group = this.#all;
    group.held += amount;
    for (const name of key) {
      group = group.members?.get(name) ?? this.#addMember(group, name);
      if (group.held === 0) this.#empty--;
      group.held = Math.max(0, group.held + amount);
      if (group.held === 0) this.#empty++;
    }
    if (this.#empty > MAX_EMPTY && this.#empty > this.#groups / 2) this.#dropEmpty();
  }

  #addMember(group: Group, name: string): Group {
    const member = newGroup();
    group.members ??= new Map();
    group.members.set(name, member);
    this.#groups++;
    this.#empty++;
    return member;
  }

  #dropEmpty(): void {
    this.#groups -= this.#empty;
    this.#empty = 0;
    this.#all = withoutEmpty(this.#all);
  }
}

const newGroup = (): Group => ({ held: 0, members: null });

function withoutEmpty({ held, members }: Group): Group {
  const holding = [...(members ?? [])].filter(([, member]) => member.held > 0);
  const kept = holding.map(([name, member]) => [name, withoutEmpty(member)] as const);
  return { held, members: kept.length === 0 ? null : new Map(kept) };
}
