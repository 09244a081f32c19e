import { expect, it } from 'vitest';
import type { Db } from '../../server/stores/database/database.ts';
import { Writes } from '../../server/stores/database/writes.ts';
import { signal } from '../harness/blocked-transactions.ts';

const turnOfLoop = () => new Promise(setImmediate);

/** A database whose transactions run their work; `abandon` rejects those that run, as a timeout does. */
function database() {
  const running = new Set<(error: Error) => void>();
  const transaction = <T>(work: (tx: Db) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      running.add(reject);
      work(null as never)
        .then(resolve, reject)
        .finally(() => running.delete(reject));
    });
  return {
    db: { transaction } as unknown as Db,
    abandon: () => {
      for (const reject of running) reject(new Error('no answer in time'));
    },
  };
}

it('A4: writes of one sponsor run two at a time, and three in all', async () => {
  const writes = new Writes(database());
  const { given, give } = signal();
  const begun: string[] = [];
  const write = (sponsor: string) =>
    writes.transaction([sponsor, 'workspace', 'key'], async () => {
      begun.push(sponsor);
      await given;
    });
  const busy = Array.from({ length: 20 }, () => write('busy'));
  await turnOfLoop();
  expect(begun).toEqual(['busy', 'busy']);
  const others = [write('one'), write('other')];
  await turnOfLoop();
  expect(begun).toEqual(['busy', 'busy', 'one']);
  expect(writes.occupancy.used).toBe(19);
  give();
  await Promise.all([...busy, ...others]);
  expect(begun.indexOf('other')).toBeLessThan(6);
  expect(writes.occupancy.used).toBe(0);
});

it('A4: a transaction that was abandoned keeps its place until its last statement ends', async () => {
  const { db, abandon } = database();
  const writes = new Writes({ db });
  const { given, give } = signal();
  const stuck = Array.from({ length: 2 }, () => writes.transaction(['busy'], () => given));
  const failed = Promise.allSettled(stuck);
  await turnOfLoop();
  abandon();
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  let begun = false;
  const next = writes.statement(['busy'], async () => {
    begun = true;
  });
  await turnOfLoop();
  expect(begun).toBe(false);
  give();
  await next;
});

it('a write that fails or is refused delays no later one of its sponsor', async () => {
  const writes = new Writes(database());
  const fail = () => writes.transaction(['busy'], () => Promise.reject(new Error('refused')));
  for (let n = 0; n < 5; n++) await expect(fail()).rejects.toThrow('refused');
  await expect(writes.transaction(['busy'], async () => 'done')).resolves.toBe('done');
});
