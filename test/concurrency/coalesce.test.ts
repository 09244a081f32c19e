import { expect, it } from 'vitest';
import { coalesceRuns } from '../../server/lib/concurrency/coalesce-runs.ts';

it('S7: coalesced work runs once for all callers of one time, and again for a later one', async () => {
  let runs = 0;
  const run = coalesceRuns(async () => void runs++);
  const begun = performance.now();
  for (let n = 0; n < 20; n++) await run(begun);
  expect(runs).toBe(1);
  await run(performance.now() + 1);
  await run();
  expect(runs).toBe(3);
});

it('coalesced work runs again if the run for that time failed', async () => {
  let runs = 0;
  const run = coalesceRuns(async () => {
    if (runs++ === 0) throw new Error('no answer');
  });
  const begun = performance.now();
  await expect(run(begun)).rejects.toThrow('no answer');
  await run(begun);
  expect(runs).toBe(2);
});
