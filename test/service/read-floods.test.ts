import { eq, sql } from 'drizzle-orm';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { createKey, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const KEYS = 3_000;
/** Milliseconds for what takes hundreds of statements, on a machine that is busy with others. */
const PATIENCE = 90_000;
/** Calls of one batch. */
const BATCH = 20;
/** Calls of another workspace. */
const QUICK = 5;

let service: TestService;
let tenant: Person;
let hers: Credentials;
let other: Credentials;

beforeAll(async () => {
  service = await startTestService();
  tenant = await signUp(service);
  hers = await createKey(service, tenant, { permissions: ['keys:read', 'usage:read', 'audit:read'] });
  other = await createKey(service, await signUp(service));
  // As they come: no table is analyzed. Every third is deleted, every thousandth is a needle.
  await service.running.service.stores.database.db.execute(sql`
    insert into keys (id, workspace_id, owner_id, name, environment, permissions, secret_hash, pepper_version,
      signing_sealed, signing_version, created_at, last_used_at, deleted_at)
    select 'k' || lpad(n::text, 11, '0'), workspace_id, owner_id,
      case when n % 1000 = 0 then 'Needle ' else 'Key ' end || n, 'live', '["exemple:read"]', 'ff', 1, 'x', 1,
      date_trunc('milliseconds', now()) - n * interval '1 second',
      date_trunc('milliseconds', now()) - n * interval '1 second', case when n % 3 = 1 and n % 1000 > 0 then now() end
    from keys, generate_series(1, ${KEYS}) n where id = ${hers.id}`);
});
afterAll(() => service.stop());
afterEach(() => void vi.restoreAllMocks());

/** One request with the same call many times. */
function batch(name: string, input: object) {
  const names = Array(BATCH).fill(name).join(',');
  const inputs = Object.fromEntries(Array.from({ length: BATCH }, (_, n) => [n, input]));
  const target = `/api/${names}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
  return send(service.port, sign(hers, target, { authority: service.authority }));
}

const iso = (ms: number) => new Date(ms).toISOString();
const day = (n: number) => iso(Math.floor(Date.now() / 86_400_000 + n) * 86_400_000);
const range = { from: day(-1), to: day(1), step: 'day' };

describe('S7: batches of reads that look through a large workspace', () => {
  it(
    'do not delay another workspace, and run one statement of their own at a time',
    async () => {
      const { costlyReads } = service.running.service.stores;
      let done = 0;
      const flood = Array.from({ length: 2 }, async () => {
        const { status } = await batch('keys.list', { search: 'zzzz' });
        done++;
        return status;
      });
      await expect.poll(() => costlyReads.occupancy.used).toBeGreaterThan(BATCH);
      for (let n = 0; n < QUICK; n++) {
        expect((await query(service, other, 'exemple')).status).toBe(200);
        expect((await query(service, other, 'whoami')).status).toBe(200);
      }
      expect(done).toBeLessThan(flood.length);
      expect(costlyReads.occupancy.used).toBeGreaterThan(0);
      expect(await Promise.all(flood)).toEqual([200, 200]);
      expect(costlyReads.occupancy.used).toBe(0);
    },
    PATIENCE,
  );

  it.each([
    ['usage.workspace', range],
    ['audit.list', {}],
  ])('wait for each other: %s', async (name, input) => {
    const { costlyReads } = service.running.service.stores;
    const answer = batch(name, input);
    await expect.poll(() => costlyReads.occupancy.used, { interval: 1 }).toBeGreaterThan(0);
    expect((await answer).status).toBe(200);
  });

  it('write the counts of usage once for a batch that reads them', async () => {
    const { database, costlyReads } = service.running.service.stores;
    const { db } = database;
    const { transaction } = db;
    const reads = vi.spyOn(costlyReads, 'run');
    let transactions = 0;
    const counting: typeof transaction = (...args) => {
      transactions++;
      return transaction.apply(db, args as never) as never;
    };
    Object.assign(db, { transaction: counting });
    expect((await batch('usage.key', { id: hers.id, ...range })).status).toBe(200);
    Object.assign(db, { transaction });
    // Each call reads its counts in one, and its durations in another.
    expect(reads).toHaveBeenCalledTimes(2 * BATCH);
    const writes = transactions - reads.mock.calls.length;
    expect(writes).toBeGreaterThan(0);
    expect(writes).toBeLessThan(BATCH / 2);
  });
});

describe('S7: a read that shows the latest counts', () => {
  /** What is stored of the calls of another workspace's key. */
  const stored = () =>
    service.running.service.stores.database.query(sql`
      select (select last_used_at::text from keys where id = ${other.id}),
        (select sum(count)::int from usage where key_id = ${other.id}) as calls,
        (select string_agg(counts::text, ' ') from latencies where key_id = ${other.id}) as latencies,
        (select count(*)::int from request_log where key_id = ${other.id}) as requests`);

  it.each([
    ['keys.list', { sort: 'lastUsed' }, false],
    ['usage.key', range, 'id'],
    ['usage.keys', range, 'ids'],
    ['usage.workspace', range, false],
    ['requests.list', {}, false],
  ])('writes those of its own workspace, and none of another: %s', async (name, input, named) => {
    const { lastUsed, usage, latencies, requestLog } = service.running.service.stores;
    for (const store of [lastUsed, usage, latencies, requestLog]) {
      // The job would write them in the meantime.
      vi.spyOn(store, 'writeDue').mockResolvedValue();
      await store.flush();
    }
    const before = await stored();
    expect((await query(service, other, 'exemple')).status).toBe(200);
    const about = { ...(named === 'id' && { id: hers.id }), ...(named === 'ids' && { ids: [hers.id] }) };
    const { status, json } = await query(service, hers, name, { ...input, ...about });
    expect(status).toBe(200);
    expect(await stored()).toEqual(before);
    if (name === 'keys.list') expect(json.result.data.items[0].id).toBe(hers.id);
  });
});

describe('S7: a list of a large workspace', () => {
  const listed = async (input: object) => {
    const names: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const more = cursor ? { ...input, cursor } : input;
      const { items, nextCursor } = (await query(service, hers, 'keys.list', more)).json.result.data;
      names.push(...items.map(({ name }: { name: string }) => name));
      cursor = nextCursor;
    }
    return names;
  };

  it.each(['newest', 'oldest', 'name', 'lastUsed'])('finds what is far behind, by %s', async (sort) => {
    const rising = ['Needle 1000', 'Needle 2000', 'Needle 3000'];
    const expected = sort === 'oldest' ? [...rising].reverse() : rising;
    expect(await listed({ search: 'NEEDLE', sort, limit: 2 })).toEqual(expected);
    expect(await listed({ search: 'needle', sort, limit: 3 })).toEqual(expected);
  });

  it('shows every key that is not deleted once', async () => {
    const names = await listed({ limit: 100 });
    const { db } = service.running.service.stores.database;
    const [own] = await db
      .select({ n: sql<number>`count(*)::int` })
      .from(keys)
      .where(sql`${keys.deletedAt} is null and ${keys.workspaceId} =
        (select workspace_id from keys mine where ${eq(sql`mine.id`, hers.id)})`);
    expect(names).toHaveLength(own?.n ?? 0);
    expect(new Set(names).size).toBeGreaterThanOrEqual(names.length - 1);
  });

  it('looks at a bounded number of keys with each statement', async () => {
    const { costlyReads } = service.running.service.stores;
    const { run } = costlyReads;
    let statements = 0;
    Object.assign(costlyReads, {
      run: (...args: Parameters<typeof run>) => {
        statements++;
        return run.apply(costlyReads, args);
      },
    });
    await query(service, hers, 'keys.list', { search: 'zzzz' });
    Object.assign(costlyReads, { run });
    expect(statements).toBeGreaterThanOrEqual(KEYS / 500);
  });
});

describe('S7: the busiest keys of a large workspace', () => {
  const MINUTE = 60_000;
  beforeAll(async () => {
    const { db } = service.running.service.stores.database;
    // Every fiftieth key was called in each of 1,500 minutes, the last of them most.
    await db.execute(sql`
      insert into usage (key_id, at, procedure, outcome, count)
      select 'k' || lpad((50 * n)::text, 11, '0'), date_trunc('minute', now()) - m * interval '1 minute', 'exemple',
        case when m % 7 = 0 then 'RATE_LIMITED' else 'OK' end, n
      from generate_series(1, 60) n, generate_series(1, 1500) m`);
    for (const [table, step] of [
      ['usage_hours', 'hour'],
      ['usage_days', 'day'],
    ] as const)
      await db.execute(sql`
        insert into ${sql.identifier(table)} (key_id, at, procedure, outcome, count)
        select key_id, date_trunc(${step}::text, at, 'UTC'), procedure, outcome, sum(count) from usage
        where key_id like 'k0%' group by 1, 2, 3, 4`);
  });

  it.each([
    [1_499, 1],
    [700, 13],
    [61, 2],
    [10, 3],
  ])('are found among %i minutes in bounded statements, with exact sums', async (minutes, ago) => {
    const { costlyReads, database } = service.running.service.stores;
    const to = Math.floor(Date.now() / MINUTE - ago) * MINUTE;
    const asked = { from: iso(to - minutes * MINUTE), to: iso(to), step: 'minute', top: 3 };
    const turns = vi.spyOn(costlyReads, 'run');
    const { keys: busiest } = (await query(service, hers, 'usage.workspace', asked)).json.result.data;
    const expected = await database.query(sql`
      select key_id as id, sum(count) filter (where outcome = 'OK')::int as accepted,
        coalesce(sum(count) filter (where outcome <> 'OK'), 0)::int as refused
      from usage where key_id like 'k0%' and at >= ${asked.from}::timestamptz and at < ${asked.to}::timestamptz
      group by key_id order by sum(count) desc limit 3`);
    expect(
      busiest.map(({ id, accepted, refused }: Record<string, unknown>) => ({ id, accepted, refused })),
    ).toEqual(expected);
    // A day in minutes has at most 59 minutes at each end, and hours between them.
    expect(turns.mock.calls.length).toBeGreaterThan(2);
    expect(turns.mock.calls.length).toBeLessThan(2 + KEYS / (20_000 / 170));
  });
});

describe('S7: the counts of many procedures in one bucket', () => {
  /** More than two statements read, in the bucket of a day. */
  const PROCEDURES = 25_000;
  const MANY = 'k00000000006';
  const FEW = 'k00000000008';
  const asked = { from: day(-10), to: day(-9), step: 'day' };
  let turns: MockInstance;
  beforeEach(() => {
    turns = vi.spyOn(service.running.service.stores.costlyReads, 'run');
  });
  beforeAll(async () => {
    const { db } = service.running.service.stores.database;
    // A service that calls `verify` names as many as it has authorities; the last of them was called most.
    await db.execute(sql`
      insert into usage_days (key_id, at, procedure, outcome, count)
      select subject, ${day(-10)}::timestamptz, 'verify ' || n, case when n % 5 = 0 then 'RATE_LIMITED' else 'OK' end,
        case when n = ${PROCEDURES}::int then 1000 else 1 end
      from generate_series(1, ${PROCEDURES}::int) n, (values (${MANY}::text), (${own()})) as subjects (subject)`);
    await db.execute(sql`
      insert into usage_days (key_id, at, procedure, outcome, count)
      values (${FEW}, ${day(-10)}::timestamptz, 'exemple', 'OK', 30000)`);
  }, PATIENCE);

  const own = () => sql`(select workspace_id from keys where id = ${hers.id})`;
  const total = { accepted: PROCEDURES * 0.8, refused: PROCEDURES * 0.2 + 999 };

  it('are summed up exactly in bounded statements', async () => {
    const { json } = await query(service, hers, 'usage.key', { id: MANY, ...asked });
    // Three for the counts, one for the durations.
    expect(turns.mock.calls.length).toBe(4);
    const { accepted, refused, points, outcomes, procedures } = json.result.data;
    expect({ accepted, refused }).toEqual(total);
    expect(points).toMatchObject([total]);
    expect(outcomes).toEqual([
      { outcome: 'OK', count: total.accepted },
      { outcome: 'RATE_LIMITED', count: total.refused },
    ]);
    expect(procedures).toHaveLength(100);
    expect(procedures[0]).toEqual({ procedure: `verify ${PROCEDURES}`, accepted: 0, refused: 1_000 });
  });

  it('are summed up for several keys, in their order', async () => {
    const ids = ['k00000000005', MANY, FEW, 'k00000000009'];
    const { json } = await query(service, hers, 'usage.keys', { ids, ...asked });
    // Up to the key with many, its own counts, and the keys after it.
    expect(turns.mock.calls.length).toBe(1 + 3 + 1);
    expect(
      json.result.data.items.map(({ id, accepted, refused }: Record<string, unknown>) => ({
        id,
        accepted,
        refused,
      })),
    ).toEqual([
      { id: ids[0], accepted: 0, refused: 0 },
      { id: MANY, ...total },
      { id: FEW, accepted: 30_000, refused: 0 },
      { id: ids[3], accepted: 0, refused: 0 },
    ]);
  });

  it('do not hide the busiest keys, nor make a statement longer', async () => {
    const { json } = await query(service, hers, 'usage.workspace', { ...asked, top: 2 });
    const { keys: busiest, accepted } = json.result.data;
    expect(accepted).toBe(total.accepted);
    expect(busiest.map(({ id, ...sum }: { id: string }) => [id, sum])).toMatchObject([
      [FEW, { accepted: 30_000, refused: 0 }],
      [MANY, total],
    ]);
    // The sums of the workspace, three batches of keys more than without the cut, and the key at which one was cut.
    expect(turns.mock.calls.length).toBeLessThanOrEqual(4 + KEYS / 500 + 2 + 3);
  });
});

describe('S7: a list of a long log', () => {
  /** More than three statements read. */
  const ROWS = 7_000;
  /** Each call of a list reads at most 50,000. */
  const MANY_ROWS = 101_000;
  beforeAll(async () => {
    const { db } = service.running.service.stores.database;
    const own = sql`(select workspace_id from keys where id = ${hers.id})`;
    await db.execute(sql`
      insert into audit_records (workspace_id, seq, at, actor_kind, actor_id, action, subject, mac, key_version)
      select ${own}, 1000 + n, now(), 'user', 'someone', case when n = 5 then 'rare' else 'frequent' end, 'a', 'm', 1
      from generate_series(1, ${ROWS}::int) n`);
    await db.execute(sql`
      insert into request_log (workspace_id, at, id, request_id, key_id, procedure, outcome, status, duration_ms, environment, represents)
      select ${own}, now() - n * interval '1 second', 'i' || n, 'r' || n, 'someone', 'frequent',
        case when n = ${ROWS}::int - 5 then 'RATE_LIMITED' else 'OK' end, 200, 1, 'live', 1
      from generate_series(1, ${ROWS}::int) n`);
    await db.execute(sql`
      insert into request_log (workspace_id, at, id, request_id, key_id, procedure, outcome, status, duration_ms, environment, represents)
      select ${own}, now() - n * interval '1 second', 'j' || n, 's' || n, 'another', 'other',
        case when n = 5 then 'CREDITS_EXHAUSTED' else 'SIGNATURE_INVALID' end, 401, 1, 'live', 1
      from generate_series(1, 6100) n`);
  });

  it.each([
    ['audit.list', { actorId: 'someone', action: 'rare' }, 4],
    ['audit.list', { actorId: 'someone', to: day(-1) }, 4],
    ['audit.list', { actorId: 'someone' }, 1],
    ['requests.list', { keyId: 'someone', outcome: 'RATE_LIMITED' }, 4],
    ['requests.list', { keyId: 'someone', procedure: 'frequent' }, 1],
    ['requests.list', { outcome: 'CREDITS_EXHAUSTED' }, 4],
    ['requests.list', { outcome: 'accepted' }, 1],
  ])('looks at a bounded number of rows with each statement: %s %j', async (name, input, most) => {
    const { costlyReads } = service.running.service.stores;
    const turns = vi.spyOn(costlyReads, 'run');
    const { items } = (await query(service, hers, name, input)).json.result.data;
    expect(turns).toHaveBeenCalledTimes(most);
    expect(items).toHaveLength(most === 1 ? 50 : 'to' in input ? 0 : 1);
  });

  describe('of a hundred thousand rows', () => {
    beforeAll(async () => {
      const { db } = service.running.service.stores.database;
      const own = sql`(select workspace_id from keys where id = ${hers.id})`;
      // The oldest five records are of one subject; two thousand of another are the oldest but these. Days go back from yesterday.
      await db.execute(sql`
        insert into audit_records (workspace_id, seq, at, actor_kind, actor_id, action, subject, mac, key_version)
        select ${own}, 200000 + n, now() - interval '1 day' - (${MANY_ROWS}::int - n) * interval '1 minute', 'user', 'many',
          'many', case when n <= 5 then 'few' when n <= 2005 then 'old' else 'new' end, 'm', 1
        from generate_series(1, ${MANY_ROWS}::int) n`);
      await db.execute(sql`
        insert into request_log (workspace_id, at, id, request_id, key_id, procedure, outcome, status, duration_ms, environment, represents)
        select ${own}, now() - interval '3 hours' - n * interval '100 milliseconds', 'm' || n, 'm' || n, 'many', 'many', 'OK', 200,
          1, 'live', 1
        from generate_series(1, ${MANY_ROWS}::int) n`);
    }, PATIENCE);

    /** All pages of a list: the items of each, and how many statements it took. */
    async function pagesOf(name: string, input: object) {
      const turns = vi.spyOn(service.running.service.stores.costlyReads, 'run');
      const pages: { items: { seq: number; subject: string }[]; statements: number }[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const before = turns.mock.calls.length;
        const more = cursor ? { ...input, cursor } : input;
        const { items, nextCursor } = (await query(service, hers, name, more)).json.result.data;
        pages.push({ items, statements: turns.mock.calls.length - before });
        cursor = nextCursor;
      }
      return pages;
    }

    it.each([
      ['audit.list', { actorId: 'many', action: 'none' }],
      ['audit.list', { actorId: 'many', to: day(-1_000) }],
      ['requests.list', { keyId: 'many', procedure: 'none' }],
    ])(
      'one call reads at most 50,000, and the next goes on: %s %j',
      async (name, input) => {
        const pages = await pagesOf(name, input);
        expect(pages.map(({ items, statements }) => [items.length, statements])).toEqual([
          [0, 25],
          [0, 25],
          [0, 1],
        ]);
      },
      PATIENCE,
    );

    it('finds the few records of a subject at once, however old they are', async () => {
      const [page, ...more] = await pagesOf('audit.list', { subject: 'few', limit: 3 });
      expect(page?.items.map(({ seq }) => seq)).toEqual([200_005, 200_004, 200_003]);
      expect(more.map(({ items }) => items.map(({ seq }) => seq))).toEqual([[200_002, 200_001]]);
      expect(page?.statements).toBe(2);
    });

    it(
      'reads those of a subject with many in bounded statements, each once and in order',
      async () => {
        const pages = await pagesOf('audit.list', { subject: 'old', limit: 100 });
        const seqs = pages.flatMap(({ items }) => items.map(({ seq }) => seq));
        expect(seqs).toEqual(Array.from({ length: 2_000 }, (_, n) => 202_005 - n));
        expect(Math.max(...pages.map(({ statements }) => statements))).toBeLessThanOrEqual(26);
      },
      PATIENCE,
    );

    it(
      'goes to a time without reading what came after it',
      async () => {
        const long = { from: day(-60), to: day(-58), limit: 100 };
        const pages = await pagesOf('audit.list', long);
        const seqs = pages.flatMap(({ items }) => items.map(({ seq }) => seq));
        expect(seqs).toHaveLength(2 * 24 * 60);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
        expect(pages.every(({ statements }) => statements === 1)).toBe(true);
      },
      PATIENCE,
    );
  });
});
