import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { usage } from '../../drizzle/schema/usage.ts';
import { type Events, subscribe } from '../harness/events.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { rawConnection } from '../harness/raw.ts';
import { requires } from '../harness/requires.ts';
import { testRevocations } from '../harness/revocation-cases.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { invite, newMember, rolesIn } from '../harness/teams.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

requires('postgres').test(
  'instances that start at once on an empty Postgres have one token key',
  async () => {
    const DATABASE_URL = await freshPostgres();
    // One database and one master key; otherwise each has a directory of its own.
    const KEYSEAL_MASTER_KEYS = `1:${randomBytes(32).toString('base64')}`;
    const starting = Array.from({ length: 4 }, () =>
      startTestService({ env: { DATABASE_URL, KEYSEAL_MASTER_KEYS } }),
    );
    const services = await Promise.all(starting);
    const sets = services.map(({ running }) =>
      running.service.stores.tokenKeys.jwks().keys.map(({ kid }) => kid),
    );
    expect(new Set(sets.map((kids) => kids.join())).size).toBe(1);
    expect(sets[0]).toHaveLength(1);
    await Promise.all(services.map((service) => service.stop()));
  },
);

requires('postgres').describe('two instances on one Postgres', () => {
  let one: TestService;
  let other: TestService;

  beforeAll(async () => {
    one = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  testRevocations(() => ({ here: one, there: other }));

  it.each([1, 2, 3, 4, 5])('admit one of 100 copies sent to both at the same moment, round %d', async () => {
    const draft = sign(one.demo, '/api/exemple', { authority: one.authority });
    const ports = Array.from({ length: 100 }, (_, n) => (n % 2 ? one.port : other.port));
    const reasons = await Promise.all(ports.map(async (port) => (await send(port, draft)).reason));
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'SIGNATURE_REPLAYED')).toHaveLength(99);
  });

  it('admit exactly 100 of 300 calls on 100 credits between them', async () => {
    const key = await createKey(one, await signUp(one), { credits: { remaining: 100 } });
    const calls = Array.from({ length: 300 }, (_, n) => query(n % 2 ? one : other, key, 'exemple'));
    const reasons = (await Promise.all(calls)).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(100);
    expect(reasons.filter((reason) => reason === 'CREDITS_EXHAUSTED')).toHaveLength(200);
  });

  it('admit 495 to 500 of 1,200 calls against a limit of 500 a minute between them', async () => {
    const limits = [{ name: 'minute', limit: 500, windowSeconds: 60 }];
    const key = await createKey(one, await signUp(one), { limits });
    let admitted = 0;
    // From forty callers, each with the next call as soon as the last was answered.
    const callers = Array.from({ length: 40 }, async (_, caller) => {
      for (let n = 0; n < 30; n++) {
        const { status, reason } = await query((n + caller) % 2 ? one : other, key, 'exemple');
        if (status === 200) admitted++;
        else expect(reason).toBe('RATE_LIMITED');
      }
    });
    const begun = Date.now();
    await Promise.all(callers);
    expect(Date.now() - begun, 'within one window').toBeLessThan(60_000);
    expect(admitted).toBe(500);
  });

  it('accept one of 50 reports of one request when both get calls of verify', async () => {
    const ada = await signUp(one);
    const [asking, key] = [await verifyingKey(one, ada), await createKey(one, ada)];
    const draft = sign(key, '/orders', { authority: ORDERS });
    const reports = Array.from({ length: 50 }, (_, n) => verdictOn(n % 2 ? one : other, asking, draft));
    const verdicts = (await Promise.all(reports)).map(({ verdict }) => verdict);
    expect(verdicts.filter(({ valid }) => valid)).toHaveLength(1);
    expect(verdicts.filter(({ reason }) => reason === 'SIGNATURE_REPLAYED')).toHaveLength(49);
  });

  it('add up the usage that each counts for one key', async () => {
    const key = await createKey(one, await signUp(one));
    for (let n = 0; n < 10; n++) await query(n % 2 ? one : other, key, 'exemple');
    const { db } = one.running.service.stores.database;
    const sum = async () => {
      const rows = await db.select().from(usage).where(eq(usage.keyId, key.id));
      return rows.reduce((total, { count }) => total + count, 0);
    };
    await expect.poll(sum, { timeout: 5_000, interval: 100 }).toBe(10);
  });

  it('show a call at once on the instance that served it, and on the other within two seconds', async () => {
    const ada = await signUp(one);
    const key = await createKey(one, ada);
    for (let n = 0; n < 6; n++) await query(n % 2 ? one : other, key, 'exemple');
    const day = 86_400_000;
    const range = {
      from: new Date(Date.now() - day).toISOString(),
      to: new Date().toISOString(),
      step: 'minute',
    };
    const accepted = async (at: TestService) =>
      (await query(at, ada, 'usage.key', { id: key.id, ...range })).json.result.data.accepted;
    const begun = Date.now();
    expect(await accepted(one)).toBeGreaterThanOrEqual(3);
    await expect.poll(() => accepted(one), { timeout: 5_000, interval: 100 }).toBe(6);
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(await accepted(other)).toBe(6);
  });

  describe('a tail on one', () => {
    const tailOf = (who: Person, key: { readonly id: string }) =>
      subscribe(one, who, 'keys.tail', { id: key.id });

    /** Resolves once calls of the other instance arrive in the tail. */
    async function untilConnected(stream: Events, key: Credentials): Promise<void> {
      const before = stream.seen.length;
      const isHeard = async () => {
        await query(other, key, 'exemple');
        return stream.seen.length > before;
      };
      await expect.poll(isHeard, { timeout: 20_000, interval: 300 }).toBe(true);
    }

    it('has the calls of the other instance, in their order, and no call twice', async () => {
      const ada = await signUp(one);
      const key = await createKey(one, ada, { permissions: ['exemple:read', 'echo:write'] });
      const stream = await subscribe(one, ada, 'keys.tail', { id: key.id });
      await untilConnected(stream, key);
      const ids = [];
      for (let n = 0; n < 20; n++) ids.push((await query(other, key, 'exemple')).headers['x-request-id']);
      await query(other, key, 'profile');
      await expect
        .poll(() => stream.seen.at(-1)?.outcome, { timeout: 5_000, interval: 50 })
        .toBe('TOKEN_MISSING');
      const seenIds = stream.seen.map(({ requestId }) => requestId);
      expect(seenIds.slice(-21, -1)).toEqual(ids);
      expect(new Set(seenIds).size).toBe(seenIds.length);
    });

    it.each<[string, (key: Credentials, ada: Person) => Promise<unknown>]>([
      ['is deleted', (key, ada) => mutate(other, ada, 'keys.delete', { id: key.id })],
      [
        'is in another workspace',
        async (key) => {
          const { db } = other.running.service.stores.database;
          const elsewhere = db
            .select({ id: keys.workspaceId })
            .from(keys)
            .where(eq(keys.id, (await createKey(other, await signUp(other))).id));
          await db
            .update(keys)
            .set({ workspaceId: sql`(${elsewhere})` })
            .where(eq(keys.id, key.id));
        },
      ],
    ])('ends once its key %s, and not when it is revoked or disabled', async (_, hide) => {
      const ada = await signUp(one);
      const [key, kept] = [await createKey(one, ada), await createKey(one, ada)];
      const [stream, goesOn] = [await tailOf(ada, key), await tailOf(ada, kept)];
      await mutate(other, ada, 'keys.revoke', { id: key.id });
      await mutate(other, ada, 'keys.update', { id: kept.id, enabled: false });
      await query(one, key, 'exemple');
      await stream.count(1);
      expect(stream.seen[0].outcome).toBe('KEY_REVOKED');
      await hide(key, ada);
      expect(await stream.over).toBe('KEY_NOT_FOUND');
      await query(one, kept, 'exemple');
      await goesOn.count(1);
      expect(goesOn.seen[0].outcome).toBe('KEY_DISABLED');
    });

    it('continues once the connection that carries the other’s calls is back', async () => {
      const ada = await signUp(one);
      const key = await createKey(one, ada);
      const stream = await subscribe(one, ada, 'keys.tail', { id: key.id });
      await untilConnected(stream, key);
      const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ilike 'listen%'`;
      expect((await one.running.service.stores.database.query(cut)).length).toBeGreaterThan(0);
      await untilConnected(stream, key);
    });

    const callAt = async (at: TestService, key: Credentials, count: number) => {
      const ids: unknown[] = [];
      for (let n = 0; n < count; n++) ids.push((await query(at, key, 'exemple')).headers['x-request-id']);
      return ids;
    };

    it('B2: resumes at the other instance where it broke, with the calls of both, each once', async () => {
      const ada = await signUp(one);
      const key = await createKey(one, ada);
      const stream = await subscribe(one, ada, 'keys.tail', { id: key.id });
      const begun = [...(await callAt(one, key, 2)), ...(await callAt(other, key, 2))];
      await stream.count(4);
      stream.leave();
      const between = [...(await callAt(other, key, 2)), ...(await callAt(one, key, 2))];
      const again = await subscribe(other, ada, 'keys.tail', { id: key.id, lastEventId: stream.lastId() });
      const later = [...(await callAt(one, key, 2)), ...(await callAt(other, key, 2))];
      await again.count(8);
      const shown = [...stream.seen, ...again.seen].map(({ requestId }) => requestId);
      // Calls of two instances have one order, which need not be the order in which they ended.
      expect(shown).toHaveLength(12);
      expect(new Set(shown)).toEqual(new Set([...begun, ...between, ...later]));
    });

    it('B2: continues at the other instance after one that has sent no event yet', async () => {
      const ada = await signUp(one);
      const key = await createKey(one, ada);
      const stream = await subscribe(one, ada, 'keys.tail', { id: key.id });
      await expect.poll(() => stream.lastId()).toBeDefined();
      stream.leave();
      const between = [...(await callAt(one, key, 1)), ...(await callAt(other, key, 1))];
      const again = await subscribe(other, ada, 'keys.tail', { id: key.id, lastEventId: stream.lastId() });
      await again.count(2);
      expect(new Set(again.seen.map(({ requestId }) => requestId))).toEqual(new Set(between));
    });

    it('B2: reports missed calls if the connection between them broke, or if an instance is new', async () => {
      const ada = await signUp(one);
      const key = await createKey(one, ada);
      const stream = await subscribe(one, ada, 'keys.tail', { id: key.id });
      await callAt(one, key, 1);
      await stream.count(1);
      const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ilike 'listen%'`;
      await one.running.service.stores.database.query(cut);
      await stream.count(2);
      expect(stream.seen[1]).toEqual({ type: 'missed', count: null });
      const third = await sibling(one);
      try {
        const again = await subscribe(third, ada, 'keys.tail', { id: key.id, lastEventId: stream.ids[0] });
        await again.count(1);
        expect(again.seen[0]).toEqual({ type: 'missed', count: null });
      } finally {
        await third.stop();
      }
    });

    it('ends within five seconds of a revocation on the other', async () => {
      const ada = await signUp(one);
      const key = await createKey(one, ada);
      const watcher = await createKey(one, ada, { permissions: ['usage:read'] });
      const stream = await subscribe(one, watcher, 'keys.tail', { id: key.id });
      await mutate(other, ada, 'keys.revoke', { id: watcher.id });
      const begun = Date.now();
      await stream.over;
      expect(Date.now() - begun).toBeLessThan(5_000);
    });
  });

  it('end a stream of one within five seconds of a revocation on the other', async () => {
    const key = await createKey(one, one.demo, { permissions: ['clock:read'] });
    const { target, headers } = sign(key, '/api/clock', { authority: one.authority });
    const stream = await rawConnection(other.port);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    stream.socket.write(`GET ${target} HTTP/1.1\r\n${lines}\r\n`);
    await stream.until((text) => text.includes('id: 1'));
    await mutate(one, one.demo, 'keys.revoke', { id: key.id });
    const begun = Date.now();
    expect(await stream.until((text) => text.endsWith('\r\n0\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 OK/);
    stream.socket.destroy();
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('accept a rotated key’s new secrets at once, and the previous ones until the grace period ends', async () => {
    const ada = await signUp(one);
    const before = await createKey(one, ada);
    expect((await query(other, before, 'exemple')).status).toBe(200);
    const { json } = await mutate(one, ada, 'keys.rotate', { id: before.id, graceSeconds: 60 });
    const { secret, signingSecret } = json.result.data;
    const after = { id: before.id, apiKey: secret, signingSecret };
    const outcomes = [];
    for (const who of [after, before, after]) outcomes.push((await query(other, who, 'exemple')).status);
    expect(outcomes).toEqual([200, 200, 200]);
    await mutate(one, ada, 'keys.rotate', { id: before.id, graceSeconds: 0 });
    for (const who of [after, before])
      expect((await query(other, who, 'exemple')).reason).toBe('KEY_INVALID');
  });

  it('apply a new membership and a new role at once', async () => {
    const [ada, eve] = [await signUp(one), await signUp(one)];
    const key = await createKey(one, ada, { permissions: ['profile:read', 'echo:write'] });
    const forEve = async (name: string, input?: string) => {
      const body = input === undefined ? {} : { body: input };
      const draft = sign(key, `/api/${name}`, { authority: other.authority, token: eve.token, ...body });
      return (await send(other.port, draft)).reason;
    };
    for (let n = 0; n < 3; n++) expect(await forEve('profile')).toBe('WORKSPACE_DENIED');
    const token = await invite(one, ada, eve.email, 'viewer');
    await mutate(one, eve, 'invitations.accept', { token });
    expect([await forEve('profile'), await forEve('echo', '{"text":"x"}')]).toEqual([
      undefined,
      'PERMISSION_DENIED',
    ]);
    await mutate(one, ada, 'members.setRole', { userId: eve.userId, role: 'developer' });
    expect(await forEve('echo', '{"text":"x"}')).toBeUndefined();
  });

  it.each([1, 2, 3])('keep one owner if two owners remove each other at once, round %d', async () => {
    const ada = await signUp(one);
    const eve = await newMember(one, ada, 'owner');
    const witness = await newMember(one, ada, 'viewer');
    const answers = await Promise.all([
      mutate(one, ada, 'members.remove', { userId: eve.userId }),
      mutate(other, eve, 'members.setRole', { userId: ada.userId, role: 'viewer' }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const roles = Object.values(await rolesIn(other, witness));
    expect(roles.filter((role) => role === 'owner')).toHaveLength(1);
  });

  it('accept an invitation, and a link to set a password, once between them', async () => {
    const [ada, eve] = [await signUp(one), await signUp(one)];
    const token = await invite(one, ada, eve.email);
    const accepted = await Promise.all(
      Array.from({ length: 10 }, (_, n) => mutate(n % 2 ? one : other, eve, 'invitations.accept', { token })),
    );
    expect(accepted.filter(({ status }) => status === 200)).toHaveLength(1);
    const member = await newMember(one, ada, 'viewer');
    const link = (await mutate(one, ada, 'auth.createReset', { userId: member.userId })).json.result.data
      .token;
    const reset = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        callPublic(n % 2 ? one : other, 'auth.reset', { token: link, newPassword: `a new password ${n}` }),
      ),
    );
    expect(reset.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('publish the same token keys', async () => {
    const jwks = (at: TestService) => fetch(`http://127.0.0.1:${at.port}/.well-known/jwks.json`);
    expect(await (await jwks(one)).json()).toEqual(await (await jwks(other)).json());
  });
});
