/** Numbers under names of a set that the program knows, since the start: for whoever operates it. */
export class LabeledCounter<N extends string> {
  readonly #counts = new Map<N, number>();

  add(name: N): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  entries(): Iterable<[name: N, count: number]> {
    return this.#counts;
  }
}
