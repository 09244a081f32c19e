import type { Fill } from './fill.ts';
import type { ReplayLimits } from './replay.ts';

/** How many seconds of `t` are counted together. */
const SPAN = 16;

/** Counts the nonces of each `k` that are not forgotten yet, so that no holder of one key fills the store. */
export class Outstanding {
  readonly #limits: ReplayLimits;
  readonly #spans = new Map<number, Map<string, number>>();
  readonly #of = new Map<string, number>();
  #total = 0;

  constructor(limits: ReplayLimits) {
    this.#limits = limits;
  }

  get fill(): Fill {
    return { held: this.#total, most: this.#limits.total };
  }

  hasRoom(k: string): boolean {
    return this.#total < this.#limits.total && (this.#of.get(k) ?? 0) < this.#limits.perKey;
  }

  add(k: string, t: number): void {
    const span = Math.floor(t / SPAN);
    const counts = this.#spans.get(span) ?? new Map<string, number>();
    this.#spans.set(span, counts);
    counts.set(k, (counts.get(k) ?? 0) + 1);
    this.#of.set(k, (this.#of.get(k) ?? 0) + 1);
    this.#total++;
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

  #less(k: string, count: number): void {
    const left = (this.#of.get(k) ?? 0) - count;
    if (left > 0) this.#of.set(k, left);
    else this.#of.delete(k);
    this.#total -= count;
  }
}
