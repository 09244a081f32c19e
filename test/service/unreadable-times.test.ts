import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPasskey } from '../harness/passkeys.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const COLUMNS = ['expires_at', 'last_used_at', 'rotated_at', 'previous_valid_until'] as const;
const CASES = COLUMNS.flatMap((column) =>
  ['infinity', '-infinity'].map((time) => ({ column, time, admits: column !== 'expires_at' })),
);

/** Statuses of the listed keys of a workspace. */
async function listed(by: Person, filter: object = {}): Promise<Record<string, string>> {
  const answer = await query(service, by, 'keys.list', filter);
  expect(answer.status, answer.text).toBe(200);
  const { items } = answer.json.result.data;
  return Object.fromEntries(items.map(({ id, status }: { id: string; status: string }) => [id, status]));
}

async function withTime(key: Credentials, column: string, time: string): Promise<void> {
  const { database } = service.running.service.stores;
  await database.query(
    sql`update keys set ${sql.identifier(column)} = ${time}::timestamptz, rev = rev + 1 where id = ${key.id}`,
  );
  service.running.service.stores.credentials.changed({ key: key.id });
}

describe('A2: a key with a timestamp that cannot be read', () => {
  it.each(CASES)('$column = $time hides no other key, and the key can be revoked', async (row) => {
    const { column, time, admits } = row;
    const ada = await signUp(service);
    const [odd, other] = [await createKey(service, ada), await createKey(service, ada)];
    await withTime(odd, column, time);
    const status = admits ? 'active' : 'expired';
    expect(await listed(ada)).toEqual({ [odd.id]: status, [other.id]: 'active' });
    expect(await listed(ada, { status })).toHaveProperty(odd.id, status);
    if (!admits) {
      expect(await listed(ada, { status: 'active' })).toEqual({ [other.id]: 'active' });
      expect((await query(service, odd, 'exemple')).status).not.toBe(200);
    }
    expect((await query(service, ada, 'keys.get', { id: odd.id })).status).toBe(200);
    const revoked = await mutate(service, ada, 'keys.revoke', { id: odd.id });
    expect([revoked.status, revoked.json.result.data.status]).toEqual([200, 'revoked']);
    expect((await query(service, other, 'exemple')).status).toBe(200);
    expect((await query(service, ada, 'audit.verify')).json.result.data.verified).toBe(true);
  });
});

const INFINITE = ['infinity', '-infinity'];
/** The last is later than JavaScript can read (ECMA-262 §21.4.1.1). */
const UNREADABLE = [...INFINITE, '294276-12-31 00:00:00+00'];

describe('A2: a time that cannot be read counts as past', () => {
  it.each(UNREADABLE)('a key that ends at %s is KEY_EXPIRED', async (time) => {
    const ada = await signUp(service);
    const key = await createKey(service, ada, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await query(service, key, 'exemple')).status).toBe(200);
    await withTime(key, 'expires_at', time);
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_EXPIRED');
  });

  it.each(UNREADABLE)('a grace until %s is over, and the new pair is admitted', async (time) => {
    const ada = await signUp(service);
    const old = await createKey(service, ada);
    const rotated = await mutate(service, ada, 'keys.rotate', { id: old.id, graceSeconds: 3_600 });
    const { secret, signingSecret } = rotated.json.result.data;
    const pair = { id: old.id, apiKey: secret, signingSecret };
    expect((await query(service, old, 'exemple')).status).toBe(200);
    await withTime(old, 'previous_valid_until', time);
    expect((await query(service, old, 'exemple')).reason).toBe('KEY_INVALID');
    expect((await query(service, pair, 'exemple')).reason).toBeUndefined();
  });

  const sessions = ['expires_at', 'refreshed_at'].flatMap((column) =>
    UNREADABLE.map((time) => ({ column, time })),
  );
  it.each(sessions)('a session with $column = $time is SESSION_ENDED', async ({ column, time }) => {
    // A later `refreshed_at` that can be read is no end: a clock may have been ahead.
    const ada = await signUp(service);
    const key = await createKey(service, ada);
    await run(sql`update sessions set ${sql.identifier(column)} = ${time}::timestamptz, rev = rev + 1
      where id = ${ada.id}`);
    service.running.service.stores.credentials.changed({ session: ada.id });
    const { authority, port } = service;
    const answers = [
      await query(service, ada, 'whoami'),
      await mutate(service, { ...ada, token: undefined } as never, 'auth.refresh', {
        refreshToken: ada.refreshToken,
      }),
      await send(port, sign(key, '/api/whoami', { authority, token: ada.token })),
    ];
    expect(answers.map(({ reason }) => reason)).toEqual(answers.map(() => 'SESSION_ENDED'));
  });
});

async function run(statement: SQL): Promise<void> {
  await service.running.service.stores.database.query(statement);
}

describe('A2: a list sorted by a timestamp that cannot be read', () => {
  const orders = ['newest', 'oldest', 'lastUsed'] as const;
  const columns = ['created_at', 'last_used_at'] as const;
  const cases = INFINITE.flatMap((time) =>
    columns.flatMap((column) => orders.map((sort) => ({ sort, column, time }))),
  );
  it.each(cases)('$sort shows each key once with $column = $time', async ({ sort, column, time }) => {
    const ada = await signUp(service);
    const all = [await createKey(service, ada), await createKey(service, ada), await createKey(service, ada)];
    for (const key of all.slice(0, 2)) await withTime(key, column, time);
    const listed: string[] = [];
    let cursor: string | null | undefined;
    do {
      const answer = await query(service, ada, 'keys.list', {
        sort,
        limit: 1,
        ...(cursor ? { cursor } : {}),
      });
      expect(answer.status, answer.text).toBe(200);
      const { items, nextCursor } = answer.json.result.data;
      listed.push(...items.map(({ id }: { id: string }) => id));
      cursor = nextCursor;
    } while (cursor && listed.length < 10);
    expect(listed.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  });

  const lists = [
    { procedure: 'members.list', table: 'memberships', column: 'created_at' },
    { procedure: 'workspaces.list', table: 'memberships', column: 'created_at' },
    { procedure: 'workspaces.list', table: 'workspaces', column: 'created_at' },
    { procedure: 'workspaces.get', table: 'workspaces', column: 'created_at' },
    { procedure: 'sessions.list', table: 'sessions', column: 'created_at' },
    { procedure: 'invitations.list', table: 'invitations', column: 'created_at' },
    { procedure: 'owners.list', table: 'external_owners', column: 'created_at' },
    { procedure: 'audit.list', table: 'audit_records', column: 'at' },
    { procedure: 'secondFactor.get', table: 'second_factors', column: 'confirmed_at' },
    ...['created_at', 'last_used_at', 'disabled_at'].map((column) => ({
      ...{ procedure: 'passkeys.list', table: 'passkeys', column },
    })),
    { procedure: 'identities.list', table: 'identities', column: 'created_at' },
    { procedure: 'identities.list', table: 'identities', column: 'last_used_at' },
  ];
  it.each(lists.flatMap((list) => INFINITE.map((time) => ({ ...list, time }))))(
    '$procedure with $table.$column = $time',
    async ({ procedure, table, column, time }) => {
      const ada = await signUp(service);
      await mutate(service, ada, 'invitations.create', { email: 'bob@example.com', role: 'viewer' });
      await mutate(service, ada, 'owners.update', { externalId: 'acme', limits: [] });
      await run(sql`insert into identities (id, user_id, issuer, subject, created_at)
        values (${ada.userId}, ${ada.userId}, 'https://id.example', ${ada.userId}, now())`);
      await run(sql`insert into second_factors (user_id, secret_sealed, secret_version, created_at)
        values (${ada.userId}, '', 1, now())`);
      await addPasskey(service, ada);
      const before = await query(service, ada, procedure);
      expect(before.status, before.text).toBe(200);
      const set = (value: string) =>
        run(sql`update ${sql.identifier(table)} set ${sql.identifier(column)} = ${value}::timestamptz`);
      await set(time);
      try {
        const answer = await query(service, ada, procedure);
        expect(answer.status, answer.text).toBe(200);
        const size = ({ json }: typeof answer) => json.result.data.items?.length;
        expect(size(answer)).toBe(size(before));
        if (table === 'second_factors') expect(answer.json.result.data.confirmedAt).not.toBeNull();
      } finally {
        await set('2026-01-01');
      }
    },
  );

  it.each(INFINITE)('audit.verify finds a record whose time was set to %s', async (time) => {
    const ada = await signUp(service);
    const key = await createKey(service, ada);
    await createKey(service, ada);
    await run(sql`update audit_records set at = ${time}::timestamptz where subject = ${key.id}`);
    const answer = await query(service, ada, 'audit.verify');
    expect(answer.json.result?.data, answer.text).toMatchObject({ verified: false, problem: 'changed' });
  });
});

describe('A5: timestamps from a client that the database cannot store', () => {
  it.each(['0000-01-01T00:00:00Z', '0000-12-31T23:59:59.999Z', '9999-12-31T23:59:59Z'])(
    '%s is before or after every record',
    async (time) => {
      const ada = await signUp(service);
      const [since, until] = [
        await query(service, ada, 'audit.list', { from: time }),
        await query(service, ada, 'audit.list', { to: time }),
      ];
      expect([since.status, until.status]).toEqual([200, 200]);
      const counts = [since, until].map(({ json }) => json.result.data.items.length > 0);
      expect(counts).toEqual(time.startsWith('0') ? [true, false] : [false, true]);
    },
  );
});
