import { expect, it } from 'vitest';
import { dueCount, type WritePace } from '../../server/stores/usage/spread-writes.ts';

const PACE: WritePace = { withinRuns: 10, atLeast: 100, mayWait: 5_000 };

/** Runs the job as often as there are numbers: so many entries are noted before each run. */
function run(notes: readonly number[], pace = PACE) {
  let waiting: number[] = [];
  return notes.map((n, nth) => {
    waiting.push(...Array<number>(n).fill(nth));
    const written = dueCount(waiting, nth, pace);
    const oldestAge = written === 0 ? 0 : nth - (waiting[0] as number);
    waiting = waiting.slice(written);
    return { written, waiting: waiting.length, oldestAge };
  });
}
const silence = (runs: number) => Array<number>(runs).fill(0);
const written = (runs: ReturnType<typeof run>) => runs.map((one) => one.written);

it('each run writes everything if there are few entries', () => {
  expect(written(run([0, 1, 100, 7, 0]))).toEqual([0, 1, 100, 7, 0]);
});

it('a burst is spread evenly, and written in time', () => {
  expect(written(run([4_000, ...silence(11)]))).toEqual([...Array<number>(10).fill(400), 0, 0]);
  expect(written(run([950, ...silence(10)]))).toEqual([...Array<number>(9).fill(100), 50, 0]);
});

it('an entry after a burst waits for its own time, and no longer', () => {
  for (const notes of [
    [2_000, ...silence(4), 2_000, ...silence(14)],
    Array.from({ length: 60 }, (_, n) => (n * 7919) % 900),
    [...Array<number>(30).fill(450), ...silence(12)],
  ]) {
    const runs = run(notes);
    expect(Math.max(...runs.map(({ oldestAge }) => oldestAge))).toBeLessThan(10);
    expect(runs.at(-1)?.waiting).toBeLessThanOrEqual(5_000);
    const total = notes.reduce((sum, n) => sum + n, 0);
    expect(written(runs).reduce((sum, n) => sum + n, 0) + (runs.at(-1)?.waiting ?? 0)).toBe(total);
  }
});

it('no more entries wait than allowed', () => {
  expect(run([40_000, 100, 0]).map(({ waiting }) => waiting)).toEqual([5_000, 4_544, 3_988]);
  expect(written(run([1_500, 3, 0], { withinRuns: 1, atLeast: 0, mayWait: 0 }))).toEqual([1_500, 3, 0]);
});
