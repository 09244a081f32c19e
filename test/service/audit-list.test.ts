import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { recordsOf, workspaceOf } from '../harness/audit-chain.ts';
import { callPublic, createKey, mutate, type Person, personOf, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let eve: Person;
let key: Credentials;
/** An hour ago: the service's clock goes ahead minute by minute, and never back. */
const BEGUN = Math.floor(Date.now() / 60_000 - 60) * 60_000;
let now = BEGUN;
const at = (minute: number) => new Date(BEGUN + minute * 60_000).toISOString();

beforeAll(async () => {
  service = await startTestService({ clock: () => now });
  [ada, eve] = [await signUp(service), await signUp(service)];
  key = await createKeyAt(ada, 1);
  await tellAt(key, 2, 'keys.update', { id: key.id, name: 'B' });
  await tellAt(ada, 3, 'keys.update', { id: key.id, name: 'C' });
  await tellAt(ada, 4, 'owners.update', { externalId: 'acme', credits: { remaining: 1 } });
  await createKeyAt(eve, 5);
});
afterAll(() => service.stop());

const seconds = () => Math.floor(now / 1_000);

function tellAt(who: Credentials | Person, minute: number, name: string, input: object) {
  now = BEGUN + minute * 60_000;
  const options = { authority: service.authority, method: 'POST', body: JSON.stringify(input), t: seconds() };
  const token = 'token' in who ? { token: who.token } : {};
  return send(service.port, sign(who, `/api/${name}`, { ...options, ...token }));
}

async function createKeyAt(who: Person, minute: number) {
  const input = { name: 'A', environment: 'live', permissions: ['keys:*', 'audit:read'] };
  const { json } = await tellAt(who, minute, 'keys.create', input);
  const { key: made, secret, signingSecret } = json.result.data;
  return { id: made.id, apiKey: secret, signingSecret };
}

async function list(who: Credentials | Person, input?: object) {
  const target = `/api/audit.list${input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''}`;
  const token = 'token' in who ? { token: who.token } : {};
  return send(service.port, sign(who, target, { authority: service.authority, t: seconds(), ...token }));
}
const seqs = async (input?: object) =>
  (await list(ada, input)).json.result.data.items.map(({ seq }: { seq: number }) => seq);

describe('audit.list', () => {
  it('lists the newest first, each with actor and action', async () => {
    const { items, nextCursor } = (await list(ada)).json.result.data;
    expect([items.length, nextCursor]).toEqual([5, null]);
    expect(items[1]).toEqual({
      seq: 4,
      at: at(3),
      actor: { kind: 'user', id: ada.userId },
      address: '127.0.0.1',
      requestId: expect.stringMatching(/./),
      action: 'keys.update',
      subject: key.id,
      before: { name: 'B' },
      after: { name: 'C' },
      mac: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(items[2].actor).toEqual({ kind: 'key', id: key.id });
  });

  it.each<[string, () => object, number[]]>([
    ['a time on', () => ({ from: at(2) }), [5, 4, 3]],
    ['before a time', () => ({ to: at(2) }), [2, 1]],
    ['between two times', () => ({ from: at(2), to: at(3.001) }), [4, 3]],
    ['from a later time to an earlier one', () => ({ from: at(60), to: at(0) }), []],
    ['an actor', () => ({ actorId: key.id }), [3]],
    ['an action', () => ({ action: 'keys.update' }), [4, 3]],
    ['a subject', () => ({ subject: 'acme' }), [5]],
    ['several of these', () => ({ action: 'keys.update', actorId: ada.userId, subject: key.id }), [4]],
    ['what there is not', () => ({ action: 'keys.%' }), []],
  ])('filters by %s', async (_, input, expected) => {
    expect(await seqs(input())).toEqual(expected);
  });

  it('continues page by page, filtered or not', async () => {
    for (const filter of [{}, { actorId: ada.userId }, { from: at(0) }, { subject: key.id }]) {
      const all: number[] = [];
      let more: object | null = {};
      while (more) {
        const answer = await list(ada, { ...filter, limit: 2, ...more });
        const { items, nextCursor } = answer.json.result.data;
        all.push(...items.map(({ seq }: { seq: number }) => seq));
        more = nextCursor === null ? null : { cursor: nextCursor };
      }
      expect(all).toEqual(await seqs(filter));
    }
  });

  it.each<[string, object]>([
    ['a limit of 0', { limit: 0 }],
    ['a limit of 101', { limit: 101 }],
    ['a text that is not a time', { from: 'yesterday' }],
    ['a time with an offset', { from: '2026-11-24T12:02:00+01:00' }],
    ['a forged cursor', { cursor: `5.${'0'.repeat(64)}` }],
    ['a NUL', { subject: '\0' }],
    ['an unknown field', { workspaceId: 'wsp_other' }],
  ])('refuses %s', async (_, input) => {
    expect((await list(ada, input)).reason).toBe('INPUT_INVALID');
  });

  it('shows nothing of another workspace, with any filter', async () => {
    for (const input of [{}, { actorId: ada.userId }, { subject: key.id }, { subject: 'acme' }]) {
      const { items } = (await list(eve, input)).json.result.data;
      expect(JSON.stringify(items)).not.toMatch(new RegExp(`${ada.userId}|${key.id}|acme`));
    }
    const { nextCursor } = (await list(ada, { limit: 1 })).json.result.data;
    expect((await list(eve, { cursor: nextCursor })).reason).toBe('INPUT_INVALID');
  });

  it('requires audit:read', async () => {
    const weak = await tellAt(ada, 6, 'keys.create', {
      name: 'weak',
      environment: 'live',
      permissions: ['keys:*'],
    });
    const { key: made, secret, signingSecret } = weak.json.result.data;
    const answer = await list({ id: made.id, apiKey: secret, signingSecret });
    expect([answer.reason, answer.json.error.data.missing]).toEqual(['PERMISSION_DENIED', 'audit:read']);
    expect((await list(key)).status).toBe(200);
  });
});

describe('the audit log', () => {
  it('contains no secret', async () => {
    now = Date.now();
    const person = await signUp(service, 'a password that nobody may read');
    const again = await callPublic(service, 'auth.signIn', {
      email: person.email,
      password: person.password,
    });
    const session = personOf(again, person.email, person.password);
    const one = await createKey(service, person, { permissions: ['keys:*'] });
    const rotated = (await mutate(service, person, 'keys.rotate', { id: one.id, graceSeconds: 60 })).json
      .result.data;
    const body = JSON.stringify({ refreshToken: person.refreshToken });
    const refreshed = await send(
      service.port,
      sign(person, '/api/auth.refresh', { authority: service.authority, body }),
    );
    await mutate(service, person, 'keys.revoke', { id: one.id });
    await mutate(service, person, 'keys.delete', { id: one.id });
    await mutate(service, session, 'auth.signOut');
    const { accessToken, refreshToken } = refreshed.json.result.data.session;
    const secrets = [
      ...[one.apiKey.slice(-38), one.signingSecret.slice(4), rotated.secret.slice(-38)],
      ...[rotated.signingSecret.slice(4), person.password, person.signingSecret.slice(4)],
      ...[person.token.split('.')[2] ?? '', person.refreshToken.slice(6), session.signingSecret.slice(4)],
      ...[session.refreshToken.slice(6), accessToken.split('.')[2], refreshToken.slice(6)],
    ];
    // Neither a person's name or address, since a record is never taken back.
    const personal = [person.email, person.email.split('@')[0] ?? ''];
    const records = await recordsOf(service, await workspaceOf(service, one));
    expect(records.length).toBe(7);
    const { stores } = service.running.service;
    const [row] = await stores.database.db.select().from(keys).where(eq(keys.id, one.id));
    const kept = [row?.secretHash, row?.signingSealed, row?.previousSecretHash, row?.previousSigningSealed];
    const text = JSON.stringify(records);
    for (const secret of [...secrets, ...personal, ...kept]) {
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
        const written = Buffer.from(secret ?? 'missing')
          .toString(encoding)
          .replace(/=+$/, '');
        expect(text.includes(written), written).toBe(false);
      }
    }
  });
});
