import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusedCalls, usage } from '../../drizzle/schema/usage.ts';
import { createKey, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { queryTarget, send, sign, withHeader } from '../harness/wire.ts';

const HOUR = 3_600_000;

/** What the service's clock is ahead of the true one. */
let ahead = 0;
const now = () => Date.now() + ahead;

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ clock: now, env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => service.stop());
beforeEach(async () => {
  await unauthenticated().flush();
  await db().delete(refusedCalls);
});

const db = () => service.running.service.stores.database.db;
const unauthenticated = () => service.running.service.stores.unauthenticatedCalls;

/** What the database holds: `address outcome` and how often. */
async function storedCounts(): Promise<Record<string, number>> {
  await unauthenticated().flush();
  const sums: Record<string, number> = {};
  for (const { address, outcome, count } of await db().select().from(refusedCalls)) {
    const name = `${address} ${outcome}`;
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** A call without credentials, through a proxy from an address. */
const from = (address: string, apiKey: string | null) => {
  const draft = sign({ ...service.demo, apiKey: apiKey ?? 'none' }, queryTarget('exemple'), {
    authority: service.authority,
  });
  const known = withHeader(draft, 'x-forwarded-for', address);
  return send(service.port, apiKey === null ? withHeader(known, 'authorization', null) : known);
};

describe('refused calls of anonymous callers', () => {
  it('are counted by address and reason, those of an IPv6 address with its /64', async () => {
    await from('192.0.2.1', 'ks_live_guess');
    await from('192.0.2.1', 'ks_live_guess');
    await from('192.0.2.1', null);
    await from('2001:db8:1:2::3', null);
    await from('2001:db8:1:2:ffff::', null);
    expect(await storedCounts()).toEqual({
      '192.0.2.1 KEY_INVALID': 2,
      '192.0.2.1 KEY_MISSING': 1,
      '2001:db8:1:2::/64 KEY_MISSING': 2,
    });
  });

  it('exclude those with a valid key, and those that another service reports', async () => {
    const ada = await signUp(service);
    const [key, asking] = [await createKey(service, ada), await verifyingKey(service, ada)];
    await query(service, { ...key, signingSecret: 'kss_guess' }, 'exemple');
    const anonymous = withHeader(sign(key, '/orders', { authority: ORDERS }), 'authorization', null);
    const { verdict } = await verdictOn(service, asking, anonymous, { address: '192.0.2.9' });
    expect([verdict.reason, await storedCounts()]).toEqual(['KEY_MISSING', {}]);
  });

  it('are never listed under a key: their caller stays unknown', async () => {
    await from('192.0.2.1', 'ks_live_guess');
    const { usage: store } = service.running.service.stores;
    await store.flush();
    const rows = await db().select().from(usage).where(eq(usage.outcome, 'KEY_INVALID'));
    expect(rows).toEqual([]);
  });

  it('are listed by frequency, within a range', async () => {
    for (const times of [1, 3, 2]) {
      for (let n = 0; n < times; n++) unauthenticated().record(`192.0.2.${times}`, 'KEY_MISSING');
    }
    await unauthenticated().flush();
    const hour = Math.floor(now() / HOUR) * HOUR;
    const list = await unauthenticated().list(hour - HOUR, hour + HOUR, 2);
    expect(list.map(({ address, count }) => [address, count])).toEqual([
      ['192.0.2.3', 3],
      ['192.0.2.2', 2],
    ]);
    expect(list[0]).toMatchObject({ outcome: 'KEY_MISSING', at: expect.stringMatching(/:00:00\.000Z$/) });
    expect(await unauthenticated().list(hour - HOUR, hour - 1, 2)).toEqual([]);
  });
});

describe('a flood from many addresses', () => {
  // Half past, so that no hour ends during a test.
  beforeEach(() => {
    ahead = HOUR / 2 - (Date.now() % HOUR);
  });

  const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  const rows = async () => {
    const [row] = await db()
      .select({ n: sql<number>`count(*)::int`, calls: sql<number>`sum(count)::int` })
      .from(refusedCalls);
    return [row?.n, row?.calls];
  };

  it('at once fills a thousand rows, and counts the others together', async () => {
    for (let n = 0; n < 100_000; n++) unauthenticated().record(address(n), 'KEY_INVALID');
    const counts = await storedCounts();
    expect(await rows()).toEqual([1_001, 100_000]);
    expect(counts['other KEY_INVALID']).toBe(99_000);
  });

  it('over the hour fills a thousand rows too, and keeps counting in them', async () => {
    for (let turn = 0; turn < 5; turn++) {
      for (let n = 0; n < 600; n++) unauthenticated().record(address(turn * 600 + n), 'KEY_INVALID');
      unauthenticated().record(address(0), 'KEY_INVALID');
      await unauthenticated().flush();
    }
    const counts = await storedCounts();
    expect(await rows()).toEqual([1_001, 3_005]);
    expect([counts[`${address(0)} KEY_INVALID`], counts['other KEY_INVALID']]).toEqual([6, 2_000]);
  });

  it('S5: from one network hides no address of another', async () => {
    for (let n = 0; n < 70_000; n++)
      unauthenticated().record(`2001:db8:7:${n.toString(16).slice(-4)}::1`, 'KEY_INVALID');
    unauthenticated().record('192.0.2.77', 'KEY_MISSING');
    for (let turn = 0; turn < 4; turn++) {
      await unauthenticated().flush();
      for (let n = 0; n < 600; n++) unauthenticated().record(`2001:db8:8:${turn}${n}::1`, 'KEY_INVALID');
    }
    unauthenticated().record('192.0.2.78', 'KEY_MISSING');
    const counts = await storedCounts();
    expect([counts['192.0.2.77 KEY_MISSING'], counts['192.0.2.78 KEY_MISSING']]).toEqual([1, 1]);
    expect(await rows()).toEqual([2 * 256 + 2 + 1, 70_000 + 4 * 600 + 2]);
  });

  it('leaves room in the next hour', async () => {
    for (let n = 0; n < 2_000; n++) unauthenticated().record(address(n), 'KEY_INVALID');
    await unauthenticated().flush();
    ahead += HOUR;
    unauthenticated().record('192.0.2.77', 'KEY_MISSING');
    await unauthenticated().flush();
    expect((await storedCounts())['192.0.2.77 KEY_MISSING']).toBe(1);
  });

  it('is deleted after ninety days', async () => {
    for (let n = 0; n < 100; n++) unauthenticated().record(address(n), 'KEY_INVALID');
    await unauthenticated().flush();
    const counts = [];
    for (const days of [89.9, 0.2]) {
      ahead += days * 24 * HOUR;
      await unauthenticated().purge();
      counts.push((await rows())[0]);
    }
    expect(counts).toEqual([100, 0]);
  });
});
