import postgres from 'postgres';
import { expect, it } from 'vitest';
import { refusalOf } from '../../server/rpc/procedure-refusal.ts';
import { tolerateLostConnection } from '../../server/stores/database/resilient-client.ts';
import { retryConflicts } from '../../server/stores/database/retries.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';

const conflict = (code: string) =>
  Object.assign(new Error('statement'), { cause: Object.assign(new Error(), { code }) });

it.each(['40001', '40P01'])(
  'A4: what fails by %s is run again, five times in all, and is then an outage',
  async (code) => {
    let runs = 0;
    const failing = retryConflicts(async () => {
      runs++;
      throw conflict(code);
    });
    const error = await failing.catch((cause: unknown) => cause);
    expect(runs).toBe(5);
    expect(refusalOf(error).reason).toBe('UNAVAILABLE');
  },
);

it('A4: a transaction that fails for another reason is not retried', async () => {
  let runs = 0;
  const failing = retryConflicts(async () => {
    runs++;
    throw conflict('23505');
  });
  await expect(failing).rejects.toThrow('statement');
  expect(runs).toBe(1);
});

requires('postgres').test('A4: transactions in a deadlock are all carried out', async () => {
  const sql = tolerateLostConnection(postgres(await freshPostgres(), { max: 4, onnotice: () => {} }));
  try {
    await sql`create table counted (id int primary key, n int not null)`;
    await sql`insert into counted values (1, 0), (2, 0)`;
    // Each has its first row before either requests its second.
    let both: () => void = () => {};
    const first = new Promise<void>((resolve) => {
      both = resolve;
    });
    let begun = 0;
    const take = (one: number, other: number) =>
      sql.begin(async (tx) => {
        await tx`update counted set n = n + 1 where id = ${one}`;
        if (++begun === 2) both();
        await first;
        await tx`update counted set n = n + 1 where id = ${other}`;
      });
    await Promise.all([take(1, 2), take(2, 1)]);
    expect(begun).toBe(3);
    expect(await sql`select n from counted`).toEqual([{ n: 2 }, { n: 2 }]);
  } finally {
    await sql.end();
  }
});
