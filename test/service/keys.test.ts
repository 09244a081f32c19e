import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let ahead = 0;

beforeAll(async () => {
  service = await startTestService({ clock: () => Date.now() + ahead });
  ada = await signUp(service);
});
afterAll(() => service.stop());

const input = (more: object = {}) => ({
  name: 'A key',
  environment: 'live',
  permissions: ['exemple:read'],
  ...more,
});
const reasonOf = async (who: Parameters<typeof mutate>[1], name: string, what: unknown) =>
  (await mutate(service, who, name, what)).reason;
const listed = async (who: Parameters<typeof query>[1], what?: object) =>
  (await query(service, who, 'keys.list', what)).json.result.data;

describe('keys.create', () => {
  it('shows the key and its two secrets, once', async () => {
    const { key, secret, signingSecret } = (await mutate(service, ada, 'keys.create', input())).json.result
      .data;
    expect(secret).toMatch(new RegExp(`^ks_live_${key.id}_[0-9A-Za-z]{38}$`));
    expect(signingSecret).toMatch(/^kss_[A-Za-z0-9_-]{43}$/);
    expect(key).toMatchObject({ status: 'active', ownerId: ada.userId, lastUsedAt: null, expiresAt: null });
    const later = await query(service, ada, 'keys.get', { id: key.id });
    expect(later.json.result.data).toEqual(key);
    const everything = later.text + JSON.stringify(await listed(ada));
    for (const shown of [secret.slice(-38), signingSecret]) expect(everything).not.toContain(shown);
  });

  it.each<[string, object]>([
    ['no name', { name: undefined }],
    ['an empty name', { name: '' }],
    ['a blank name', { name: '   ' }],
    ['a name of 101 characters', { name: 'x'.repeat(101) }],
    ['a name of 10⁶ characters', { name: 'x'.repeat(1_000_000) }],
    ['a name with a NUL', { name: 'a\0b' }],
    ['a name with a newline', { name: 'a\nb' }],
    ['another environment', { environment: 'prod' }],
    ['no permissions', { permissions: [] }],
    ['a permission that is none', { permissions: ['exemple'] }],
    ['an unknown permission', { permissions: ['launch:missiles'] }],
    ['an unknown wildcard', { permissions: ['launch:*'] }],
    ['a wildcard over everything', { permissions: ['*:*'] }],
    ['65 permissions', { permissions: Array(65).fill('exemple:read') }],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['an expiry that is no date', { expiresAt: 'tomorrow' }],
    ['an expiry in local time', { expiresAt: '2099-01-01T00:00:00+02:00' }],
    ['an id of its own', { id: 'aaaaaaaaaaaa' }],
    ['a workspace of its own', { workspaceId: 'wrk_other' }],
    ['a maker of its own', { createdBy: 'usr_other', ownerId: 'usr_other' }],
    ['a hash of its own', { secretHash: '0'.repeat(64) }],
  ])('refuses %s with INPUT_INVALID', async (_, more) => {
    expect(await reasonOf(ada, 'keys.create', input(more))).toBe('INPUT_INVALID');
  });

  it.each(['<script>alert(1)</script>', 'Cle\u0301\u200f', "'; drop table keys; --", '😀'.repeat(50)])(
    'keeps the name %j as it is',
    async (name) => {
      const made = await mutate(service, ada, 'keys.create', input({ name }));
      expect(made.json.result.data.key.name).toBe(name);
    },
  );

  it('keeps a permission that is named twice once', async () => {
    const twice = input({ permissions: ['exemple:read', 'exemple:read'] });
    const made = await mutate(service, ada, 'keys.create', twice);
    expect(made.json.result.data.key.permissions).toEqual(['exemple:read']);
  });
});

describe('privilege escalation', () => {
  it('grants only permissions that the caller holds', async () => {
    const maker = await createKey(service, ada, { permissions: ['keys:write', 'exemple:*'] });
    const grant = (permissions: string[]) => mutate(service, maker, 'keys.create', input({ permissions }));
    expect((await grant(['exemple:read'])).status).toBe(200);
    expect((await grant(['exemple:*'])).status).toBe(200);
    const refused = await grant(['exemple:read', 'echo:write']);
    expect([refused.status, refused.reason, refused.json.error.data.missing]).toEqual([
      403,
      'ESCALATION_DENIED',
      'echo:write',
    ]);
    expect((await grant(['keys:*'])).reason).toBe('ESCALATION_DENIED');
  });

  it('does not allow a test key to create or revoke a live one', async () => {
    const maker = await createKey(service, ada, {
      environment: 'test',
      permissions: ['keys:*', 'exemple:read'],
    });
    const live = await createKey(service, ada);
    expect(await reasonOf(maker, 'keys.create', input())).toBe('ENVIRONMENT_DENIED');
    expect(await reasonOf(maker, 'keys.revoke', { id: live.id })).toBe('ENVIRONMENT_DENIED');
    expect(await reasonOf(maker, 'keys.create', input({ environment: 'test' }))).toBeUndefined();
  });

  it('keeps the creator’s owner: a key created by a key belongs to the same person', async () => {
    const maker = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    const made = await mutate(service, maker, 'keys.create', input());
    expect(made.json.result.data.key.ownerId).toBe(ada.userId);
  });
});

describe('permissions', () => {
  it.each([
    [['exemple:read'], undefined],
    [['exemple:*'], undefined],
    [['echo:write'], 'PERMISSION_DENIED'],
    [['echo:*'], 'PERMISSION_DENIED'],
  ])('%j for exemple answer %s', async (permissions, reason) => {
    const key = await createKey(service, ada, { permissions });
    const answer = await query(service, key, 'exemple');
    expect([answer.reason, answer.json.error?.data.missing]).toEqual([reason, reason && 'exemple:read']);
  });

  it('to write keys do not include reading them', async () => {
    const key = await createKey(service, ada, { permissions: ['keys:write'] });
    expect((await query(service, key, 'keys.list')).json.error.data).toMatchObject({ missing: 'keys:read' });
  });

  it('of a key on behalf of a user include only what both may do', async () => {
    const key = await createKey(service, ada, { permissions: ['keys:*'] });
    const draft = sign(key, '/api/keys.list', { authority: service.authority, token: ada.token });
    expect((await send(service.port, draft)).reason).toBe('ACCESS_DENIED');
  });
});

describe('keys.list', () => {
  it('gives pages, newest first, each key once', async () => {
    const eve = await signUp(service);
    const made: string[] = [];
    for (let n = 0; n < 5; n++) made.unshift((await createKey(service, eve, { name: `Page ${n}` })).id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listed(eve, { limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(made);
  });

  it('refuses a cursor of another workspace, and an invented one', async () => {
    const eve = await signUp(service);
    for (let n = 0; n < 2; n++) await createKey(service, eve);
    const { nextCursor } = await listed(eve, { limit: 1 });
    for (const cursor of [nextCursor, 'x', `${Date.now()}.aaaaaaaaaaaa.${'0'.repeat(64)}`]) {
      expect((await query(service, ada, 'keys.list', { cursor })).reason).toBe('INPUT_INVALID');
    }
  });

  it('finds by part of a name in any case, and by the beginning of an id, without patterns', async () => {
    const eve = await signUp(service);
    const { id } = await createKey(service, eve, { name: 'Billing 100%' });
    await createKey(service, eve, { name: 'Other' });
    const found = async (search: string) =>
      (await listed(eve, { search })).items.map((item: { id: string }) => item.id);
    for (const search of ['billing', 'LING 1', '100%', id.slice(0, 6)])
      expect(await found(search)).toEqual([id]);
    for (const search of ['%%', '_', '\\', "'"]) expect(await found(search)).toEqual([]);
  });

  it('filters by status: revoked before expired before active', async () => {
    const eve = await signUp(service);
    const expiresAt = new Date(Date.now() + ahead + 60_000).toISOString();
    const ids = {
      active: (await createKey(service, eve)).id,
      expired: (await createKey(service, eve, { expiresAt })).id,
      revoked: (await createKey(service, eve, { expiresAt })).id,
    };
    await mutate(service, eve, 'keys.revoke', { id: ids.revoked });
    ahead += 61_000;
    const eveNow = (status: string) =>
      sign(eve, `/api/keys.list?input=${encodeURIComponent(JSON.stringify({ status }))}`, {
        ...{ authority: service.authority, token: eve.token },
        t: Math.floor((Date.now() + ahead) / 1000),
      });
    for (const [status, id] of Object.entries(ids)) {
      const { items } = (await send(service.port, eveNow(status))).json.result.data;
      expect(items.map((item: { id: string; status: string }) => [item.id, item.status])).toEqual([
        [id, status],
      ]);
    }
    ahead = 0;
  });

  it.each([
    ...[{ limit: 0 }, { limit: 101 }, { limit: '5' }, { status: 'gone' }, { more: 1 }, { search: '\0' }],
    ...[{ environment: 'prod' }, { sort: 'Name' }, { sort: 'toString' }, { sort: null }],
  ])('refuses %j with INPUT_INVALID', async (what) => {
    expect((await query(service, ada, 'keys.list', what)).reason).toBe('INPUT_INVALID');
  });
});

describe('keys.revoke', () => {
  it('ends a key permanently, keeps the reason, and can be repeated', async () => {
    const { id } = await createKey(service, ada);
    const first = await mutate(service, ada, 'keys.revoke', { id, reason: 'leaked' });
    expect(first.json.result.data).toMatchObject({ status: 'revoked', revokedReason: 'leaked' });
    const second = await mutate(service, ada, 'keys.revoke', { id, reason: 'other' });
    expect(second.json.result.data).toEqual(first.json.result.data);
  });
});

describe('the use of a key', () => {
  it('shows in lastUsedAt', async () => {
    const key = await createKey(service, ada);
    const before = Date.now();
    await query(service, key, 'exemple');
    const seen = await query(service, ada, 'keys.get', { id: key.id });
    expect(Date.parse(seen.json.result.data.lastUsedAt)).toBeGreaterThanOrEqual(before);
  });

  it('ends at its expiry, to the second', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const key = await createKey(service, ada, { expiresAt });
    expect((await query(service, key, 'exemple')).status).toBe(200);
    ahead = 60_000;
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_EXPIRED');
    ahead = 0;
  });
});
