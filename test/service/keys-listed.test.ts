import { inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const page = async (who: Person, input: object) => query(service, who, 'keys.list', input);

/** Whole lists of two at a time, by a field: every page but the last is full. */
async function listed(who: Person, input: object, field = 'id'): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const answer = await page(who, { ...input, limit: 2, ...(cursor ? { cursor } : {}) });
    const { items, nextCursor } = answer.json.result.data;
    seen.push(...items.map((item: Record<string, string>) => item[field]));
    if (nextCursor !== null) expect(items).toHaveLength(2);
    cursor = nextCursor;
  }
  return seen;
}

async function withKeys(
  inputs: readonly Record<string, unknown>[],
): Promise<{ eve: Person; made: Credentials[] }> {
  const eve = await signUp(service);
  const made: Credentials[] = [];
  for (const input of inputs) made.push(await createKey(service, eve, input));
  return { eve, made };
}

const ids = (made: readonly Credentials[]) => made.map(({ id }) => id);

/** As the database compares ids, where it was made with `C`: by their bytes. */
const byId = (one: string, other: string) => (one < other ? -1 : 1);

describe('the order of keys.list', () => {
  it('is newest first by default, and oldest first on request', async () => {
    const { eve, made } = await withKeys(Array(5).fill({}));
    expect(await listed(eve, { sort: 'oldest' })).toEqual(ids(made));
    expect(await listed(eve, { sort: 'newest' })).toEqual(ids(made).reverse());
    expect(await listed(eve, {})).toEqual(ids(made).reverse());
  });

  it('is by id, each key once, for keys that were created at the same time', async () => {
    const { eve, made } = await withKeys(Array(7).fill({ name: 'the same' }));
    const createdAt = new Date('2026-02-03T04:05:06.789Z');
    const { db } = service.running.service.stores.database;
    await db
      .update(keys)
      .set({ createdAt })
      .where(inArray(keys.id, ids(made)));
    const rising = ids(made).sort(byId);
    expect(await listed(eve, { sort: 'oldest' })).toEqual(rising);
    expect(await listed(eve, { sort: 'newest' })).toEqual([...rising].reverse());
    expect(await listed(eve, { sort: 'name' })).toEqual(rising);
    expect(await listed(eve, { sort: 'lastUsed' })).toEqual([...rising].reverse());
  });

  it('by name is alphabetical, ignores case, and sorts accents with their letters', async () => {
    const names = ['zoo', 'Été', 'b', 'A', 'étude', 'Eve', 'ete', 'a b', 'Zoé', 'a'];
    const { eve } = await withKeys(names.map((name) => ({ name })));
    const [first, second, ...rest] = await listed(eve, { sort: 'name' }, 'name');
    expect([first, second].sort()).toEqual(['A', 'a']);
    expect(rest).toEqual(['a b', 'b', 'ete', 'Été', 'étude', 'Eve', 'Zoé', 'zoo']);
  });

  it('by name ignores case: names that differ in case only are ordered by id', async () => {
    const { eve, made } = await withKeys(
      ['ÉCLAIR', 'éclair', 'Éclair', 'éCLAIR', 'Eclair'].map((name) => ({ name })),
    );
    const [plain = '', ...rest] = ids(made).reverse();
    expect(await listed(eve, { sort: 'name' })).toEqual([plain, ...rest.sort(byId)]);
  });

  it.each(['€', '"', '\\', "'", '😀', 'ﷺ', 'İ', '%', '漢'])(
    'continues after a name of nothing but %s',
    async (sign) => {
      const name = sign.repeat(Math.floor(100 / sign.length));
      const { eve } = await withKeys(Array(3).fill({ name }));
      expect(await listed(eve, { sort: 'name' }, 'name')).toEqual([name, name, name]);
    },
  );

  it('by use has the latest used first, and the never used last', async () => {
    const { eve, made } = await withKeys(Array(5).fill({}));
    const [a, b, c, d, e] = made as [Credentials, Credentials, Credentials, Credentials, Credentials];
    const never = [b.id, e.id].sort(byId).reverse();
    let last = 0;
    for (const key of [c, a, d]) {
      // By the millisecond two calls may be made at one moment.
      while (Date.now() === last);
      expect((await query(service, key, 'exemple')).status).toBe(200);
      last = Date.now();
    }
    expect(await listed(eve, { sort: 'lastUsed' })).toEqual([d.id, a.id, c.id, ...never]);
    expect(await listed(eve, { sort: 'lastUsed' }, 'lastUsedAt')).toEqual([
      ...Array(3).fill(expect.any(String)),
      ...[null, null],
    ]);
    await query(service, b, 'exemple');
    expect((await listed(eve, { sort: 'lastUsed' }))[0]).toBe(b.id);
  });

  it('by use shows no key twice while keys are used between two pages', async () => {
    const { eve, made } = await withKeys(Array(6).fill({}));
    const first = await page(eve, { sort: 'lastUsed', limit: 3 });
    for (const key of made) await query(service, key, 'exemple');
    const { items, nextCursor } = first.json.result.data;
    const second = await page(eve, { sort: 'lastUsed', limit: 100, cursor: nextCursor });
    const seen = [...items, ...second.json.result.data.items].map(({ id }: { id: string }) => id);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('the filters of keys.list', () => {
  it('separate live keys from test keys, in any order and combined with others', async () => {
    const test = { environment: 'test' };
    const { eve, made } = await withKeys([{}, test, {}, { ...test, name: 'billing' }, {}, test]);
    const [a, b, c, d, e, f] = ids(made);
    await mutate(service, eve, 'keys.revoke', { id: b });
    expect(await listed(eve, { environment: 'live' })).toEqual([e, c, a]);
    expect(await listed(eve, { environment: 'live', sort: 'oldest' })).toEqual([a, c, e]);
    expect(await listed(eve, { environment: 'test' })).toEqual([f, d, b]);
    expect(await listed(eve, { environment: 'test', status: 'active', sort: 'oldest' })).toEqual([d, f]);
    expect(await listed(eve, { environment: 'test', search: 'BILL', sort: 'name' })).toEqual([d]);
  });
});

describe('a cursor of keys.list', () => {
  const INPUTS = [
    ...[{}, { sort: 'oldest' }, { sort: 'name' }, { sort: 'lastUsed' }, { environment: 'live' }],
    ...[{ status: 'active' }, { search: 'key' }, { search: 'active' }, { externalId: 'active' }],
    ...[{ search: 'key', status: 'active' }],
  ];

  it('continues its own list only, and is refused with another order or filter', async () => {
    const more = { name: 'a key of the active', externalId: 'active' };
    const { eve } = await withKeys(Array(3).fill(more));
    for (const input of INPUTS) {
      const { nextCursor: cursor } = (await page(eve, { ...input, limit: 1 })).json.result.data;
      for (const other of INPUTS) {
        const { reason } = await page(eve, { ...other, cursor });
        const label = JSON.stringify([input, other]);
        expect([label, reason]).toEqual([label, other === input ? undefined : 'INPUT_INVALID']);
      }
      // How many there are on a page is not part of it, and what goes without saying may be said.
      expect((await page(eve, { ...input, limit: 2, cursor })).reason).toBeUndefined();
      expect((await page(eve, { sort: 'newest', ...input, cursor })).reason).toBeUndefined();
    }
  });

  it('is refused with any character changed', async () => {
    const { eve } = await withKeys(Array(2).fill({}));
    const { nextCursor } = (await page(eve, { sort: 'name', limit: 1 })).json.result.data;
    for (const at of [0, 5, nextCursor.length - 1]) {
      const other = nextCursor[at] === 'a' ? 'b' : 'a';
      const cursor = nextCursor.slice(0, at) + other + nextCursor.slice(at + 1);
      const { reason, json } = await page(eve, { sort: 'name', cursor });
      expect([reason, json.error.data.issues[0].path]).toEqual(['INPUT_INVALID', 'cursor']);
    }
  });
});
