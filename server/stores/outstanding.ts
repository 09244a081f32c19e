import type { Fill } from './fill.ts';
import type { ReplayLimits } from './replay.ts';

/** How many seconds of `t` are counted together. */
const SPAN = 16;

/** Whoever has nonces that are not forgotten: how many, and a number for them, from 1, until the last is. */
interface Holder {
  readonly number: number;
  count: number;
}

/** Counts the nonces of each `k` that are not forgotten yet, so that no holder of one key fills the store. */
export class Outstanding {
  readonly #limits: ReplayLimits;
  readonly #spans = new Map<number, Map<string, number>>();
  readonly #of = new Map<string, Holder>();
  /** Each `k` that has nonces, under its number. */
  readonly #names: string[] = [''];
  readonly #free: number[] = [];
  #total = 0;

  constructor(limits: ReplayLimits) {
    this.#limits = limits;
  }

  get fill(): Fill {
    return { held: this.#total, most: this.#limits.total };
  }

  hasRoom(k: string): boolean {
    return this.#total < this.#limits.total && (this.#of.get(k)?.count ?? 0) < this.#limits.perKey;
  }

  /** @returns the number of `k` */
  add(k: string, t: number): number {
    const span = Math.floor(t / SPAN);
    const counts = this.#spans.get(span) ?? new Map<string, number>();
    this.#spans.set(span, counts);
    counts.set(k, (counts.get(k) ?? 0) + 1);
    const holder = this.#of.get(k) ?? this.#newHolder(k);
    holder.count++;
    this.#total++;
    return holder.number;
  }

  /** Takes back an `add` whose claim was not won. */
  remove(k: string, t: number): void {
    const counts = this.#spans.get(Math.floor(t / SPAN));
    const count = counts?.get(k);
    // Gone already, where it was forgotten meanwhile.
    if (!counts || !count) return;
    counts.set(k, count - 1);
    this.#less(k, 1);
  }

  /** Forgets the spans that lie wholly at or below `t`. */
  forget(t: number): void {
    for (const [span, counts] of this.#spans) {
      if ((span + 1) * SPAN > t) continue;
      for (const [k, count] of counts) this.#less(k, count);
      this.#spans.delete(span);
    }
  }

  /** The `k` of a number that was told, as long as it has nonces. */
  nameOf(number: number): string {
    return this.#names[number] as string;
  }

  #newHolder(k: string): Holder {
    const number = this.#free.pop() ?? this.#names.length;
    const holder = { number, count: 0 };
    this.#names[number] = k;
    this.#of.set(k, holder);
    return holder;
  }

  #less(k: string, count: number): void {
    this.#total -= count;
    const holder = this.#of.get(k);
    if (!holder) return;
    holder.count -= count;
    if (holder.count > 0) return;
    this.#of.delete(k);
    this.#free.push(holder.number);
  }
}
