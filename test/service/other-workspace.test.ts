import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identities } from '../../drizzle/schema/identities.ts';
import { builtInApi } from '../../server/app/router.ts';
import { addPasskey } from '../harness/passkeys.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf } from '../harness/teams.ts';
import type { Credentials } from '../harness/wire.ts';
import { createRule } from '../harness/workloads.ts';

let service: TestService;
let ada: Person;
let eve: Person;
/** Of Eve's workspace, which Ada is no part of. */
let hers: Credentials;
let key: Credentials;
let invitation: string;
let workspace: string;
let rule: string;
let passkey: string;
const IDENTITY = 'idn_4fT9bQ2xZ7Lk';

beforeAll(async () => {
  const issuer = { name: 'company', issuer: 'http://127.0.0.1:1', workload: true };
  service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([issuer]) } });
  [ada, eve] = [await signUp(service), await signUp(service)];
  hers = await createKey(service, eve, { externalId: 'customer of Eve' });
  const input = { email: 'somebody@example.com', role: 'viewer' };
  invitation = (await mutate(service, eve, 'invitations.create', input)).json.result.data.invitation.id;
  workspace = await activeOf(service, eve);
  rule = await createRule(service, eve);
  passkey = (await addPasskey(service, eve)).id;
  const of = { userId: eve.userId, issuer: 'https://id.example.com', subject: 'eve' };
  const { db } = service.running.service.stores.database;
  await db.insert(identities).values({ ...of, id: IDENTITY, createdAt: new Date() });
  key = await createKey(service, ada, { permissions: ['keys:*', 'usage:*'] });
});
afterAll(() => service.stop());

const [aDayAgo, aDayAhead] = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());

/** Inputs of the procedures that name something: each with what is named, and what is answered. */
const NAMES: Record<string, (id: string) => [input: object, reason: string]> = {
  'keys.get': (id) => [{ id }, 'KEY_NOT_FOUND'],
  'keys.limits': (id) => [{ id }, 'KEY_NOT_FOUND'],
  'keys.update': (id) => [{ id, name: 'Mine now' }, 'KEY_NOT_FOUND'],
  'keys.rotate': (id) => [{ id, graceSeconds: 0 }, 'KEY_NOT_FOUND'],
  'keys.revoke': (id) => [{ id }, 'KEY_NOT_FOUND'],
  'keys.delete': (id) => [{ id }, 'KEY_NOT_FOUND'],
  'members.setRole': () => [{ userId: eve.userId, role: 'viewer' }, 'MEMBER_NOT_FOUND'],
  'members.remove': () => [{ userId: eve.userId }, 'MEMBER_NOT_FOUND'],
  'auth.createReset': () => [{ userId: eve.userId }, 'MEMBER_NOT_FOUND'],
  'invitations.revoke': () => [{ id: invitation }, 'INVITATION_NOT_FOUND'],
  'workspaces.select': () => [{ id: workspace }, 'WORKSPACE_NOT_FOUND'],
  'identities.unlink': () => [{ id: IDENTITY, password: ada.password }, 'NOT_FOUND'],
  'passkeys.rename': () => [{ id: passkey, name: 'Mine now' }, 'NOT_FOUND'],
  'passkeys.remove': () => [{ id: passkey, password: ada.password }, 'NOT_FOUND'],
  'sessions.revoke': () => [{ id: eve.id }, 'SESSION_NOT_FOUND'],
  'usage.key': (id) => [{ id, from: aDayAgo, to: aDayAhead, step: 'day' }, 'KEY_NOT_FOUND'],
  'usage.keys': (id) => [{ ids: [key.id, id], from: aDayAgo, to: aDayAhead, step: 'day' }, 'KEY_NOT_FOUND'],
  'keys.tail': (id) => [{ id }, 'KEY_NOT_FOUND'],
  'exchangeRules.update': () => [{ id: rule, enabled: false }, 'NOT_FOUND'],
  'exchangeRules.delete': () => [{ id: rule }, 'NOT_FOUND'],
  'owners.get': () => [{ externalId: 'customer of Eve' }, 'OWNER_NOT_FOUND'],
};

/** Procedures that take a name and make what is not there yet, in the caller's own workspace. */
const MAKES = ['owners.update'];

const ID_FIELD = /^(ids?|.*Ids?)$/;

/** The fields of a procedure's input by which it may name something. */
function idFields(name: string): string[] {
  const { inputs } = (
    builtInApi.router._def.procedures as unknown as Record<string, { _def: { inputs: Shaped[] } }>
  )[name]?._def ?? { inputs: [] };
  return inputs.flatMap((input) => fieldsOf(input)).filter((field) => ID_FIELD.test(field));
}

interface Shaped {
  readonly shape?: Record<string, unknown>;
  readonly def?: { readonly innerType?: Shaped };
}

const fieldsOf = (input: Shaped): string[] =>
  input.shape ? Object.keys(input.shape) : input.def?.innerType ? fieldsOf(input.def.innerType) : [];

describe('what belongs to another workspace', () => {
  it('is used in these tests with every procedure that takes an id', () => {
    const takers = [...builtInApi.procedures.keys()].filter((name) => idFields(name).length > 0);
    // These accept a name that is looked for only in the caller's own workspace; a stream's event is no row.
    const others = ['keys.create', 'keys.list', 'clock', 'audit.list', 'requests.list', ...MAKES];
    expect(takers.sort()).toEqual([...Object.keys(NAMES), ...others].sort());
  });

  it.each(Object.keys(NAMES))('does not exist for %s, of a person and of a key', async (name) => {
    const [input, reason] = (NAMES[name] as (id: string) => [object, string])(hers.id);
    const described = builtInApi.procedures.get(name);
    const call = described?.type === 'mutation' ? mutate : query;
    const ofPeople = described?.guard.access === 'user';
    if (ofPeople) expect((await call(service, key, name, input)).reason).toBe('ACCESS_DENIED');
    for (const who of ofPeople ? [ada] : [ada, key]) {
      const answer = await call(service, who, name, input);
      expect(answer.reason).toBe(reason);
      // In the words of what is not there at all.
      const named = [hers.id, eve.userId, eve.id, invitation, workspace, rule, passkey, IDENTITY];
      named.push('customer of Eve');
      const text = named.reduce((rest, id) => rest.replace(id, 'zzzzzzzzzzzz'), JSON.stringify(input));
      const nothing = JSON.parse(text);
      expect(nothing).not.toEqual(input);
      const { requestId, ...data } = answer.json.error.data;
      expect((await call(service, who, name, nothing)).json.error).toMatchObject({
        message: answer.json.error.message,
        data,
      });
    }
    expect((await query(service, eve, 'keys.get', { id: hers.id })).json.result.data.name).toBe('A key');
    expect((await query(service, hers, 'exemple')).status).toBe(200);
  });

  it('is not in any list, for any search', async () => {
    for (const input of [{}, { search: hers.id }, { externalId: 'customer of Eve' }]) {
      const { items } = (await query(service, ada, 'keys.list', input)).json.result.data;
      expect(items.map(({ id }: { id: string }) => id)).not.toContain(hers.id);
    }
  });

  it('is not limited by an owner of the same name', async () => {
    await mutate(service, ada, 'owners.update', { externalId: 'customer of Eve', credits: { remaining: 0 } });
    await createKey(service, ada, { externalId: 'customer of Eve' });
    expect((await query(service, hers, 'exemple')).status).toBe(200);
  });
});
