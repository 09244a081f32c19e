import { randomBytes } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { freshPostgres } from '../harness/fresh.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { countRows } from '../harness/rows.ts';
import { restart, sibling, startTestService, type TestService } from '../harness/service.ts';
import { signInFrom } from '../harness/sign-in-attack.ts';
import type { Answer, Credentials } from '../harness/wire.ts';

/** Calls of one sponsor that wait for the lock: more than the pool has connections, and than its connections queue. */
const CALLS = 14;
/** The most connections that wait for locks of one sponsor; the pool has six. */
const MOST_OF_ONE_SPONSOR = 2;

const workspaceOf = ({ userId }: Person) =>
  sql`(select workspace_id from memberships where user_id = ${userId})`;
const aKey = (n: number) => ({ name: `K${n}`, environment: 'live', permissions: ['exemple:read'] });
const limits = (n: number) => [{ name: 'calls', limit: 1_000 + n, windowSeconds: 60 }];

type Call = (service: TestService, tenant: Person, n: number) => Promise<Answer>;
const change =
  (name: string, input: (n: number) => object): Call =>
  (service, tenant, n) =>
    mutate(service, tenant, name, input(n));

const ROWS = {
  'the external owner': (tenant: Person) =>
    sql`select 1 from external_owners where workspace_id = ${workspaceOf(tenant)} for update`,
  'the workspace': (tenant: Person) =>
    sql`select 1 from workspaces where id = ${workspaceOf(tenant)} for update`,
  'the account': ({ userId }: Person) => sql`select 1 from users where id = ${userId} for update`,
  'the session': ({ id }: Person) => sql`select 1 from sessions where id = ${id} for update`,
} as const satisfies Record<string, (tenant: Person) => SQL>;

/** Calls that wait for a lock on rows of their own tenant. */
const CASES: readonly [name: string, rows: keyof typeof ROWS, Call][] = [
  [
    'owners.update',
    'the external owner',
    change('owners.update', (n) => ({ externalId: 'acme', limits: limits(n) })),
  ],
  ['keys.create', 'the external owner', change('keys.create', (n) => ({ ...aKey(n), externalId: 'acme' }))],
  [
    'workspaces.update',
    'the workspace',
    change('workspaces.update', () => ({ signIn: { secondFactor: false } })),
  ],
  ['sessions.revoke', 'the account', change('sessions.revoke', () => ({ others: true }))],
  [
    'auth.refresh',
    'the session',
    (service, { token: _, refreshToken, ...session }) =>
      mutate(service, session, 'auth.refresh', { refreshToken }),
  ],
];

requires('postgres').describe('A4: calls that wait for a lock of their own tenant', () => {
  let service: TestService;
  /** Another instance, from whose pool the locks are held and seen. */
  let elsewhere: TestService;
  let tenant: Person;
  let other: Person;
  beforeAll(async () => {
    service = await startTestService({
      env: { DATABASE_URL: await freshPostgres(), KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' },
    });
    elsewhere = await sibling(service);
    [tenant, other] = [await signUp(service), await signUp(service)];
    await createKey(service, tenant, { externalId: 'acme' });
  });
  afterAll(() => Promise.all([service.stop(), elsewhere.stop()]));

  it.each(CASES)(
    '%s of one sponsor leave connections to others while %s is locked',
    async (_, rows, call) => {
      const key = await createKey(service, other, { permissions: ['keys:read'] });
      let answered = 0;
      const { flood, seen } = await withLock(elsewhere, ROWS[rows](tenant), async () => {
        const flood = Array.from({ length: CALLS }, async (_, n) => {
          const answer = await call(service, tenant, n);
          answered++;
          return answer;
        });
        await waiting(elsewhere).toBe(MOST_OF_ONE_SPONSOR);
        // The key is in no cache, so that the gate reads it.
        const others = await Promise.all([
          query(service, key, 'keys.list'),
          mutate(service, other, 'keys.create', aKey(0)),
          signInFrom(service, '198.51.100.7', { email: other.email, password: other.password }),
        ]);
        expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
        return { flood, seen: { answered, waiting: await countWaiting(elsewhere) } };
      });
      expect(seen).toEqual({ answered: 0, waiting: MOST_OF_ONE_SPONSOR });
      const statuses = (await Promise.all(flood)).map(({ status, reason }) => reason ?? status);
      expect(new Set(statuses)).toEqual(new Set([200]));
    },
  );

  it('sign-ins from one network leave a turn to others while their account is locked', async () => {
    let answered = 0;
    const { flood, seen } = await withLock(elsewhere, ROWS['the account'](tenant), async () => {
      const flood = Array.from({ length: 4 }, async (_, n) => {
        const { email, password } = tenant;
        const answer = await signInFrom(service, `203.0.113.${n}`, { email, password });
        answered++;
        return answer;
      });
      await waiting(elsewhere).toBe(1);
      const { email, password } = other;
      expect((await signInFrom(service, '198.51.100.7', { email, password })).status).toBe(200);
      return { flood, seen: { answered, waiting: await countWaiting(elsewhere) } };
    });
    expect(seen).toEqual({ answered: 0, waiting: 1 });
    for (const { status } of await Promise.all(flood)) expect(status).toBe(200);
  });

  it('old secrets of keys leave connections to others while the keys are locked', async () => {
    const [one, two] = [masterKey(1), masterKey(2)];
    const env = { DATABASE_URL: await freshPostgres(), KEYSEAL_MASTER_KEYS: one };
    const before = await startTestService({ env });
    const [tenant, other] = [await signUp(before), await signUp(before)];
    const keys: Credentials[] = [];
    for (let n = 0; n < CALLS; n++) keys.push(await createKey(before, tenant));
    const othersKey = await createKey(before, other, { permissions: ['keys:read'] });
    const service = await restart(before, { KEYSEAL_MASTER_KEYS: `${two},${one}` });
    const elsewhere = await sibling(service);
    onTestFinished(async () => void (await Promise.all([service.stop(), elsewhere.stop()])));
    // The job that writes when a key was last used waits for its row too, one statement at a time, and would be counted.
    for (const { running } of [service, elsewhere])
      vi.spyOn(running.service.stores.lastUsed, 'writeDue').mockResolvedValue();
    const rows = sql`select 1 from keys where workspace_id = ${workspaceOf(tenant)} for update`;
    await withLock(elsewhere, rows, async () => {
      // Each call has the secrets of its key encrypted under the new master key later, since the key is locked.
      const calls = await Promise.all(keys.map((key) => query(service, key, 'exemple')));
      expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([200]));
      expect((await query(service, othersKey, 'keys.list')).status).toBe(200);
      expect(await countWaiting(elsewhere)).toBe(0);
    });
    for (const key of keys) expect((await query(service, key, 'exemple')).status).toBe(200);
    const left = sql`keys where workspace_id = ${workspaceOf(tenant)} and signing_version = 1`;
    await expect.poll(() => countRows(service, left)).toBe(0);
  });
});

const masterKey = (version: number) => `${version}:${randomBytes(32).toString('base64')}`;

const databaseOf = ({ running }: TestService) => running.service.stores.database;

/** The connections that wait for a lock. */
async function countWaiting(elsewhere: TestService): Promise<number> {
  const [row] = await databaseOf(elsewhere).query<{ n: number }>(
    sql`select count(*)::int as n from pg_stat_activity where datname = current_database()
      and cardinality(pg_blocking_pids(pid)) > 0`,
  );
  return row?.n ?? 0;
}

/** The same, once it is as expected. */
const waiting = (elsewhere: TestService) =>
  expect.poll(() => countWaiting(elsewhere), { interval: 10, timeout: 3_000 });

/** Does something while rows are locked. */
async function withLock<T>(elsewhere: TestService, rows: SQL, work: () => Promise<T>): Promise<T> {
  return databaseOf(elsewhere).db.transaction(async (tx) => {
    await tx.execute(rows);
    return work();
  });
}
