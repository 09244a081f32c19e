/** How many requests ended in which way, by status, or by what happened instead of a response. */
export type Outcomes = Readonly<Record<string, number>>;

/** Counts the outcomes of requests. */
export class Tally {
  sent = 0;
  /** Requests that the network accepted, answered or not. */
  delivered = 0;
  readonly #outcomes = new Map<string, number>();

  /** @param outcome a status, `closed` (the connection ended first) or `no answer` (in time) */
  note(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  get answered(): number {
    return [...this.#outcomes.values()].reduce((sum, count) => sum + count, 0);
  }

  get outcomes(): Outcomes {
    return Object.fromEntries([...this.#outcomes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
