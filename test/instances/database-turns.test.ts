import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshPostgres } from '../harness/fresh.ts';
import { createKey, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';

/** Calls of one workspace. */
const CALLS = 100;

requires('postgres').describe('S7: calls that wait for the database', () => {
  let service: TestService;
  let people: Person[];
  beforeAll(async () => {
    service = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    people = [await signUp(service), await signUp(service)];
  });
  afterAll(() => service.stop());

  /** Holds every connection of the pool, and as many statements behind them as keep it busy. */
  function holdPool(): () => void {
    const { db } = service.running.service.stores.database;
    let release = () => {};
    const open = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (let n = 0; n < 12; n++) void db.transaction(() => open);
    return release;
  }

  it('take turns by workspace: a call does not wait for all calls of a busy workspace', async () => {
    const [busy, honest] = people as [Person, Person];
    const reading = { permissions: ['keys:read'] };
    const keys = await Promise.all(Array.from({ length: 10 }, () => createKey(service, busy, reading)));
    const other = await createKey(service, honest, reading);
    // Their rows are cached from here on.
    for (const key of [...keys, other]) await query(service, key, 'keys.list');

    const { databaseTurns } = service.running.service.stores;
    const waiting = () => expect.poll(() => databaseTurns.occupancy.used, { timeout: 5_000 });
    const release = holdPool();
    let answered = 0;
    const flood = Array.from({ length: CALLS }, async (_, n) => {
      const { status } = await query(service, keys[n % 10] as (typeof keys)[0], 'keys.list');
      answered++;
      return status;
    });
    // Six of them are next, before any later caller.
    await waiting().toBe(CALLS - 6);
    const last = query(service, other, 'keys.list');
    await waiting().toBe(CALLS - 5);
    release();
    expect((await last).status).toBe(200);
    expect(answered).toBeLessThan(CALLS / 2);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([200]));
  });
});
