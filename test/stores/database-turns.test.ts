import { expect, it } from 'vitest';
import { DatabaseTurns } from '../../server/stores/database/database-turns.ts';

/** A pool whose statements the test answers one by one. */
function heldPool(inFlight: number) {
  let nextResult = () => {};
  return {
    connections: 10,
    inFlight,
    nextResult: () =>
      new Promise<void>((resolve) => {
        const before = nextResult;
        nextResult = () => {
          before();
          resolve();
        };
      }),
    answerOne() {
      this.inFlight--;
      const all = nextResult;
      nextResult = () => {};
      all();
    },
  };
}

const turnOfLoop = () => new Promise(setImmediate);

it('S7: while the pool is busy a workspace waits for one call of each other, not for all of them', async () => {
  const pool = heldPool(12);
  const turns = new DatabaseTurns({ kind: 'postgres', pool });
  const begun: string[] = [];
  const call = async (workspace: string, key: string) => {
    await turns.wait(() => [workspace, key]);
    pool.inFlight++;
    begun.push(workspace);
  };
  const busy = Array.from({ length: 200 }, (_, n) => call('busy', `key ${n}`));
  await turnOfLoop();
  expect(begun).toEqual([]);
  const other = call('other', 'key');
  while (!begun.includes('other')) {
    pool.answerOne();
    await turnOfLoop();
    await turnOfLoop();
  }
  // Six may have started before it came.
  expect(begun.length).toBeLessThan(20);
  while (begun.length < 201) {
    pool.answerOne();
    await turnOfLoop();
  }
  await Promise.all([other, ...busy]);
  expect(turns.occupancy.used).toBe(0);
});

it('S7: if too many wait, the workspace with the most waiting is refused', async () => {
  const pool = heldPool(12);
  const turns = new DatabaseTurns({ kind: 'postgres', pool });
  const busy = Array.from({ length: 6_000 }, () =>
    turns
      .wait(() => ['busy', 'key'])
      ?.then(
        () => 'began',
        (error: Error) => error.name,
      ),
  );
  const other = turns.wait(() => ['other', 'key']);
  pool.inFlight = 0;
  pool.answerOne();
  await other;
  const outcomes = await Promise.all(busy);
  expect(outcomes.filter((outcome) => outcome === 'QueueFullError')).toHaveLength(995);
});

it('S7: calls take turns at the one connection of PGlite too', async () => {
  const pool = heldPool(6);
  const turns = new DatabaseTurns({ kind: 'pglite', pool });
  const begun: string[] = [];
  const call = async (workspace: string) => {
    await turns.wait(() => [workspace, 'key']);
    pool.inFlight++;
    begun.push(workspace);
  };
  const batch = Array.from({ length: 20 }, () => call('busy'));
  await turnOfLoop();
  expect(begun).toEqual([]);
  const other = call('other');
  while (begun.length < 21) {
    pool.answerOne();
    await turnOfLoop();
    await turnOfLoop();
  }
  await Promise.all([other, ...batch]);
  // Two had been admitted before it came.
  expect(begun.indexOf('other')).toBeLessThan(5);
});

it('no call waits while the pool is not busy', () => {
  const turns = new DatabaseTurns({ kind: 'postgres', pool: heldPool(11) });
  expect(turns.wait(() => ['busy', 'key'])).toBeNull();
  expect(turns.occupancy.used).toBe(0);
});
