import { count, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { usage, usageDays, usageHours } from '../../drizzle/schema/usage.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf } from '../harness/teams.ts';
import type { Answer, Credentials } from '../harness/wire.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (at: number) => new Date(at).toISOString();
const floor = (at: number, ms: number) => Math.floor(at / ms) * ms;

/** What the service's clock is ahead of the true one. */
let ahead = 0;
const now = () => Date.now() + ahead;

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService({ clock: now });
  ada = await signUp(service);
});
afterAll(() => service.stop());

const stores = () => service.running.service.stores;

/** The last so many steps, and the one that is under way. */
const last = (steps: number, ms: number, step: string) => ({
  from: iso(now() - steps * ms),
  to: iso(now() + ms),
  step,
});

async function usageOf(who: Credentials | Person, id: string, more: object = last(1, DAY, 'day')) {
  return dataOf(await query(service, who, 'usage.key', { id, ...more }));
}

async function usageOfAll(who: Credentials | Person, more: object = last(1, DAY, 'day')) {
  return dataOf(await query(service, who, 'usage.workspace', more));
}

/** What was returned, or the data of the error. */
const dataOf = ({ json }: Answer) => json.result?.data ?? json.error.data;

describe('usage.key', () => {
  it('counts a call that was just made, by step, outcome and procedure', async () => {
    const key = await createKey(service, ada);
    for (let n = 0; n < 3; n++) await query(service, key, 'exemple');
    await query(service, key, 'keys.list');
    await query(service, key, 'profile');
    for (const [step, ms] of [
      ['minute', MINUTE],
      ['hour', HOUR],
      ['day', DAY],
    ] as const) {
      const { points, latency, ...sums } = await usageOf(ada, key.id, last(2, ms, step));
      expect(latency.p50).toBeGreaterThan(0);
      expect(latency.p99).toBeGreaterThanOrEqual(latency.p95);
      expect(sums).toMatchObject({
        step,
        accepted: 3,
        refused: 2,
        outcomes: [
          { outcome: 'OK', count: 3 },
          { outcome: 'PERMISSION_DENIED', count: 1 },
          { outcome: 'TOKEN_MISSING', count: 1 },
        ],
        procedures: [
          { procedure: 'exemple', accepted: 3, refused: 0 },
          { procedure: 'keys.list', accepted: 0, refused: 1 },
          { procedure: 'profile', accepted: 0, refused: 1 },
        ],
      });
      const total = (name: 'accepted' | 'refused') =>
        points.reduce((sum: number, point: Record<string, number>) => sum + (point[name] ?? 0), 0);
      expect([total('accepted'), total('refused')]).toEqual([3, 2]);
    }
  });

  it('fills gaps with zeros, and extends a range to whole steps', async () => {
    const key = await createKey(service, ada);
    const hour = floor(now(), HOUR);
    const row = (at: number, outcome: 'OK' | 'RATE_LIMITED', n: number) => ({
      keyId: key.id,
      at: new Date(at),
      procedure: 'exemple',
      outcome,
      count: n,
    });
    await stores()
      .database.db.insert(usageHours)
      .values([
        row(hour - 6 * HOUR, 'OK', 1_000),
        row(hour - 5 * HOUR, 'OK', 3_000_000_000),
        row(hour - 3 * HOUR, 'OK', 7),
        row(hour - 3 * HOUR, 'RATE_LIMITED', 2),
        row(hour - 2 * HOUR, 'OK', 1_000),
      ]);
    const range = { from: iso(hour - 5 * HOUR + 1), to: iso(hour - 3 * HOUR + 1), step: 'hour' };
    expect(await usageOf(ada, key.id, range)).toMatchObject({
      from: iso(hour - 5 * HOUR),
      to: iso(hour - 2 * HOUR),
      accepted: 3_000_000_007,
      refused: 2,
      points: [
        { at: iso(hour - 5 * HOUR), accepted: 3_000_000_000, refused: 0 },
        { at: iso(hour - 4 * HOUR), accepted: 0, refused: 0 },
        { at: iso(hour - 3 * HOUR), accepted: 7, refused: 2 },
      ],
    });
  });

  it('is all zeros for an unused key', async () => {
    const key = await createKey(service, ada);
    const { points, ...sums } = await usageOf(ada, key.id, last(1_000, MINUTE, 'minute'));
    expect(sums).toMatchObject({ accepted: 0, refused: 0, outcomes: [], procedures: [] });
    expect(points.length).toBeGreaterThan(1_000);
    expect(new Set(points.map(({ accepted }: { accepted: number }) => accepted))).toEqual(new Set([0]));
  });

  it('names a hundred procedures at most, and sums up all of them', async () => {
    const key = await createKey(service, ada);
    const payer = ['one', await activeOf(service, ada), key.id];
    for (let n = 0; n < 150; n++) stores().usage.record({ id: key.id, payer }, `verify host-${n}`, 'OK');
    const { procedures, accepted } = await usageOf(ada, key.id);
    expect([procedures.length, accepted]).toEqual([100, 150]);
  });

  it('counts the calls of one procedure alone, also for the workspace and its keys', async () => {
    const person = await signUp(service);
    const [key, other] = [await createKey(service, person), await createKey(service, person)];
    for (let n = 0; n < 3; n++) await query(service, key, 'exemple');
    await query(service, key, 'keys.list');
    await query(service, other, 'keys.list');
    const range = { ...last(1, DAY, 'day'), procedure: 'exemple' };
    const expected = {
      ...{ accepted: 3, refused: 0, latency: null },
      ...{
        outcomes: [{ outcome: 'OK', count: 3 }],
        procedures: [{ procedure: 'exemple', accepted: 3, refused: 0 }],
      },
    };
    expect(await usageOf(person, key.id, range)).toMatchObject(expected);
    const { keys: busiest, ...all } = await usageOfAll(person, range);
    expect(all).toMatchObject(expected);
    expect(busiest).toMatchObject([{ id: key.id, accepted: 3, refused: 0 }]);
    expect(await usageOfAll(person, { ...range, procedure: "' or true --" })).toMatchObject({
      ...{ accepted: 0, refused: 0, procedures: [], keys: [] },
    });
    for (const procedure of ['', '\0', 'x'.repeat(301), 7, null])
      expect((await usageOf(person, key.id, { ...range, procedure })).reason).toBe('INPUT_INVALID');
  });

  it('requires usage:read', async () => {
    const key = await createKey(service, ada);
    const reader = await createKey(service, ada, { permissions: ['usage:read'] });
    expect((await usageOf(reader, key.id)).accepted).toBe(0);
    expect(await usageOf(key, key.id)).toMatchObject({ reason: 'PERMISSION_DENIED', missing: 'usage:read' });
  });

  it('is KEY_NOT_FOUND for a deleted key', async () => {
    const key = await createKey(service, ada);
    await mutate(service, ada, 'keys.revoke', { id: key.id });
    await mutate(service, ada, 'keys.delete', { id: key.id });
    expect((await usageOf(ada, key.id)).reason).toBe('KEY_NOT_FOUND');
  });
});

describe('usage.keys', () => {
  const keysOf = async (who: Credentials | Person, ids: unknown, more: object = last(1, DAY, 'day')) => {
    const answer = await query(service, who, 'usage.keys', { ids, ...more });
    return answer.json.result?.data ?? answer.json.error.data;
  };

  it('returns for each key, in the requested order, what usage.key does', async () => {
    const [a, b, c] = [
      await createKey(service, ada),
      await createKey(service, ada),
      await createKey(service, ada),
    ];
    for (let n = 0; n < 3; n++) await query(service, a, 'exemple');
    await query(service, c, 'exemple');
    await query(service, c, 'profile');
    await query(service, c, 'keys.list');
    const ids = [c.id, b.id, a.id, c.id];
    for (const [step, ms] of [
      ['minute', MINUTE],
      ['hour', HOUR],
      ['day', DAY],
    ] as const) {
      // One range for all questions, however long they take.
      const range = last(3, ms, step);
      const { items, ...span } = await keysOf(ada, ids, range);
      expect(items.map(({ points, ...sums }: { points: unknown }) => sums)).toEqual([
        { id: c.id, accepted: 1, refused: 2 },
        { id: b.id, accepted: 0, refused: 0 },
        { id: a.id, accepted: 3, refused: 0 },
        { id: c.id, accepted: 1, refused: 2 },
      ]);
      for (const [n, id] of ids.entries()) {
        const { outcomes, procedures, latency, ...alone } = await usageOf(ada, id, range);
        expect({ ...span, ...items[n] }).toEqual({ id, ...alone });
      }
    }
  });

  it('keeps the counts of each key, and of each step, apart', async () => {
    const made = [await createKey(service, ada), await createKey(service, ada)];
    const hour = floor(now(), HOUR);
    const rows = made.flatMap(({ id: keyId }, n) =>
      ['exemple', 'echo'].flatMap((procedure) =>
        [1, 2, 9].map((hours) => {
          const count = (n + 1) * 10 ** hours;
          return { keyId, at: new Date(hour - hours * HOUR), procedure, outcome: 'OK' as const, count };
        }),
      ),
    );
    await stores().database.db.insert(usageHours).values(rows);
    const range = { from: iso(hour - 3 * HOUR), to: iso(hour), step: 'hour' };
    const { items } = await keysOf(
      ada,
      made.map(({ id }) => id),
      range,
    );
    expect(items).toEqual(
      made.map(({ id }, n) => ({
        ...{ id, accepted: (n + 1) * 220, refused: 0 },
        points: [0, 200, 20].map((count, at) => ({
          ...{ at: iso(hour - (3 - at) * HOUR), accepted: count * (n + 1), refused: 0 },
        })),
      })),
    );
  });

  it('is KEY_NOT_FOUND if one of the keys is unknown, deleted, or of another workspace', async () => {
    const [own, gone] = [await createKey(service, ada), await createKey(service, ada)];
    await mutate(service, ada, 'keys.revoke', { id: gone.id });
    await mutate(service, ada, 'keys.delete', { id: gone.id });
    const other = await createKey(service, await signUp(service));
    const workspaceId = service.demo.workspaceId;
    for (const id of [gone.id, other.id, 'zzzzzzzzzzzz', workspaceId, "' or true --", '%']) {
      for (const ids of [[id], [own.id, id], [id, own.id], [own.id, own.id, id]])
        expect((await keysOf(ada, ids)).reason).toBe('KEY_NOT_FOUND');
    }
    // Before anything is said of the range.
    expect((await keysOf(ada, [own.id, other.id], last(9_000, DAY, 'day'))).reason).toBe('KEY_NOT_FOUND');
  });

  it('requires usage:read', async () => {
    const key = await createKey(service, ada);
    const reader = await createKey(service, ada, { permissions: ['usage:read'] });
    expect((await keysOf(reader, [key.id])).items).toHaveLength(1);
    expect(await keysOf(key, [key.id])).toMatchObject({ reason: 'PERMISSION_DENIED', missing: 'usage:read' });
  });

  it('accepts only 1 to 100 ids of any form', async () => {
    const { id } = await createKey(service, ada);
    for (const ids of [[], Array(101).fill(id), id, [1], [''], ['x'.repeat(65)], ['\0'], [null], undefined])
      expect((await keysOf(ada, ids)).reason).toBe('INPUT_INVALID');
    expect((await keysOf(ada, Array(100).fill(id))).items).toHaveLength(100);
  });

  it('has 10,000 points at most, of all keys together', async () => {
    const { id } = await createKey(service, ada);
    const day = floor(now(), DAY);
    const range = (hours: number) => ({ from: iso(day - hours * HOUR), to: iso(day), step: 'hour' });
    expect((await keysOf(ada, Array(100).fill(id), range(100))).items[99].points).toHaveLength(100);
    expect(await keysOf(ada, Array(100).fill(id), range(101))).toMatchObject({
      reason: 'INPUT_INVALID',
      issues: [{ path: 'step' }],
    });
    expect((await keysOf(ada, [id], range(1_501))).reason).toBe('INPUT_INVALID');
  });
});

describe('a range is refused', () => {
  const at = (days: number) => iso(Date.now() + days * DAY);
  it.each<[string, object, string]>([
    ['backwards', { from: at(0), to: at(-1), step: 'hour' }, 'from'],
    ['empty', { from: at(-1), to: at(-1), step: 'hour' }, 'from'],
    ['before minutes are kept', { from: at(-7.1), to: at(-7), step: 'minute' }, 'from'],
    ['before hours are kept', { from: at(-91), to: at(-90), step: 'hour' }, 'from'],
    ['before days are kept', { from: at(-732), to: at(-730), step: 'day' }, 'from'],
    ['before anything', { from: '0000-01-01T00:00:00Z', to: at(0), step: 'day' }, 'from'],
    ['of too many minutes', { from: at(-2), to: at(0), step: 'minute' }, 'step'],
    ['of too many hours', { from: at(-80), to: at(0), step: 'hour' }, 'step'],
    ['up to the end of time', { from: at(-1), to: '9999-12-31T23:59:59.999Z', step: 'day' }, 'step'],
    ['of no date', { from: 'yesterday', to: at(0), step: 'day' }, 'from'],
    ['of a date that there is not', { from: '2026-02-30T00:00:00Z', to: at(0), step: 'day' }, 'from'],
    ['in another zone', { from: '2026-11-01T00:00:00+01:00', to: at(0), step: 'day' }, 'from'],
    ['of numbers', { from: 0, to: at(0), step: 'day' }, 'from'],
    ['of another step', { from: at(-1), to: at(0), step: 'week' }, 'step'],
    ['without an end', { from: at(-1), step: 'day' }, 'to'],
  ])('%s, with its place', async (_, range, path) => {
    const key = await createKey(service, ada);
    for (const [name, input] of [
      ['usage.key', { id: key.id, ...range }],
      ['usage.keys', { ids: [key.id], ...range }],
      ['usage.workspace', range],
    ] as const) {
      const { reason, json } = await query(service, ada, name, input);
      expect([reason, json.error.data.issues[0].path]).toEqual(['INPUT_INVALID', path]);
    }
  });

  it('never of 1,500 points, or from the oldest that is kept', async () => {
    const key = await createKey(service, ada);
    const day = floor(now(), DAY);
    const ranges = [
      { from: iso(day - 1_500 * HOUR), to: iso(day), step: 'hour' },
      { from: iso(day - 730 * DAY), to: iso(day), step: 'day' },
    ];
    const answers = [];
    for (const range of ranges) answers.push((await usageOf(ada, key.id, range)).points?.length);
    expect(answers).toEqual([1_500, 730]);
  });
});

describe('usage.workspace', () => {
  it('sums up the keys of the workspace only, and names the busiest', async () => {
    const [eve, mallory] = [await signUp(service), await signUp(service)];
    const hers = [];
    for (const name of ['a', 'b', 'c']) hers.push(await createKey(service, eve, { name }));
    const [a, b, c] = hers as [Credentials, Credentials, Credentials];
    for (const [key, times] of [
      [a, 1],
      [b, 3],
      [c, 2],
    ] as const) {
      for (let n = 0; n < times; n++) await query(service, key, 'exemple');
    }
    await query(service, a, 'profile');
    await query(service, await createKey(service, mallory), 'exemple');
    await mutate(service, eve, 'keys.revoke', { id: c.id });
    await mutate(service, eve, 'keys.delete', { id: c.id });
    const all = await usageOfAll(eve);
    expect(all).toMatchObject({ accepted: 6, refused: 1 });
    expect(all.procedures).toEqual([
      { procedure: 'exemple', accepted: 6, refused: 0 },
      { procedure: 'profile', accepted: 0, refused: 1 },
    ]);
    const rest = [a, c].sort((one, other) => (one.id < other.id ? -1 : 1));
    const named = {
      [a.id]: { name: 'a', accepted: 1, refused: 1 },
      [c.id]: { name: null, accepted: 2, refused: 0 },
    };
    expect(all.keys).toEqual([
      { id: b.id, name: 'b', accepted: 3, refused: 0 },
      ...rest.map(({ id }) => ({ id, ...named[id] })),
    ]);
    const top = await usageOfAll(eve, { ...last(1, DAY, 'day'), top: 1 });
    expect(top.keys.map(({ id }: { id: string }) => id)).toEqual([b.id]);
    expect((await usageOfAll(eve, { ...last(1, DAY, 'day'), top: 0 })).keys).toEqual([]);
    expect(await usageOfAll(mallory)).toMatchObject({ accepted: 1, refused: 0 });
  });

  it('answers for 100,000 keys that each called', async () => {
    const eve = await signUp(service);
    const { database } = stores();
    const [row] = await database.db
      .select()
      .from(keys)
      .where(eq(keys.id, (await createKey(service, eve)).id));
    const workspaceId = row?.workspaceId ?? '';
    const today = iso(floor(now(), DAY));
    // In parts: all at once would take a slow machine longer than a statement may.
    for (let n = 1; n < 100_000; n += 10_000) {
      const part = sql`generate_series(${n}::int, ${n + 9_999}::int) n`;
      await database.db.execute(sql`
        insert into keys (id, workspace_id, name, environment, permissions, secret_hash, pepper_version,
          signing_sealed, signing_version)
        select 'many' || n, ${workspaceId}, 'Key ' || n, 'live', '[]', '', 1, '', 1 from ${part}`);
      await database.db.execute(
        sql`insert into usage_days select 'many' || n, ${today}::timestamptz, 'exemple', 'OK', n from ${part}`,
      );
    }
    await database.db.execute(
      sql`insert into usage_days values (${workspaceId}, ${today}::timestamptz, 'exemple', 'OK', 5000050000)`,
    );
    const { accepted, keys: busiest } = await usageOfAll(eve);
    expect(accepted).toBe(5_000_050_000);
    expect(busiest.map(({ name }: { name: string }) => name).slice(0, 2)).toEqual([
      'Key 100000',
      'Key 99999',
    ]);
  }, 180_000);
});

describe('usage.workspace with an environment', () => {
  it('counts the calls of its keys alone, and names those among them that called most', async () => {
    const eve = await signUp(service);
    const [live, test] = [
      await createKey(service, eve, { environment: 'live' }),
      await createKey(service, eve, { environment: 'test' }),
    ];
    for (let n = 0; n < 3; n++) await query(service, live, 'exemple');
    for (let n = 0; n < 2; n++) await query(service, test, 'exemple');
    await query(service, test, 'profile');
    for (const [environment, key, accepted, refused] of [
      ['live', live, 3, 0],
      ['test', test, 2, 1],
    ] as const)
      for (const [step, ms] of [
        ['minute', MINUTE],
        ['day', DAY],
      ] as const) {
        const sums = await usageOfAll(eve, { ...last(2, ms, step), environment });
        expect(sums).toMatchObject({ accepted, refused, latency: null });
        expect(sums.keys).toEqual([{ id: key.id, name: expect.any(String), accepted, refused }]);
      }
    expect(await usageOfAll(eve)).toMatchObject({ accepted: 5, refused: 1 });
    const one = { ...last(2, DAY, 'day'), environment: 'test', procedure: 'profile' };
    expect(await usageOfAll(eve, one)).toMatchObject({ accepted: 0, refused: 1 });
    const odd = await query(service, eve, 'usage.workspace', { ...last(1, DAY, 'day'), environment: 'x' });
    expect(odd.reason).toBe('INPUT_INVALID');
  });
});

// Last, since no caller is admitted once the clock has been ahead by years.
describe('old usage is deleted', () => {
  const rows = async () => {
    const { db } = stores().database;
    const rowCounts = [];
    for (const table of [usage, usageHours, usageDays]) {
      const [row] = await db.select({ n: count() }).from(table).where(eq(table.keyId, 'purged'));
      rowCounts.push(row?.n);
    }
    return rowCounts;
  };

  it('minutes after seven days, hours after ninety, days after two years', async () => {
    const { usage: store } = stores();
    store.record({ id: 'purged', payer: ['one', 'one', 'purged'] }, 'exemple', 'OK');
    await store.flush();
    const rowCounts = [];
    for (const days of [0, 6.9, 8, 89.9, 91, 729.9, 731.1]) {
      ahead = days * DAY;
      await store.purge();
      rowCounts.push(await rows());
    }
    ahead = 0;
    expect(rowCounts).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [0, 1, 1],
      [0, 1, 1],
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });

  it('in any amount, and nothing newer', async () => {
    const { db } = stores().database;
    const old = iso(now() - 8 * DAY);
    await db.execute(sql`
      insert into usage select 'purged', ${old}::timestamptz, 'p' || n, 'OK', 1 from generate_series(1, 12000) n`);
    await db.execute(sql`
      insert into usage select 'purged', ${iso(now())}::timestamptz, 'p' || n, 'OK', 1 from generate_series(1, 10) n`);
    await stores().usage.purge();
    expect((await rows())[0]).toBe(10);
  });
});
