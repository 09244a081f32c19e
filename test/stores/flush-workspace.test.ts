import { afterEach, describe, expect, it, vi } from 'vitest';
import { QueueFullError } from '../../server/lib/concurrency/fair-queue.ts';
import { flushByWorkspace, newWriteTurns, OF_THE_JOB } from '../../server/stores/usage/flush-workspace.ts';

/** Workspaces that wait to be written, and the order in which they were. */
function flushing(write: () => Promise<unknown>) {
  const turns = newWriteTurns();
  const written: string[] = [];
  const writeIn = (group: readonly string[], names: readonly string[]) =>
    turns.run(group, async () => {
      written.push(...names);
      await write();
    });
  const flush = flushByWorkspace({ namesOf: (id) => [`${id} 1`, `${id} 2`], size: 1, write: writeIn });
  return { turns, written, flush };
}

const aTurn = () => new Promise(setImmediate);
afterEach(() => void vi.useRealTimers());

describe('S7: reads that wait until their workspace is written', () => {
  it('wait for one write of each other sponsor, not for all of their workspaces', async () => {
    const { flush, written } = flushing(aTurn);
    const crowd = Array.from({ length: 100 }, (_, n) => flush(['crowd', `workspace ${n}`]));
    await flush(['other', 'other']);
    expect(written.filter((name) => name.startsWith('workspace')).length).toBeLessThan(10);
    await Promise.all(crowd);
    expect(written).toHaveLength(202);
  });

  it('let the job write first', async () => {
    const { flush, turns, written } = flushing(aTurn);
    const reads = Array.from({ length: 20 }, (_, n) => flush([`sponsor ${n}`, `workspace ${n}`]));
    await turns.run(OF_THE_JOB, async () => void written.push('the job'));
    expect(written.indexOf('the job')).toBeLessThan(2);
    await Promise.all(reads);
  });

  it('share a run, and are bounded: a sponsor with too many makes room for another', async () => {
    const { flush, turns, written } = flushing(aTurn);
    const outcomes = Array.from({ length: 1_500 }, (_, n) =>
      flush(['crowd', `workspace ${n}`]).then(
        () => null,
        (error) => error,
      ),
    );
    const other = Array.from({ length: 50 }, () => flush(['other', 'other']));
    expect(turns.occupancy.used).toBeLessThanOrEqual(turns.occupancy.capacity);
    await Promise.all(other);
    expect(written.filter((name) => name.startsWith('other'))).toHaveLength(2);
    const refused = (await Promise.all(outcomes)).filter((error) => error !== null);
    expect(refused.length).toBeGreaterThan(400);
    expect(refused.every((error) => error instanceof QueueFullError)).toBe(true);
  });

  it('give up after 30 seconds if the database does not answer, and hold nothing afterwards', async () => {
    vi.useFakeTimers();
    let answer = () => {};
    const { flush, turns } = flushing(
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
    );
    const reads = [['a', 'a'] as const, ['b', 'b'] as const].map((payer) =>
      flush(payer).catch((error) => error.code),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await Promise.all(reads)).toEqual(['ETIMEDOUT', 'ETIMEDOUT']);
    for (let n = 0; n < 10; n++) {
      answer();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(turns.occupancy.used).toBe(0);
  });
});
