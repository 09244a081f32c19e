import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { rateFields } from '../harness/rate-fields.ts';
import { outcomeOf, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { newMember } from '../harness/teams.ts';
import { type Credentials, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

let names = 0;
const newName = () => `customer ${++names} <é>`;
const bound = (externalId: string, policy: object) =>
  mutate(service, ada, 'owners.update', { externalId, ...policy });
const keyOf = (externalId: string, more: object = {}) =>
  createKey(service, ada, { permissions: ['exemple:read'], externalId, ...more });
const perMinute = (limit: number) => [{ name: 'minute', limit, windowSeconds: 60 }];

describe('keys of one external owner', () => {
  it('share its limit', async () => {
    const externalId = newName();
    await bound(externalId, { limits: perMinute(3) });
    const [one, other] = [await keyOf(externalId), await keyOf(externalId, { limits: perMinute(2) })];
    expect((await query(service, one, 'exemple')).status).toBe(200);
    const answer = await query(service, other, 'exemple');
    expect(rateFields(answer)).toMatchObject({ minute: { q: 2, r: 1 }, 'owner.minute': { q: 3, r: 1 } });
    expect((await query(service, other, 'exemple')).status).toBe(200);
    expect((await query(service, one, 'exemple')).reason).toBe('RATE_LIMITED');
    // A call that the owner's limit refuses does not count in the key's limit.
    await bound(externalId, { limits: perMinute(10) });
    expect(rateFields(await query(service, other, 'exemple'))).toMatchObject({ minute: { r: 0 } });
  });

  it('share its credits, and spend their own too', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 3 } });
    const [rich, poor] = [await keyOf(externalId), await keyOf(externalId, { credits: { remaining: 1 } })];
    expect((await query(service, poor, 'exemple')).status).toBe(200);
    expect((await query(service, poor, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
    expect((await query(service, ada, 'owners.get', { externalId })).json.result.data.credits.remaining).toBe(
      2,
    );
    for (let i = 0; i < 2; i++) expect((await query(service, rich, 'exemple')).status).toBe(200);
    expect((await query(service, rich, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
  });

  it('of another workspace with the same external id share nothing', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 0 } });
    const eve = await signUp(service);
    const hers = await createKey(service, eve, { externalId });
    expect((await query(service, hers, 'exemple')).status).toBe(200);
    expect((await query(service, eve, 'owners.get', { externalId })).json.result.data.credits).toBeNull();
  });

  it('are limited while they are tied to it', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 0 } });
    const key = await createKey(service, ada);
    const tie = (to: string | null) => mutate(service, ada, 'keys.update', { id: key.id, externalId: to });
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect((await tie(externalId)).json.result.data.externalId).toBe(externalId);
    expect((await query(service, key, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
    expect((await tie(null)).json.result.data.externalId).toBeNull();
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('are found by its external id', async () => {
    const externalId = newName();
    const key = await keyOf(externalId);
    await createKey(service, ada);
    const { items } = (await query(service, ada, 'keys.list', { externalId })).json.result.data;
    expect(items.map(({ id }: { id: string }) => id)).toEqual([key.id]);
  });
});

describe('owners.update', () => {
  it('creates an owner, changes the given fields, and nothing else', async () => {
    const externalId = newName();
    const made = (await bound(externalId, { limits: perMinute(3) })).json.result.data;
    expect(made).toEqual({ externalId, limits: perMinute(3), credits: null, createdAt: expect.any(String) });
    const credits = { remaining: 9, refill: { amount: 9, every: 'day' } };
    expect((await bound(externalId, { credits })).json.result.data).toEqual({ ...made, credits });
    expect((await bound(externalId, { limits: [] })).json.result.data).toEqual({
      ...made,
      credits,
      limits: [],
    });
    expect((await bound(externalId, { credits: null })).json.result.data).toEqual({ ...made, limits: [] });
  });

  it('S7: holds the one connection of PGlite for no key, and applies to the next call of each', async () => {
    const externalId = newName();
    const made = [await keyOf(externalId), await keyOf(externalId)];
    for (const key of made) expect((await query(service, key, 'exemple')).status).toBe(200);
    const { db } = service.running.service.stores.database;
    const written = () =>
      db.execute(sql`select rev from keys where id in (${made[0]?.id}, ${made[1]?.id}) order by id`);
    const before = await written();
    expect((await bound(externalId, { limits: perMinute(1) })).status).toBe(200);
    const isElsewhere = inject('database') === 'postgres';
    expect(JSON.stringify(await written()) === JSON.stringify(before)).toBe(!isElsewhere);
    expect((await query(service, made[0] as Credentials, 'exemple')).status).toBe(200);
    expect((await query(service, made[1] as Credentials, 'exemple')).reason).toBe('RATE_LIMITED');
  });

  it('S7: applies to a call whose body is still on its way', async () => {
    const externalId = newName();
    const key = await keyOf(externalId, { permissions: ['exemple:read', 'keys:write'] });
    expect((await query(service, key, 'exemple')).status).toBe(200);
    const body = '{"name":"Never made"}';
    const options = { authority: service.authority, method: 'POST', body };
    const { target, headers } = sign(key, '/api/keys.create', options);
    const head = [...headers, ['content-length', String(body.length)]].map((pair) => pair.join(': '));
    const connection = await rawConnection(service.port);
    connection.socket.write([`POST ${target} HTTP/1.1`, ...head, '', body.slice(0, 5)].join('\r\n'));
    // The service reads what came first before it answers another connection.
    await (await fetch(`${service.url}/healthz`)).text();
    expect((await bound(externalId, { limits: perMinute(1) })).status).toBe(200);
    // The key is cached again, with the new limit.
    expect((await query(service, key, 'exemple')).status).toBe(200);
    connection.socket.write(body.slice(5));
    const text = await connection.until((received) => received.includes('"reason"'));
    expect(outcomeOf(text)).toBe('429 RATE_LIMITED');
    connection.socket.destroy();
  });

  it('refuses a test key, and a key of an owner', async () => {
    const externalId = newName();
    const test = await createKey(service, ada, { permissions: ['keys:write'], environment: 'test' });
    const tied = await keyOf(externalId, { permissions: ['keys:write'] });
    const credits = { remaining: 1_000 };
    expect((await mutate(service, test, 'owners.update', { externalId, credits })).reason).toBe(
      'ENVIRONMENT_DENIED',
    );
    const refused = await mutate(service, tied, 'owners.update', { externalId, credits });
    expect([refused.reason, refused.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'externalId']);
  });

  it.each<[string, object]>([
    ['that changes nothing', { externalId: 'a' }],
    ['without a name', { credits: null }],
    ['with an empty name', { externalId: '', credits: null }],
    ['with a name of 201 characters', { externalId: 'x'.repeat(201), credits: null }],
    ['with a NUL', { externalId: 'a\0', credits: null }],
    ['with a name that ends in a space', { externalId: 'a ', credits: null }],
    ['with an unknown field', { externalId: 'a', credits: null, workspaceId: 'wsp_other' }],
    ['with a wrong limit', { externalId: 'a', limits: [{ name: 'x' }] }],
  ])('%s is INPUT_INVALID', async (_, input) => {
    expect((await mutate(service, ada, 'owners.update', input)).reason).toBe('INPUT_INVALID');
  });
});

/** Changes that loosen an owner that has a limit of 3 a minute and 3 credits. */
const LOOSER: readonly object[] = [
  { credits: { remaining: 1_000_000 } },
  { credits: { remaining: 3, refill: { amount: 9, every: 'day' } } },
  { credits: null },
  { limits: [] },
  { limits: perMinute(4) },
  { limits: [{ name: 'minute', limit: 3, windowSeconds: 1 }] },
  // One half tightens, the other loosens.
  { limits: perMinute(1), credits: null },
];
const TIGHTER: readonly object[] = [
  { credits: { remaining: 2 } },
  { limits: perMinute(2) },
  { limits: [...perMinute(2), { name: 'hour', limit: 9, windowSeconds: 3600 }] },
];
const FORBIDDEN = { person: 'PERMISSION_DENIED', key: 'ESCALATION_DENIED' } as const;

describe('guarantee 11: only a caller who may extend each key of an external owner may loosen the owner', () => {
  const callers: Record<string, Person | Credentials> = {};

  beforeAll(async () => {
    const admin = await newMember(service, ada, 'admin');
    const developer = await newMember(service, ada, 'developer');
    const permissions = ['keys:*', 'exemple:*'];
    Object.assign(callers, {
      ...{ owner: ada, admin, developer, viewer: await newMember(service, ada, 'viewer') },
      colleague: await newMember(service, ada, 'developer'),
      'key of the admin': await createKey(service, admin, { permissions }),
      'key of the developer': await createKey(service, developer, { permissions }),
      'service key': await createKey(service, ada, { permissions, service: true }),
      'weaker service key': await createKey(service, ada, { permissions: ['keys:*'], service: true }),
      'metered service key': await createKey(service, ada, {
        ...{ permissions, service: true, credits: { remaining: 1_000 } },
      }),
    });
  });

  /** An owner whose keys are created by these callers; service keys on request. */
  async function ownerOf(...makers: readonly (readonly [maker: string, more?: object])[]): Promise<string> {
    const externalId = newName();
    await bound(externalId, { limits: perMinute(3), credits: { remaining: 3 } });
    for (const [maker, more = {}] of makers)
      await createKey(service, callers[maker] as Person, {
        permissions: ['exemple:read'],
        externalId,
        ...more,
      });
    return externalId;
  }
  async function outcomes(who: string, externalId: string, policies: readonly object[]) {
    const answers = [];
    for (const policy of policies)
      answers.push(await mutate(service, callers[who] as Person, 'owners.update', { externalId, ...policy }));
    return [...new Set(answers.map(({ reason }) => reason ?? 'yes'))];
  }

  it.each<[who: string, ofTheDeveloper: string, ofTheWorkspace: string]>([
    ['owner', 'yes', 'yes'],
    ['admin', 'yes', 'yes'],
    ['developer', 'yes', FORBIDDEN.person],
    ['colleague', FORBIDDEN.person, FORBIDDEN.person],
    ['viewer', FORBIDDEN.person, FORBIDDEN.person],
    ['key of the admin', FORBIDDEN.key, FORBIDDEN.key],
    ['key of the developer', 'yes', FORBIDDEN.key],
    ['service key', 'yes', 'yes'],
    ['weaker service key', FORBIDDEN.key, FORBIDDEN.key],
    ['metered service key', FORBIDDEN.key, FORBIDDEN.key],
  ])("%s: an owner of a developer's key: %s; of a service key: %s", async (who, personal, shared) => {
    for (const [expected, maker, more] of [
      [personal, 'developer', {}],
      [shared, 'owner', { service: true }],
    ] as const) {
      for (const policy of LOOSER) {
        const externalId = await ownerOf([maker, more]);
        const before = (await query(service, ada, 'owners.get', { externalId })).json.result.data;
        expect([policy, await outcomes(who, externalId, [policy])]).toEqual([policy, [expected]]);
        if (expected === 'yes') continue;
        expect((await query(service, ada, 'owners.get', { externalId })).json.result.data).toEqual(before);
      }
    }
  });

  it('one key of another person among their own is enough to refuse a developer', async () => {
    const externalId = await ownerOf(['developer'], ['owner'], ['developer']);
    expect(await outcomes('developer', externalId, LOOSER)).toEqual(['PERMISSION_DENIED']);
    expect(await outcomes('admin', externalId, LOOSER)).toEqual(['yes']);
  });

  it('a revoked key does not count; a disabled one does', async () => {
    const externalId = await ownerOf(['developer']);
    const theirs = await createKey(service, ada, { externalId });
    const loosen = () => outcomes('developer', externalId, [{ limits: [] }]);
    await mutate(service, ada, 'keys.update', { id: theirs.id, enabled: false });
    expect(await loosen()).toEqual(['PERMISSION_DENIED']);
    await mutate(service, ada, 'keys.revoke', { id: theirs.id });
    expect(await loosen()).toEqual(['yes']);
  });

  it.each([
    ['addresses', 'allowedAddresses', { allowedAddresses: ['10.0.0.0/8', '127.0.0.1'] }, '["10.0.0.1"]'],
    ['authorities', 'authorities', { authorities: ['a.example'] }, '["a.example"]'],
  ] as const)(
    'S7: reads the %s of a bounded number of keys, and only for a key that calls',
    async (_, missing, more, list) => {
      const externalId = await ownerOf(['owner', { service: true }], ['owner', { service: true, ...more }]);
      const permissions = ['keys:*', 'exemple:*'];
      callers['service key with lists'] = await createKey(service, ada, {
        permissions,
        service: true,
        ...more,
      });
      const { db } = service.running.service.stores.database;
      // A key without lists is wider than one with addresses, and asks for no authorities.
      await db.execute(sql`delete from keys where allowed_addresses = '[]' and authorities = '[]' and
      external_owner_id = (select id from external_owners where external_id = ${externalId})`);
      const insert = (from: number, to: number) =>
        db.execute(sql`
        insert into keys (id, workspace_id, name, environment, permissions, secret_hash, pepper_version, signing_sealed,
          signing_version, external_owner_id, allowed_addresses, authorities)
        select ${missing.slice(0, 4)} || lpad(n::text, 8, '0'), o.workspace_id, 'Key', 'live', '["exemple:read"]', 'ff', 1, 'x', 1, o.id,
          case when ${missing} = 'authorities' then '[]' else ${list}::text::jsonb end,
          case when ${missing} = 'authorities' then ${list}::text::jsonb else '[]' end
        from external_owners o, generate_series(${from}::int, ${to}::int) n where o.external_id = ${externalId}`);
      await insert(1, 999);
      const loosen = (who: string, limit: number) =>
        outcomes(who, externalId, [{ limits: perMinute(limit) }]);
      expect(await loosen('service key with lists', 10)).toEqual(['yes']);
      await insert(1_000, 1_000);
      const answer = await mutate(
        service,
        callers['service key with lists'] as Credentials,
        'owners.update',
        {
          ...{ externalId, limits: perMinute(20) },
        },
      );
      expect([answer.reason, answer.json.error.data.missing]).toEqual(['ESCALATION_DENIED', missing]);
      expect(await loosen('owner', 30)).toEqual(['yes']);
      // Whose own addresses are not bound.
      expect(await loosen('service key', 40)).toEqual([
        missing === 'authorities' ? 'ESCALATION_DENIED' : 'yes',
      ]);
    },
  );

  it('a key cannot loosen an owner of keys that expire later', async () => {
    const expiresAt = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const limited = { permissions: ['keys:*', 'exemple:*'], service: true, expiresAt: expiresAt(2) };
    callers['service key for two days'] = await createKey(service, ada, limited);
    for (const [ends, expected] of [
      [[expiresAt(1)], 'yes'],
      [[expiresAt(1), expiresAt(3)], 'ESCALATION_DENIED'],
      [[expiresAt(1), null], 'ESCALATION_DENIED'],
    ] as const) {
      const made = ends.map((end) => ({ service: true, ...(end === null ? {} : { expiresAt: end }) }));
      const externalId = await ownerOf(...made.map((more) => ['owner', more] as const));
      expect(await outcomes('service key for two days', externalId, [{ limits: [] }])).toEqual([expected]);
    }
  });

  it('every caller with keys:write may tighten it, for anyone’s keys', async () => {
    for (const who of ['colleague', 'key of the admin', 'weaker service key']) {
      const externalId = await ownerOf(['developer'], ['owner', { service: true }]);
      expect(await outcomes(who, externalId, TIGHTER)).toEqual(['yes']);
    }
  });
});

describe('owners.get and owners.list', () => {
  it('show only owners of the workspace', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 1 } });
    const eve = await signUp(service);
    expect((await query(service, eve, 'owners.get', { externalId })).reason).toBe('OWNER_NOT_FOUND');
    expect((await query(service, eve, 'owners.list')).json.result.data).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('list by name, page by page, each owner once', async () => {
    const bob = await signUp(service);
    const all = ['b', 'a', 'e', 'd', 'c'];
    for (const externalId of all) await createKey(service, bob, { externalId });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const input: object = { limit: 2, ...(cursor === null ? {} : { cursor }) };
      const page = (await query(service, bob, 'owners.list', input)).json.result.data;
      seen.push(...page.items.map((owner: { externalId: string }) => owner.externalId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
