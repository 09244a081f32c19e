import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../server/stores/audit/audit.ts';
import { dbOf, recordsOf, verifyChain, workspaceOf } from '../harness/audit-chain.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
let ada: Person;
let eve: Person;
let hers: string;
let evil: string;

beforeAll(async () => {
  service = await startTestService();
  [ada, eve] = [await signUp(service), await signUp(service)];
  [hers, evil] = [await fill(ada), await fill(eve)];
});
afterAll(() => service.stop());

/** Eight records of different kinds. @returns the workspace */
async function fill(who: Person): Promise<string> {
  const key = await createKey(service, who, { metadata: { price: 1.5, team: 'a' } });
  for (const name of ['B', 'C', 'D', 'E']) await mutate(service, who, 'keys.update', { id: key.id, name });
  await createKey(service, who);
  await mutate(service, who, 'keys.revoke', { id: key.id });
  return workspaceOf(service, key);
}

const run = (statement: string) => dbOf(service).execute(sql.raw(statement));

/** Does something to the tables by hand, looks, and puts both tables back as they were. */
async function tampered(statements: string[], input: object = {}): Promise<unknown> {
  await run('create table r as table audit_records');
  await run('create table h as table audit_heads');
  try {
    for (const statement of statements) await run(statement);
    return await verifyChain(service, ada, input);
  } finally {
    await run('delete from audit_records');
    await run('delete from audit_heads');
    await run('insert into audit_records table r');
    await run('insert into audit_heads table h');
    await run('drop table r');
    await run('drop table h');
  }
}

const fourth = (set: string) => [
  `update audit_records set ${set} where workspace_id = '${hers}' and seq = 4`,
];
const found = (problem: string, at: number) => ({ verified: false, at, problem });

describe('an unchanged chain', () => {
  it('is verified, with its head', async () => {
    const records = await recordsOf(service, hers);
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const head = { seq: 8, mac: records.at(-1)?.mac };
    expect(await verifyChain(service, ada)).toEqual({ verified: true, records: 8, head });
    expect(await verifyChain(service, ada, { known: { seq: 3, mac: records[2]?.mac } })).toMatchObject({
      verified: true,
    });
  });

  it('is valid while it is empty', async () => {
    expect(await verifyChain(service, service.demo)).toEqual({ verified: true, records: 0, head: null });
  });
});

describe('a record that was changed', () => {
  it.each([
    "at = at + interval '1 microsecond'",
    "actor_kind = 'system'",
    "actor_id = actor_id || 'x'",
    'actor_id = null',
    "address = '127.0.0.2'",
    'address = null',
    "request_id = upper(request_id) || 'x'",
    "action = 'keys.updatf'",
    "subject = reverse(subject) || 'x'",
    'before = null',
    `before = '{"name": "b"}'`,
    `after = '{"name": "C", "enabled": true}'`,
    `after = '{}'`,
    'before = after, after = before',
    "mac = repeat('0', 64)",
    "mac = 'not hex'",
    'key_version = key_version + 1',
  ])('%s', async (set) => {
    expect(await tampered(fourth(set))).toEqual(found('changed', 4));
  });

  it.each(['1.50', '1.500000000000000000001', '2'])('a price of 1.5 that is now %s', async (price) => {
    const set = `update audit_records set after = jsonb_set(after, '{metadata,price}', '${price}')`;
    expect(await tampered([`${set} where workspace_id = '${hers}' and seq = 2`])).toEqual(
      found('changed', 2),
    );
  });

  it('one changed bit in every string of it', async () => {
    for (const column of ['actor_id', 'address', 'request_id', 'action', 'subject', 'mac']) {
      const flipped = `overlay(${column} placing chr(ascii(${column}) # 1) from 1 for 1)`;
      expect(await tampered(fourth(`${column} = ${flipped}`)), column).toEqual(found('changed', 4));
    }
  });
});

describe('records that were moved, added or deleted', () => {
  const here = `workspace_id = '${'?'}'`;
  const of = (workspace: string, seq: string) => `${here.replace('?', workspace)} and seq = ${seq}`;
  const renumber = (from: number, by: number) => [
    `update audit_records set seq = seq + 1000 where ${of(hers, 'seq')} and seq >= ${from}`,
    `update audit_records set seq = seq - 1000 + ${by} where ${of(hers, 'seq')} and seq >= 1000`,
  ];
  const copied = (seq: number, as: number, workspace = hers) =>
    `insert into audit_records select '${hers}', ${as}, at, actor_kind, actor_id, address, request_id, action, subject,
      before, after, mac, key_version from audit_records where ${of(workspace, String(seq))}`;

  it.each<[string, () => string[], object]>([
    ['removed', () => [`delete from audit_records where ${of(hers, '4')}`], found('missing', 4)],
    ['the first removed', () => [`delete from audit_records where ${of(hers, '1')}`], found('missing', 1)],
    [
      'removed, and the rest moved up',
      () => [`delete from audit_records where ${of(hers, '4')}`, ...renumber(5, -1)],
      found('changed', 4),
    ],
    ['put in between', () => [...renumber(4, 1), copied(2, 4)], found('inserted', 4)],
    ['put at the end', () => [copied(3, 9)], found('inserted', 9)],
    [
      'two in each other’s place',
      () => [
        `update audit_records set seq = 1004 where ${of(hers, '4')}`,
        `update audit_records set seq = 4 where ${of(hers, '5')}`,
        `update audit_records set seq = 5 where ${of(hers, '1004')}`,
      ],
      found('inserted', 4),
    ],
    [
      'one of another workspace in its place',
      () => [`delete from audit_records where ${of(hers, '4')}`, copied(4, 4, evil)],
      found('changed', 4),
    ],
    [
      'moved to another workspace',
      () => [
        `delete from audit_records where ${of(evil, '4')}`,
        `update audit_records set workspace_id = '${evil}' where ${of(hers, '4')}`,
      ],
      found('missing', 4),
    ],
    [
      'the whole of another workspace',
      () => [
        `delete from audit_records where ${of(hers, 'seq')}`,
        `update audit_records set workspace_id = '${hers}' where ${of(evil, 'seq')}`,
      ],
      found('changed', 1),
    ],
    ['all removed', () => [`delete from audit_records where ${of(hers, 'seq')}`], found('cut', 1)],
    [
      'the tail cut',
      () => [`delete from audit_records where ${of(hers, 'seq')} and seq > 5`],
      found('cut', 6),
    ],
    [
      'the tail cut, and its head set back by hand',
      () => [
        `delete from audit_records where ${of(hers, 'seq')} and seq > 5`,
        `update audit_heads set (seq, mac) = (select seq, mac from audit_records where ${of(hers, '5')})
          where workspace_id = '${hers}'`,
      ],
      found('cut', 6),
    ],
    [
      'the tail cut, and the head removed',
      () => [
        `delete from audit_records where ${of(hers, 'seq')} and seq > 5`,
        `delete from audit_heads where workspace_id = '${hers}'`,
      ],
      found('cut', 6),
    ],
    [
      'the head of another workspace',
      () => [
        `delete from audit_heads where workspace_id = '${hers}'`,
        `update audit_heads set workspace_id = '${hers}' where workspace_id = '${evil}'`,
      ],
      found('cut', 9),
    ],
  ])('%s', async (_, statements, expected) => {
    expect(await tampered(statements())).toEqual(expected);
  });

  it('a tail that was cut together with its head is detected by a logged head', async () => {
    const [records, eighth] = [await recordsOf(service, evil), dbOf(service)];
    await eighth.execute(
      sql`create table old_heads as select * from audit_heads where workspace_id = ${evil}`,
    );
    await createKey(service, eve);
    const known = { seq: 9, mac: (await recordsOf(service, evil)).at(-1)?.mac };
    await run(`delete from audit_records where ${of(evil, '9')}`);
    await run(`delete from audit_heads where workspace_id = '${evil}'`);
    await run('insert into audit_heads table old_heads');
    await run('drop table old_heads');
    // What the chain cannot tell by itself: all of it is as it was once.
    expect(await verifyChain(service, eve)).toMatchObject({ verified: true, records: records.length });
    expect(await verifyChain(service, eve, { known })).toEqual(found('cut', 9));
    await createKey(service, eve);
    expect(await verifyChain(service, eve, { known })).toEqual(found('changed', 9));
  });
});

describe('a chain that continues after it was changed', () => {
  it.each<[string, (workspace: string) => string, object]>([
    [
      'a head that was set back',
      (w) => `update audit_heads set seq = 5 where workspace_id = '${w}'`,
      found('cut', 9),
    ],
    [
      'a head that was removed',
      (w) => `delete from audit_heads where workspace_id = '${w}'`,
      found('cut', 9),
    ],
    [
      'a forged head',
      (w) => `update audit_heads set seal_mac = '' where workspace_id = '${w}'`,
      found('cut', 9),
    ],
    [
      'a tail that was cut',
      (w) => `delete from audit_records where workspace_id = '${w}' and seq > 6`,
      found('missing', 7),
    ],
  ])('fails verification forever: %s', async (_, statement, expected) => {
    const person = await signUp(service);
    const workspace = await fill(person);
    await run(statement(workspace));
    for (let n = 0; n < 3; n++) await createKey(service, person);
    expect(await verifyChain(service, person)).toEqual(expected);
    expect(
      (await recordsOf(service, workspace)).filter(({ action }) => action === 'audit.broken'),
    ).toHaveLength(1);
  });
});

describe('a long chain', () => {
  const RECORDS = 100_000;

  it('of 100,000 records is verified call by call, and a changed record is found', async () => {
    const { stores } = service.running.service;
    const { workspaceId } = service.demo;
    const change = { action: 'test', kind: 'key', subject: 'abcdefghijkl', after: { name: 'x' } } as const;
    for (let n = 0; n < RECORDS; n += 5_000) {
      const changes = Array.from({ length: 5_000 }, () => change);
      await stores.database.db.transaction((tx) =>
        stores.audit.recordAll(tx, systemActor(workspaceId), changes),
      );
    }
    const first = (await query(service, service.demo, 'audit.verify')).json.result.data;
    expect(first).toMatchObject({ verified: null });
    expect(first.records).toBeLessThanOrEqual(50_000);
    expect(await verifyChain(service, service.demo)).toMatchObject({ verified: true, records: RECORDS });
    await run(
      `update audit_records set subject = 'other' where workspace_id = '${workspaceId}' and seq = 99999`,
    );
    expect(await verifyChain(service, service.demo)).toEqual(found('changed', 99_999));
    const forged = first.nextCursor.replace(/^\d+/, '99999');
    expect((await query(service, service.demo, 'audit.verify', { cursor: forged })).reason).toBe(
      'INPUT_INVALID',
    );
    expect((await query(service, ada, 'audit.verify', { cursor: first.nextCursor })).reason).toBe(
      'INPUT_INVALID',
    );
  }, 180_000);
});
