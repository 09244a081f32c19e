import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { usage, usageDays, usageHours } from '../../drizzle/schema/usage.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, queryTarget, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const db = () => service.running.service.stores.database.db;

/** What the database holds of a key's calls, all minutes together: `procedure outcome` and how often. */
async function counted(key: Credentials): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { procedure, outcome, count } of await db()
    .select()
    .from(usage)
    .where(eq(usage.keyId, key.id))) {
    const name = `${procedure} ${outcome}`;
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
/** As the job that writes the counts leaves them, once a second. */
const eventually = (key: Credentials) => expect.poll(() => counted(key), { timeout: 5_000, interval: 100 });
/** The same without waiting for the job. */
const whenWritten = (key: Credentials) =>
  expect.poll(async () => {
    await service.running.service.stores.usage.flush();
    return counted(key);
  });

describe('calls of a key', () => {
  it('are counted by procedure and outcome, within seconds', async () => {
    const key = await createKey(service, ada, { permissions: ['exemple:read', 'echo:write'] });
    for (let i = 0; i < 3; i++) await query(service, key, 'exemple');
    await mutate(service, key, 'echo', { text: 'x' });
    await mutate(service, key, 'echo', { txt: 'x' });
    await query(service, key, 'keys.list');
    await query(service, key, 'profile');
    await eventually(key).toEqual({
      'exemple OK': 3,
      'echo OK': 1,
      'echo INPUT_INVALID': 1,
      'keys.list PERMISSION_DENIED': 1,
      'profile TOKEN_MISSING': 1,
    });
  });

  it('are counted each in a batch', async () => {
    const key = await createKey(service, ada);
    await send(
      service.port,
      sign(key, '/api/exemple,whoami,profile?batch=1', { authority: service.authority }),
    );
    await whenWritten(key).toEqual({ 'exemple OK': 1, 'whoami OK': 1, 'profile TOKEN_MISSING': 1 });
  });

  it("that are refused are counted once the key's secret is verified", async () => {
    const key = await createKey(service, ada);
    const draft = sign(key, queryTarget('exemple'), { authority: service.authority });
    await send(service.port, draft);
    await send(service.port, draft);
    await query(service, { ...key, signingSecret: 'kss_guess' }, 'exemple');
    await send(service.port, withHeader(draft, 'x-signature', null));
    await mutate(service, ada, 'keys.update', { id: key.id, enabled: false });
    await query(service, key, 'exemple');
    await whenWritten(key).toEqual({
      'exemple OK': 1,
      'exemple SIGNATURE_REPLAYED': 1,
      'exemple SIGNATURE_INVALID': 1,
      'exemple SIGNATURE_MISSING': 1,
      'exemple KEY_DISABLED': 1,
    });
  });

  it('that another caller invents are counted under no name', async () => {
    const [key, marker] = [await createKey(service, ada), await createKey(service, ada)];
    await query(service, { ...key, apiKey: `${key.apiKey.slice(0, -1)}~` }, 'exemple');
    await query(service, { ...marker, id: key.id }, 'exemple');
    await query(service, marker, 'exemple');
    await whenWritten(marker).toEqual({ 'exemple OK': 1, 'exemple SIGNATURE_INVALID': 1 });
    expect(await counted(key)).toEqual({});
  });

  it('that were verified for another service are counted by its host', async () => {
    const [asking, key] = [await verifyingKey(service, ada), await createKey(service, ada)];
    const order = () => sign(key, '/orders', { authority: ORDERS });
    const draft = order();
    await verdictOn(service, asking, draft);
    await verdictOn(service, asking, draft);
    await verdictOn(service, asking, order(), { require: { permission: 'keys:read' } });
    await verdictOn(service, asking, order(), { dryRun: true });
    await whenWritten(key).toEqual({
      [`verify ${ORDERS} OK`]: 1,
      [`verify ${ORDERS} SIGNATURE_REPLAYED`]: 1,
      [`verify ${ORDERS} PERMISSION_DENIED`]: 1,
    });
    await whenWritten(asking).toEqual({ 'verify OK': 4 });
  });

  it('are not written one by one: a hundred calls are one row', async () => {
    const key = await createKey(service, ada);
    await Promise.all(Array.from({ length: 100 }, () => query(service, key, 'exemple')));
    await whenWritten(key).toEqual({ 'exemple OK': 100 });
    const rows = await db().select().from(usage).where(eq(usage.keyId, key.id));
    expect(rows.length).toBeLessThanOrEqual(2);
  });
});

describe('when a key was last used', () => {
  it('is in the database within seconds', async () => {
    const key = await createKey(service, ada);
    const before = Date.now();
    await query(service, key, 'exemple');
    const lastUsed = async () => {
      const [row] = await db().select().from(keys).where(eq(keys.id, key.id));
      return row?.lastUsedAt?.getTime() ?? 0;
    };
    await expect.poll(lastUsed, { timeout: 5_000, interval: 100 }).toBeGreaterThanOrEqual(before);
  });
});

describe('the usage that was counted', () => {
  it('is written by a clean stop', async () => {
    const key = await createKey(service, ada);
    for (let i = 0; i < 7; i++) await query(service, key, 'exemple');
    service = await restart(service);
    expect(await counted(key)).toEqual({ 'exemple OK': 7 });
  });

  it('is kept if it cannot be written, and written with the next', async () => {
    const key = await createKey(service, ada);
    const { usage, database } = service.running.service.stores;
    const transaction = vi
      .spyOn(database.db, 'transaction')
      .mockRejectedValue(new Error('the database is gone'));
    usage.record({ id: key.id, payer: ['one', 'one', key.id] }, 'exemple', 'OK');
    await expect(usage.flush()).rejects.toThrow('the database is gone');
    usage.record({ id: key.id, payer: ['one', 'one', key.id] }, 'exemple', 'OK');
    transaction.mockRestore();
    await usage.flush();
    expect(await counted(key)).toEqual({ 'exemple OK': 2 });
  });

  it.each<[string, 'commits' | 'rolls back']>([
    ['is not written twice where the answer of the database was lost', 'commits'],
    ['is written again where the database rolled it back without a word', 'rolls back'],
  ])('%s', async (_, fate) => {
    const key = await createKey(service, ada);
    const { usage, database } = service.running.service.stores;
    const { db } = database;
    const transaction = db.transaction.bind(db);
    const spy = vi.spyOn(db, 'transaction').mockImplementation(async (run) => {
      await transaction(async (tx) => {
        await run(tx);
        if (fate === 'rolls back') throw new Error('rolled back');
      }).catch(() => {});
      throw new Error('no answer');
    });
    usage.record({ id: key.id, payer: ['one', 'one', key.id] }, 'exemple', 'OK');
    await expect(usage.flush()).rejects.toThrow('no answer');
    spy.mockRestore();
    usage.record({ id: key.id, payer: ['one', 'one', key.id] }, 'exemple', 'OK');
    await usage.flush();
    expect(await counted(key)).toEqual({ 'exemple OK': 2 });
  });

  it('is the same by the minute, the hour and the day', async () => {
    const key = await createKey(service, ada);
    const { usage: store } = service.running.service.stores;
    for (let n = 0; n < 3; n++) {
      await query(service, key, 'exemple');
      await query(service, key, 'profile');
      await store.flush();
    }
    for (const [table, ms] of [
      [usage, 60_000],
      [usageHours, 3_600_000],
      [usageDays, 86_400_000],
    ] as const) {
      const rows = await db().select().from(table).where(eq(table.keyId, key.id));
      const of = (name: string) =>
        rows.filter(({ outcome }) => outcome === name).reduce((sum, { count }) => sum + count, 0);
      expect([of('OK'), of('TOKEN_MISSING'), rows.length <= 4]).toEqual([3, 3, true]);
      expect(rows.every(({ at }) => at.getTime() % ms === 0)).toBe(true);
    }
  });
});
