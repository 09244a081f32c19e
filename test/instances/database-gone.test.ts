import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CuttableProxy, cuttableProxy } from '../harness/cuttable-proxy.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Answer, Credentials } from '../harness/wire.ts';

/** A statement may take 5 seconds; a store that says nothing is given up a little later. */
const SOON_MS = 9_000;

requires('postgres').describe('while the database', () => {
  let database: CuttableProxy;
  let service: TestService;
  let ada: Person;
  let key: Credentials;
  /** The database by another way than the service's, and its name. */
  let behind: postgres.Sql;
  let name: string;

  beforeAll(async () => {
    database = await cuttableProxy();
    const url = new URL(await freshPostgres());
    database.aim(Number(url.port));
    behind = postgres(url.href, { max: 1, onnotice: () => {} });
    name = url.pathname.slice(1);
    url.port = new URL(database.url).port;
    service = await startTestService({ env: { DATABASE_URL: url.href } });
    ada = await signUp(service);
    key = await createKey(service, ada);
  });
  afterAll(async () => {
    await service.stop();
    await behind.end();
    database.close();
  });

  /** Calls by a key that is cached, by one that is not, by a person, and without credentials. */
  const calls = (): Promise<Answer>[] => [
    query(service, key, 'exemple'),
    query(service, service.demo, 'exemple'),
    query(service, ada, 'whoami'),
    mutate(service, ada, 'keys.create', { name: 'k', environment: 'live', permissions: ['exemple:read'] }),
    callPublic(service, 'auth.signIn', { email: ada.email, password: ada.password }),
  ];
  const readyz = async () => (await fetch(`http://127.0.0.1:${service.port}/readyz`)).status;
  const isBack = async () => {
    await expect.poll(readyz, { timeout: 20_000, interval: 200 }).toBe(200);
    const answers = await Promise.all(calls());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  };

  it.each<[string, (at: CuttableProxy, so: boolean) => void]>([
    ['is gone', (at, so) => at.refuse(so)],
    ['says nothing', (at, so) => at.freeze(so)],
  ])(
    '%s every call soon gets 503 UNAVAILABLE, never a 401, and then the service recovers',
    async (_, disturb) => {
      await isBack();
      disturb(database, true);
      const begun = Date.now();
      const answers = await Promise.all(calls());
      expect(answers.map(({ status, reason }) => `${status} ${reason}`)).toEqual(
        Array(answers.length).fill('503 UNAVAILABLE'),
      );
      expect(Date.now() - begun).toBeLessThan(SOON_MS);
      expect(await readyz()).toBe(503);
      disturb(database, false);
      await isBack();
    },
    60_000,
  );

  it.each<[string, string, string]>([
    [
      'is full',
      `create function full_disk() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$;
      create trigger full_disk before insert on nonces for each row execute function full_disk()`,
      'drop function full_disk cascade',
    ],
    [
      'may only be read',
      `alter database "%" set default_transaction_read_only = on`,
      `alter database "%" reset all`,
    ],
    [
      'is being restored and lacks its tables',
      'alter schema public rename to restored; create schema public',
      'drop schema public; alter schema restored rename to public',
    ],
  ])(
    '%s every call gets 503 UNAVAILABLE, and then the service recovers',
    async (_, disturb, restore) => {
      await isBack();
      await behind.unsafe(disturb.replace('%', name));
      database.cut();
      await expect.poll(readyz, { timeout: 20_000, interval: 100 }).toBe(503);
      const answers = await Promise.all(calls().slice(0, 4));
      expect(answers.map(({ reason }) => reason)).toEqual(Array(4).fill('UNAVAILABLE'));
      await behind.unsafe(`set default_transaction_read_only = off; ${restore.replace('%', name)}`);
      database.cut();
      await isBack();
    },
    60_000,
  );

  it('is locked by another client, a call soon gets 503 UNAVAILABLE', async () => {
    await isBack();
    await behind.begin(async (holding) => {
      await holding`lock table nonces in access exclusive mode`;
      const begun = Date.now();
      expect((await query(service, key, 'exemple')).reason).toBe('UNAVAILABLE');
      expect(Date.now() - begun).toBeLessThan(SOON_MS);
    });
    await isBack();
  }, 60_000);

  it('breaks its connections under load no caller gets KEY_INVALID', async () => {
    const reasons = new Set<string>();
    // Its calls are counted in transactions: a connection that breaks within one must not end the process.
    const limits = [{ name: 'hour', limit: 1_000, windowSeconds: 3_600 }];
    const limited = await createKey(service, ada, { limits });
    for (let round = 0; round < 10; round++) {
      const answers = Array.from({ length: 20 }, (_, n) => query(service, n % 2 ? limited : key, 'exemple'));
      database.cut();
      for (const { reason } of await Promise.all(answers)) reasons.add(reason ?? 'answered');
    }
    expect([...reasons].filter((reason) => !/^(answered|UNAVAILABLE)$/.test(reason))).toEqual([]);
    await isBack();
  });
});

requires('postgres').test('a service whose database does not answer can still stop', async () => {
  const database = await cuttableProxy();
  const url = new URL(await freshPostgres());
  database.aim(Number(url.port));
  url.port = new URL(database.url).port;
  const service = await startTestService({ env: { DATABASE_URL: url.href } });
  await query(service, service.demo, 'exemple');
  database.freeze(true);
  const begun = Date.now();
  await service.stop();
  expect(Date.now() - begun).toBeLessThan(20_000);
  database.close();
});

it('a service whose PGlite was closed answers 503 too', async () => {
  const service = await startTestService();
  await service.running.service.stores.database.close();
  expect((await query(service, service.demo, 'exemple')).reason).toBe('UNAVAILABLE');
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  await service.stop().catch(() => {});
});
