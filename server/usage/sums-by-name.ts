import { addCounts, type Counts, totalCalls } from './counts.ts';

/** How many names are summed up exactly. If there are more, the less called half of them begins again from zero. */
const MAX_NAMES = 1_000;

interface NamedSum extends Counts {
  readonly name: string;
}

/** Sums by name, in bounded memory: a workspace chooses the names of procedures, and may have any number of them. */
export class SumsByName {
  #sums = new Map<string, NamedSum>();

  add(name: string, counts: Counts): void {
    this.#sums.set(name, { name, ...addCounts(this.#sums.get(name), counts) });
    if (this.#sums.size > MAX_NAMES)
      this.#sums = new Map(this.most(MAX_NAMES / 2).map((sum) => [sum.name, sum]));
  }

  /** The names with the most calls first. @param limit how many of them */
  most(limit = MAX_NAMES): NamedSum[] {
    return [...this.#sums.values()].sort(byCalls).slice(0, limit);
  }
}

const byCalls = (a: NamedSum, b: NamedSum): number =>
  totalCalls(b) - totalCalls(a) || (a.name < b.name ? -1 : 1);
