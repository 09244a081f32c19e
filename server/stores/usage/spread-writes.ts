/** How a store that collects entries in memory spreads their writes. A run is one execution of the job that writes them, each second. */
export interface WritePace {
  /** An entry is written within this many runs after it was recorded. */
  readonly withinRuns: number;
  /** What a run writes even if it could wait: with few entries, each run writes them all. */
  readonly atLeast: number;
  /** How much may wait after a run, so that the next entries fit. */
  readonly mayWait: number;
}

/**
 * How many of the oldest entries a run writes, so that each is written in time and no run has to write much more than
 * another.
 * @param firstRuns for each entry the number of the first run that could write it, oldest entry first
 * @param run the number of this run
 */
export function dueCount(firstRuns: Iterable<number>, run: number, pace: WritePace): number {
  let count = 0;
  let due = pace.atLeast;
  for (const firstRun of firstRuns) {
    count++;
    const runsLeft = Math.max(1, firstRun + pace.withinRuns - run);
    due = Math.max(due, Math.ceil(count / runsLeft));
  }
  return Math.min(count, Math.max(due, count - pace.mayWait));
}
