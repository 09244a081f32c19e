import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteEnded } from '../../server/app/retention.ts';
import { builtInApi } from '../../server/app/router.ts';
import { connectionsClosed } from '../harness/closed-connections.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { keyOf, seedWorkspace } from '../harness/large-workspace.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, invite, newAddress } from '../harness/teams.ts';
import { type Answer, type Credentials, send } from '../harness/wire.ts';

const ROWS = 100_000;
/** Bytes of one answer: a page of a hundred. */
const MAX_BYTES = 64 * 1024;
/** Items of one page that are asked for. */
const PAGE = 100;

const day = (n: number) => new Date(Math.floor(Date.now() / 86_400_000 + n) * 86_400_000).toISOString();
const range = { from: day(-1), to: day(1), step: 'day' };

interface Call {
  readonly input?: object;
  /** The tables that it may read whole, because it counts what is in them. */
  readonly counts?: readonly string[];
}

/** Every query, in the ways in which it can be asked. */
const QUERIES: Record<string, readonly Call[]> = {
  'keys.list': [
    { input: { limit: PAGE } },
    { input: { limit: PAGE, externalId: 'acme' } },
    { input: { limit: PAGE, status: 'active' } },
    { input: { limit: PAGE, environment: 'live' } },
    { input: { limit: PAGE, sort: 'oldest' } },
    { input: { limit: PAGE, sort: 'name', status: 'active', environment: 'live' } },
    { input: { limit: PAGE, sort: 'lastUsed', status: 'active', environment: 'live' } },
    // What hardly any key has is looked for in all keys of the workspace.
    { input: { limit: PAGE, search: 'nothing has this name' }, counts: ['keys'] },
    { input: { limit: PAGE, status: 'revoked' }, counts: ['keys'] },
    { input: { limit: PAGE, environment: 'test' }, counts: ['keys'] },
  ],
  'keys.get': [{ input: { id: keyOf(ROWS) } }],
  'keys.limits': [{ input: { id: keyOf(ROWS) } }],
  'exchangeRules.list': [{}],
  'owners.list': [{ input: { limit: PAGE } }],
  'owners.get': [{ input: { externalId: 'acme' } }],
  'members.list': [{ input: { limit: PAGE } }],
  'invitations.list': [{}],
  'sessions.list': [{}],
  'identities.list': [{}],
  'secondFactor.get': [{}],
  'passkeys.list': [{}],
  'workspaces.list': [{}],
  'workspaces.get': [{}],
  'usage.key': [{ input: { id: keyOf(ROWS), ...range } }],
  'usage.keys': [{ input: { ids: Array.from({ length: PAGE }, (_, n) => keyOf(ROWS - n)), ...range } }],
  'usage.workspace': [{ input: { ...range, top: 0 } }, { input: range }],
  'requests.list': [
    { input: { limit: PAGE } },
    { input: { limit: PAGE, from: day(-1), to: day(1) } },
    { input: { limit: PAGE, requestId: 'request 77' } },
    { input: { limit: PAGE, keyId: keyOf(7) } },
    { input: { limit: PAGE, procedure: 'nothing' } },
    { input: { limit: PAGE, outcome: 'refused' } },
    { input: { limit: PAGE, outcome: 'KEY_EXPIRED' } },
  ],
  'audit.list': [
    { input: { limit: PAGE } },
    { input: { limit: PAGE, from: day(-1), to: day(1) } },
    { input: { limit: PAGE, subject: 'nothing' } },
    { input: { limit: PAGE, actorId: 'nobody' } },
    { input: { limit: PAGE, action: 'nothing' } },
  ],
  'audit.verify': [{}],
  whoami: [{}],
  exemple: [{}],
  profile: [{}],
  health: [{}],
};

requires('postgres').describe('a workspace with a hundred thousand of everything', () => {
  let service: TestService;
  let behind: postgres.Sql;
  let ada: Person;
  let key: Credentials & { apiKey: string };
  let spare: Credentials;
  /** Tables that were filled. */
  let filled: readonly string[];
  /** How often startup and shutdown read each of them whole. */
  let idle: Map<string, number>;

  beforeAll(async () => {
    const DATABASE_URL = await freshPostgres();
    service = await startTestService({ env: { DATABASE_URL } });
    behind = postgres(DATABASE_URL, { max: 1, onnotice: () => {} });
    ada = await signUp(service);
    const limits = [{ name: 'minute', limit: 1_000, windowSeconds: 60 }];
    const policy = { externalId: 'acme', limits, credits: { remaining: 1_000 } };
    key = await createKey(service, ada, { ...policy, permissions: ['exemple:*', 'profile:*'] });
    spare = await createKey(service, ada);
    await seedWorkspace(service, ada, await activeOf(service, ada), ROWS);
    const tables = await behind`
      select relname from pg_class where relkind = 'r' and reltuples >= ${ROWS} and relnamespace = 'public'::regnamespace`;
    filled = tables.map(({ relname }) => relname);
    idle = await readWhole(async () => {});
  }, 300_000);
  afterAll(async () => {
    await service.stop();
    await behind.end();
  });

  async function scans(): Promise<Map<string, number>> {
    await connectionsClosed(behind);
    const rows = await behind`select relname, seq_scan::int as n from pg_stat_user_tables`;
    return new Map(rows.map(({ relname, n }) => [relname, n]));
  }

  /** How often each of the large tables is read whole while the service starts, does something, and stops. */
  async function readWhole(work: () => Promise<unknown>): Promise<Map<string, number>> {
    await service.stop();
    const before = await scans();
    service = await restart(service);
    await work();
    await service.stop();
    const after = await scans();
    return new Map(filled.map((table) => [table, (after.get(table) ?? 0) - (before.get(table) ?? 0)]));
  }

  /** The large tables that something reads whole, apart from what startup reads. */
  async function readWholeBy(work: () => Promise<unknown>): Promise<string[]> {
    const read = await readWhole(work);
    return filled.filter((table) => (read.get(table) ?? 0) > (idle.get(table) ?? 0));
  }

  /**
   * What reads a large table whole, with the tables. All of it is done between one start and one stop, which take seconds; what reads
   * one is then found by doing each by itself.
   */
  async function reading(works: Readonly<Record<string, () => Promise<unknown>>>): Promise<string[]> {
    const together = await readWholeBy(async () => {
      for (const work of Object.values(works)) await work();
    });
    const found: string[] = [];
    if (together.length === 0) return found;
    for (const [name, work] of Object.entries(works)) {
      const read = await readWholeBy(work);
      if (read.length > 0) found.push(`${name}: ${read}`);
    }
    return found.length > 0 ? found : [`one of them: ${together}`];
  }

  /** By a caller who may: `profile` is for a key on behalf of a person. */
  function asked(name: string, input?: object): Promise<Answer> {
    if (name === 'health') {
      const headers = [['host', service.authority]] as const;
      return send(service.port, { method: 'GET', target: '/api/health', headers, body: null });
    }
    const who = name === 'exemple' ? key : name === 'profile' ? { ...key, token: ada.token } : ada;
    return query(service, who, name, input);
  }

  it('contains what the tests need', () => {
    expect(filled).toEqual(
      expect.arrayContaining([
        ...[
          'keys',
          'users',
          'memberships',
          'workspaces',
          'external_owners',
          'invitations',
          'sessions',
          'credits',
        ],
        ...[
          'audit_records',
          'request_log',
          'usage',
          'usage_hours',
          'usage_days',
          'refused_calls',
          'idempotency',
          'rate_windows',
        ],
        ...['nonces', 'password_resets'],
      ]),
    );
  });

  it('is read by every query in these tests', () => {
    const queries = [...builtInApi.procedures]
      .filter(([, { type }]) => type === 'query')
      .map(([name]) => name);
    expect(Object.keys(QUERIES).sort()).toEqual(queries.sort());
  });

  const calls = Object.entries(QUERIES).flatMap(([name, ways]) => ways.map((way) => ({ name, ...way })));
  const counting = calls.filter(({ counts }) => counts !== undefined);

  async function getPage({ name, input }: { name: string } & Call): Promise<void> {
    const answer = await asked(name, input);
    expect([name, input, answer.status, answer.reason]).toEqual([name, input, 200, undefined]);
    expect(answer.text.length).toBeLessThan(MAX_BYTES);
    const { items = [], points = [], procedures: named = [] } = answer.json.result.data ?? {};
    for (const list of [items, points, named]) expect(list.length).toBeLessThanOrEqual(PAGE);
  }

  it('gets a page from each query without a scan of a large table', async () => {
    const paged = calls.filter((call) => !counting.includes(call));
    const works = paged.map((call) => [JSON.stringify(call), () => getPage(call)] as const);
    expect(works.length).toBeGreaterThan(30);
    expect(await reading(Object.fromEntries(works))).toEqual([]);
  }, 240_000);

  it.each(counting)('gets a page from $name $input with a scan of only $counts', async (call) => {
    const read = await readWholeBy(() => getPage(call));
    expect(read.filter((table) => !call.counts?.includes(table))).toEqual([]);
  });

  // Two from far behind, whose cursors are the names that they go by.
  it.each<[string, object, number]>([
    ['keys.list', {}, ROWS + 2],
    ['audit.list', {}, ROWS],
    ['owners.list', { cursor: `customer ${String(ROWS - 5_000).padStart(8, '0')}` }, 5_000],
    ['members.list', { cursor: `usr_${String(ROWS - 5_000).padStart(12, '0')}` }, 5_000],
  ])(
    'is paged through by %s %j, each page once, without a scan of a large table',
    async (...way) => {
      const [name, input, atLeast] = way;
      const { seen, pages, read } = await follow(name, input, Number.POSITIVE_INFINITY);
      expect(seen.size).toBeGreaterThanOrEqual(atLeast);
      expect(pages).toBe(Math.ceil(seen.size / PAGE));
      expect(read).toEqual([]);
    },
    120_000,
  );

  it.each(['oldest', 'name', 'lastUsed'])(
    'keys.list by %s continues without reading it whole',
    async (sort) => {
      const { seen, read } = await follow('keys.list', { sort }, 20);
      expect(seen.size).toBe(20 * PAGE);
      expect(read).toEqual([]);
    },
  );

  /** What the pages of a list hold, by their ids. */
  async function follow(name: string, input: object, most: number) {
    const seen = new Set<string>();
    let pages = 0;
    const read = await readWholeBy(async () => {
      for (let next: object | null = input; next !== null && pages < most; pages++) {
        const answer: Answer = await asked(name, { limit: PAGE, ...next });
        const { items, nextCursor } = answer.json.result.data;
        for (const { id, externalId, userId, seq } of items)
          seen.add(String(id ?? userId ?? seq ?? externalId));
        next = nextCursor === null ? null : { ...input, cursor: nextCursor };
      }
    });
    return { seen, pages, read };
  }

  describe('a workspace with a hundred thousand of everything, in frequent calls and changes', () => {
    const DEEDS: Record<string, () => Promise<unknown>> = {
      'a call of a key with limits and credits': () => query(service, key, 'exemple'),
      'a call that is refused': () => query(service, { ...key, signingSecret: 'kss_wrong' }, 'exemple'),
      'a call without credentials': () => query(service, { ...key, apiKey: null }, 'exemple'),
      'a sign-in': () => {
        const { email, password } = ada;
        return callPublic(service, 'auth.signIn', { email, password });
      },
      'a sign-up': () => signUp(service),
      'a new key': () =>
        createKey(service, ada, { externalId: 'acme', idempotencyKey: 'once-and-once-only' }),
      'a key that is changed': () => mutate(service, ada, 'keys.update', { id: keyOf(7), name: 'other' }),
      'a key that is rotated': () => mutate(service, ada, 'keys.rotate', { id: spare.id, graceSeconds: 60 }),
      'a key that is revoked': () => mutate(service, ada, 'keys.revoke', { id: keyOf(9) }),
      'an external owner that is bounded': () =>
        mutate(service, ada, 'owners.update', { externalId: 'acme', limits: [] }),
      'an invitation': () => invite(service, ada, newAddress()),
      'a link for a new password': () =>
        mutate(service, ada, 'auth.createReset', { userId: 'usr_000000000005' }),
      'a member who goes': () => mutate(service, ada, 'members.remove', { userId: 'usr_000000000006' }),
      'sessions that are ended': () => mutate(service, ada, 'sessions.revoke', { others: true }),
      'an invitation of a member': async () => {
        const { reason } = await mutate(service, ada, 'invitations.create', {
          email: 'm77@crowd.example',
          role: 'viewer',
        });
        return { status: reason === 'CONFLICT' ? 200 : 0 };
      },
      'a member who gets another role': () =>
        mutate(service, ada, 'members.setRole', { userId: 'usr_000000000007', role: 'developer' }),
      'a new name of the workspace': () => mutate(service, ada, 'workspaces.rename', { name: 'large' }),
      'a new name of a person': () => mutate(service, ada, 'auth.updateProfile', { name: 'Ada B' }),
    };

    it('have no scan of a large table', async () => {
      const statuses: unknown[] = [];
      const works = Object.entries(DEEDS).map(([name, deed]) => {
        const work = async () => statuses.push(((await deed()) as { status?: number }).status);
        return [name, work] as const;
      });
      expect(await reading(Object.fromEntries(works))).toEqual([]);
      expect(statuses).toHaveLength(works.length);
      for (const status of statuses) expect([200, 401, undefined]).toContain(status);
    }, 240_000);

    it('has no scan of a large table in the purges', async () => {
      const read = await readWholeBy(async () => {
        const { stores } = service.running.service;
        await deleteEnded(stores);
        for (const store of [
          stores.replay,
          stores.rates,
          stores.usage,
          stores.requestLog,
          stores.unauthenticatedCalls,
        ])
          await store.purge();
      });
      expect(read).toEqual([]);
    });
  });
});
