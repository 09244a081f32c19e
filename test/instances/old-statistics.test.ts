import postgres from 'postgres';
import { afterAll, beforeAll, expect } from 'vitest';
import { deleteEnded } from '../../server/app/retention.ts';
import { connectionsClosed } from '../harness/closed-connections.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { seedWorkspace } from '../harness/large-workspace.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, newAddress, newMember } from '../harness/teams.ts';

/** Rows of each table that belong to another workspace. */
const ROWS = 100_000;
/** Rows of one table that all reads of a new workspace may visit: each has some dozens of its own. */
const MAX_VISITED = 5_000;

const day = (n: number) => new Date(Math.floor(Date.now() / 86_400_000 + n) * 86_400_000).toISOString();
const span = { from: day(-1), to: day(1) };
const STEPS = ['minute', 'hour', 'day'] as const;

const { describe, test } = requires('postgres');

/** The planner takes the tables for small, and every recent time for rare: statistics are as old as the last `analyze`. */
describe('a workspace next to a large one, with statistics from before that one grew', () => {
  let service: TestService;
  let behind: postgres.Sql;
  let ada: Person;
  let keyId: string;

  beforeAll(async () => {
    const DATABASE_URL = await freshPostgres();
    service = await startTestService({ env: { DATABASE_URL } });
    behind = postgres(DATABASE_URL, { max: 1, onnotice: () => {} });
    ada = await signUp(service);
    const key = await createKey(service, ada, { externalId: 'acme' });
    keyId = key.id;
    for (let n = 0; n < 5; n++) await query(service, key, 'exemple');
    await query(service, { ...key, signingSecret: 'kss_wrong' }, 'exemple');
    const eve = await signUp(service);
    await query(service, ada, 'usage.key', { id: keyId, ...span, step: 'day' });
    const tables =
      await behind`select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;
    for (const { relname } of tables)
      await behind`alter table ${behind(relname)} set (autovacuum_enabled = false)`;
    await behind`analyze`;
    await seedWorkspace(service, eve, await activeOf(service, eve), ROWS, { analyzed: false });
  }, 300_000);
  afterAll(async () => {
    await service.stop();
    await behind.end();
  });

  /** How many rows of each table, or entries of its indices, anything has visited so far. */
  async function visited(): Promise<Map<string, number>> {
    await service.stop();
    await connectionsClosed(behind);
    const rows = await behind`
      select relname, (seq_tup_read + coalesce(idx_tup_fetch, 0) + (
        select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes as of where of.relid = tables.relid
      ))::int as n from pg_stat_user_tables as tables`;
    service = await restart(service);
    return new Map(rows.map(({ relname, n }) => [relname, n]));
  }

  const READS: Readonly<Record<string, () => readonly object[]>> = {
    'usage.key': () => STEPS.map((step) => ({ id: keyId, ...spanOf(step), step })),
    'usage.keys': () => STEPS.map((step) => ({ ids: [keyId], ...spanOf(step), step })),
    'usage.workspace': () =>
      STEPS.flatMap((step) => [
        { ...spanOf(step), step },
        { ...spanOf(step), step, environment: 'live' },
      ]),
    'requests.list': () => [
      {},
      span,
      { requestId: 'request 77' },
      { keyId },
      { procedure: 'exemple' },
      { procedure: 'nothing' },
      { outcome: 'refused' },
      { outcome: 'KEY_EXPIRED' },
    ],
    'keys.list': () => [
      {},
      { externalId: 'acme' },
      { status: 'active' },
      { sort: 'name' },
      { sort: 'lastUsed' },
    ],
    'audit.list': () => [{}, span, { subject: keyId }, { actorId: ada.userId }, { action: 'keys.create' }],
    'owners.list': () => [{}],
    'members.list': () => [{}],
    'invitations.list': () => [{}],
    'sessions.list': () => [{}],
    'workspaces.list': () => [{}],
    'workspaces.get': () => [{}],
  };

  /** The tables of which something visits many rows, apart from what startup and shutdown visit, with how many. */
  async function visitedMuch(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = await visited();
    const idle = await visited();
    await work();
    const after = await visited();
    const risen = (table: string, from: Map<string, number>, to: Map<string, number>) =>
      (to.get(table) ?? 0) - (from.get(table) ?? 0);
    const rises = [...after.keys()].map(
      (table) => [table, risen(table, idle, after) - risen(table, before, idle)] as const,
    );
    return Object.fromEntries(rises.filter(([, rows]) => rows > MAX_VISITED));
  }

  test('visits few rows of any table in every read', async () => {
    const much = await visitedMuch(async () => {
      for (const [name, inputs] of Object.entries(READS))
        for (const input of inputs()) {
          const { status, reason } = await query(service, ada, name, input);
          expect([name, input, status, reason]).toEqual([name, input, 200, undefined]);
        }
    });
    expect(much).toEqual({});
  }, 120_000);

  test('begins each read of usage where its range begins', async () => {
    // As of a key that many procedures were called with, in each minute.
    await behind`
      insert into usage (key_id, at, procedure, outcome, count)
      select ${keyId}, date_trunc('day', now(), 'UTC') - n / 100 * interval '1 minute' - interval '1 hour', 'p' || n % 100, 'OK', 1
      from generate_series(1, ${ROWS}::int) n`;
    await behind`
      insert into latencies (key_id, at, counts)
      select ${keyId}, date_trunc('day', now(), 'UTC') - n * interval '4 seconds' - interval '1 hour', '{0,1,2}'
      from generate_series(1, ${ROWS}::int) n`;
    const input = { ...spanOf('minute'), step: 'minute' };
    const blocks = async (): Promise<number> => {
      await visited();
      const [row] = await behind`
        select sum(idx_blks_read + idx_blks_hit)::int as n from pg_statio_user_indexes where relname in ('usage', 'latencies')`;
      return row?.['n'];
    };
    const round = async (): Promise<number> => {
      const before = await blocks();
      for (const [name, more] of [
        ['usage.key', { id: keyId }],
        ['usage.keys', { ids: [keyId] }],
        ['usage.workspace', {}],
      ] as const)
        expect((await query(service, ada, name, { ...more, ...input })).status).toBe(200);
      return (await blocks()) - before;
    };
    // A job of each minute may visit blocks in one round, but not in every one.
    const rounds = [await round(), await round(), await round()];
    expect(Math.min(...rounds)).toBeLessThan(300);
  });

  test('visits few rows of any table in calls and changes', async () => {
    const guest = await newMember(service, ada, 'developer');
    const change = async (name: string, input: object) => {
      const { status, reason } = await mutate(service, ada, name, input);
      expect([name, status, reason]).toEqual([name, 200, undefined]);
    };
    const much = await visitedMuch(async () => {
      const { email, password } = ada;
      expect((await callPublic(service, 'auth.signIn', { email, password })).status).toBe(200);
      const key = await createKey(service, ada, { externalId: 'acme', idempotencyKey: 'once-and-once-only' });
      expect((await query(service, key, 'exemple')).status).toBe(200);
      await change('keys.update', { id: key.id, name: 'other' });
      await change('keys.rotate', { id: key.id, graceSeconds: 60 });
      await change('keys.revoke', { id: key.id });
      await change('owners.update', { externalId: 'acme', limits: [] });
      await change('invitations.create', { email: newAddress(), role: 'viewer' });
      await change('members.setRole', { userId: guest.userId, role: 'viewer' });
      await change('auth.createReset', { userId: guest.userId });
      await change('members.remove', { userId: guest.userId });
      await change('sessions.revoke', { others: true });
      await change('auth.updateProfile', { name: 'Ada B' });
      await change('workspaces.rename', { name: 'small' });
      await change('workspaces.delete', { name: 'small' });
    });
    expect(much).toEqual({});
  }, 120_000);

  test('visits few rows of any table in purges that find nothing', async () => {
    const much = await visitedMuch(async () => {
      const { stores } = service.running.service;
      const { replay, rates, usage, latencies, requestLog, unauthenticatedCalls } = stores;
      await deleteEnded(stores);
      for (const store of [replay, rates, usage, latencies, requestLog, unauthenticatedCalls])
        await store.purge();
    });
    expect(much).toEqual({});
  }, 120_000);
});

/** What a step may be asked for at once. */
const spanOf = (step: (typeof STEPS)[number]) => (step === 'minute' ? { from: day(0), to: day(1) } : span);
