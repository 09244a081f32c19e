import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJobs, flush } from '../../server/app/jobs.ts';
import { createLogger } from '../../server/app/log.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { countRows, runStatements } from '../harness/rows.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf } from '../harness/teams.ts';

/** Runs of a job: those of an hour if it runs every minute. */
const RUNS = 60;
/** Attempts of those runs that may be spent on an item that keeps failing. */
const MAX_ATTEMPTS = 10;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterEach(() => run(['drop function if exists refuse cascade', 'drop sequence if exists attempts']));
afterAll(() => service.stop());

const run = (statements: readonly string[]) => runStatements(service, statements);
const stores = () => service.running.service.stores;

/** Makes the database refuse a write, and count how often it did. @param when a condition on the row `new` or `old` */
const refuse = (operation: string, table: string, when: string) =>
  run([
    'create sequence attempts',
    `create function refuse() returns trigger language plpgsql as $$ begin
       perform nextval('attempts'); raise exception 'broken'; end $$`,
    `create trigger refuse before ${operation} on ${table} for each row when (${when}) execute function refuse()`,
  ]);

async function attempts(): Promise<number> {
  const [row] = await stores().database.query<{ n: number }>(
    sql`select case when is_called then last_value else 0 end::int as n from attempts`,
  );
  return row?.n ?? 0;
}

/** The jobs of a service, with a log of their own. */
function jobsOf({ running }: TestService) {
  const lines: { job?: string; msg: string; failed?: number }[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const log = createLogger({ logLevel: 'info', logFormat: 'json' }, { write });
  const jobs = createJobs(running.service.stores, log, new AbortController().signal);
  const runJob = async (name: string, times = 1) => {
    const job = jobs.find((one) => one.name === name);
    if (!job) throw new Error(`no job is called ${name}`);
    for (let i = 0; i < times; i++) await job.run();
  };
  return { runJob, lines };
}

/** A person with a workspace of their own and a key in it. */
async function tenant() {
  const person = await signUp(service);
  return { person, workspaceId: await activeOf(service, person), key: await createKey(service, person) };
}

type Tenant = Awaited<ReturnType<typeof tenant>>;

async function remove(person: Person): Promise<void> {
  const { name } = (await query(service, person, 'workspaces.get')).json.result.data;
  expect((await mutate(service, person, 'workspaces.delete', { name })).status).toBe(200);
}

const isEmpty = ({ workspaceId }: Tenant) =>
  countRows(service, sql`workspaces where id = ${workspaceId} and emptied_at is not null`);

const callsOf = ({ key }: Tenant) => countRows(service, sql`usage where key_id = ${key.id}`);
const loggedOf = ({ key }: Tenant) => countRows(service, sql`request_log where key_id = ${key.id}`);
const usedAt = ({ key }: Tenant) =>
  countRows(service, sql`keys where id = ${key.id} and last_used_at is not null`);

/** Two tenants whose workspaces sort in this order: the first fails. */
async function twoTenants(): Promise<[Tenant, Tenant]> {
  const both = [await tenant(), await tenant()];
  return both.sort((a, b) => (a.workspaceId < b.workspaceId ? -1 : 1)) as [Tenant, Tenant];
}

/** Calls with the keys of both. */
async function bothCall(broken: Tenant, other: Tenant): Promise<void> {
  for (const { key } of [broken, other]) expect((await query(service, key, 'exemple')).status).toBe(200);
}

describe('S3: an item of a job that fails again and again', () => {
  it('is tried less and less often: a workspace that cannot be emptied', async () => {
    const [broken, other] = await twoTenants();
    await refuse(
      'update',
      'keys',
      `new.revoked_reason is not null and new.workspace_id = '${broken.workspaceId}'`,
    );
    for (const { person } of [broken, other]) await remove(person);
    const { runJob, lines } = jobsOf(service);
    await runJob('empty deleted workspaces', RUNS);
    expect(await isEmpty(other)).toBe(1);
    expect(await isEmpty(broken)).toBe(0);
    expect(await attempts()).toBeLessThanOrEqual(MAX_ATTEMPTS);
    expect(lines).toHaveLength(1);
    await run(['drop trigger refuse on keys']);
    await runJob('empty deleted workspaces', RUNS + 4);
    expect(await isEmpty(broken)).toBe(1);
  });
});

describe('S3: one row that cannot be written', () => {
  it.each([
    ['usage', 'write counts of calls', "new.key_id = 'ID'", callsOf],
    ['request_log', 'write the request log', "new.key_id = 'ID'", loggedOf],
    ['keys', 'write when keys were used', "new.id = 'ID' and new.last_used_at is not null", usedAt],
  ])('holds up no other in %s', async (table, job, when, countOf) => {
    const [broken, other] = await twoTenants();
    await refuse(table === 'keys' ? 'update' : 'insert', table, when.replace('ID', broken.key.id));
    await bothCall(broken, other);
    const { runJob, lines } = jobsOf(service);
    await runJob(job, 2 * RUNS);
    expect(await countOf(other)).toBe(1);
    expect(await countOf(broken)).toBe(0);
    expect(await attempts()).toBeLessThanOrEqual(2 * MAX_ATTEMPTS);
    expect(lines.length).toBeLessThanOrEqual(2);
    await run([`drop trigger refuse on ${table}`]);
    await runJob(job, 2 * RUNS);
    expect(await countOf(broken)).toBe(1);
  });

  it.each([
    ['usage', callsOf],
    ['request_log', loggedOf],
  ])('holds up no other in %s at a stop, after which nothing is written', async (table, countOf) => {
    const [broken, other] = await twoTenants();
    await refuse('insert', table, `new.key_id = '${broken.key.id}'`);
    await bothCall(broken, other);
    await expect(flush(stores())).rejects.toThrow();
    expect(await countOf(other)).toBe(1);
    expect(await countOf(broken)).toBe(0);
  });

  it('but a table that is locked ends a run at its first timeout, not after that of each batch', async () => {
    const { usage } = stores();
    const { key } = await tenant();
    await refuse('insert', 'usage', 'true');
    await run([
      `create or replace function refuse() returns trigger language plpgsql as $$ begin
         perform nextval('attempts'); raise exception 'slow' using errcode = '57014'; end $$`,
    ]);
    // In one turn of the event loop, so that no run of the service's own comes between.
    for (let n = 0; n < 1_200; n++) usage.record({ id: key.id, payer: [] }, `procedure-${n}`, 'OK');
    await expect(usage.flush()).rejects.toThrow();
    expect(await attempts()).toBe(1);
  });

  it('fails no read of another workspace’s requests', async () => {
    const [broken, other] = await twoTenants();
    await refuse('insert', 'request_log', `new.key_id = '${broken.key.id}'`);
    await bothCall(broken, other);
    const { status, json } = await query(service, other.person, 'requests.list');
    expect(status).toBe(200);
    expect(json.result.data.items).toHaveLength(1);
  });

  it('holds up no other among refusals that are recorded', async () => {
    const [broken, other] = await twoTenants();
    await refuse('insert', 'audit_records', `new.workspace_id = '${broken.workspaceId}'`);
    const { rejectedAttempts } = stores();
    const payer = (one: Tenant) => ['', one.workspaceId, one.key.id];
    for (const one of [broken, other])
      rejectedAttempts.record({ id: one.key.id, payer: payer(one) }, 'SIGNATURE_REPLAYED');
    const recordsOf = ({ key }: Tenant) =>
      countRows(service, sql`audit_records where subject = ${key.id} and action = 'admission.refused'`);
    await rejectedAttempts.flush(true).catch(() => {});
    expect(await recordsOf(other)).toBe(1);
    expect(await recordsOf(broken)).toBe(0);
  });

  it('holds up no other among those that are purged', async () => {
    const [broken, other] = await twoTenants();
    for (const { key } of [broken, other])
      await run([
        `insert into usage (key_id, at, procedure, outcome, count) values ('${key.id}', '2000-01-01', 'x', 'OK', 1)`,
        `insert into latencies (key_id, at, counts) values ('${key.id}', '2000-01-01', '{1}')`,
      ]);
    await refuse('delete', 'usage', `old.key_id = '${broken.key.id}'`);
    const { runJob, lines } = jobsOf(service);
    const old = (table: string) => countRows(service, sql`${sql.raw(table)} where at < '2001-01-01'`);
    for (const job of ['purge old counts of calls', 'purge old durations of calls']) await runJob(job, RUNS);
    expect(await old('latencies')).toBe(0);
    expect(await old('usage')).toBe(1);
    expect(lines.length).toBeLessThanOrEqual(2);
  });
});

describe('S3: a job that fails', () => {
  it('runs at each interval if others rely on that: the live tails', async () => {
    const maintain = vi.spyOn(stores().liveTail, 'maintain').mockRejectedValue(new Error('broken'));
    await jobsOf(service).runJob('maintain the live tails', 5);
    expect(maintain).toHaveBeenCalledTimes(5);
    maintain.mockRestore();
  });

  it('is tried less and less often, and logged once a minute', async () => {
    await run([`insert into finished_sign_ins values ('x', '2000-01-01')`]);
    await refuse('delete', 'finished_sign_ins', 'true');
    const { runJob, lines } = jobsOf(service);
    await runJob('purge finished sign-ins', RUNS);
    // Each attempt splits what it deletes three times.
    expect(await attempts()).toBeLessThanOrEqual(5 * MAX_ATTEMPTS * 2);
    expect(lines).toHaveLength(1);
  });

  it('keeps no other workspace a sponsor who is no longer an owner', async () => {
    const both = await twoTenants();
    const [broken, other] = both;
    await refuse('insert', 'audit_records', `new.workspace_id = '${broken.workspaceId}'`);
    for (const { workspaceId } of both)
      await run([`update workspaces set sponsor_id = 'former' where id = '${workspaceId}'`]);
    const { runJob } = jobsOf(service);
    await runJob('end sponsorships of former owners', RUNS);
    const ended = ({ workspaceId }: Tenant) =>
      countRows(service, sql`workspaces where id = ${workspaceId} and sponsor_id = 'unsponsored'`);
    expect(await ended(other)).toBe(1);
    expect(await ended(broken)).toBe(0);
    // Ten hours: it waits for one at most.
    expect(await attempts()).toBeLessThanOrEqual(2 * MAX_ATTEMPTS);
  });

  it('purges the other tables of what ended', async () => {
    const { person } = await tenant();
    const old = [`'2000-01-01'`, `'2000-01-01'`];
    await run([
      `insert into password_resets (token_hash, token_version, user_id, expires_at, created_at) values ('s3', 1, '${person.userId}', ${old.join(', ')})`,
      `update sessions set ended_at = '2000-01-01' where user_id = '${person.userId}'`,
    ]);
    await refuse('delete', 'sessions', 'true');
    const { runJob } = jobsOf(service);
    await runJob('purge what ended long ago', 2);
    expect(await countRows(service, sql`password_resets where token_hash = 's3'`)).toBe(0);
  });
});
