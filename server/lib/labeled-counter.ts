/** Counts since startup, under labels from a fixed set; for the operator's metrics. */
export class LabeledCounter<N extends string> {
  readonly #counts = new Map<N, number>();

  add(name: N): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  entries(): Iterable<[name: N, count: number]> {
    return this.#counts;
  }
}
