import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formerIdentities } from '../../drizzle/schema/identities.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { subscribe } from '../harness/events.ts';
import { admitted, link } from '../harness/external-sign-in.ts';
import {
  AUDIENCE,
  CLIENT_ID,
  type OidcIssuer,
  SIGN_IN_CLIENT,
  startOidcIssuer,
} from '../harness/oidc-issuer.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, joined, newMember } from '../harness/teams.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let nth = 0;
const verified = () => ({ email: `linked-${++nth}@example.com`, email_verified: true });

const entry = ({ issuer }: OidcIssuer, more: object = {}) => ({
  ...{ name: 'company', issuer, ...SIGN_IN_CLIENT, signIn: true },
  ...{ audience: AUDIENCE, userToken: true, clients: [CLIENT_ID], ...more },
});
const issuers = (...entries: object[]) => ({ KEYSEAL_ISSUERS: JSON.stringify(entries) });

interface Call {
  readonly key: Credentials;
  readonly token: string;
  readonly target?: string;
}

const call = (service: TestService, { key, token, target = '/api/whoami' }: Call) =>
  send(service.port, sign(key, target, { authority: service.authority, token }));
const outcome = async (service: TestService, what: Call) => (await call(service, what)).reason ?? 'admitted';
const namedBy = async (service: TestService, what: Call) => {
  const { user, externalUser } = (await call(service, what)).json.result.data;
  return user === null ? externalUser.subject : user.id;
};

describe('a user token of a person who is linked to an account', () => {
  const people: Record<string, Record<string, unknown>> = {};
  let provider: OidcIssuer;
  let first: TestService;
  let second: TestService;
  let owner: Person;
  let key: Credentials;
  beforeAll(async () => {
    provider = await startOidcIssuer('ES256', {}, { people });
    first = await startTestService({ env: issuers(entry(provider)) });
    second = first.env['DATABASE_URL'] ? await sibling(first) : first;
    owner = await signUp(first);
    key = await createKey(first, owner, { permissions: ['profile:read', 'echo:write', 'clock:read'] });
  });
  afterAll(async () => {
    if (second !== first) await second.stop();
    await first.stop();
    await provider.stop();
  });

  /** A new person of the provider, signed in to Keyseal, and a user token of theirs. */
  async function newPerson(who: string) {
    people[who] = verified();
    const person = await admitted(first, provider, who);
    const { accessToken } = await provider.signIn(who);
    return { person, token: accessToken };
  }

  it('names the account', async () => {
    const { person, token } = await newPerson('ada');
    const { json } = await call(first, { key, token });
    expect(json.result.data).toMatchObject({
      user: { id: person.userId, email: person.email },
      externalUser: null,
      session: null,
    });
    const profile = await call(second, { key, token, target: '/api/profile' });
    expect(profile.json.result.data.user).toMatchObject({ id: person.userId, email: person.email });
  });

  it('is refused on every instance from the next request on once the account is disabled', async () => {
    const { person, token } = await newPerson('leaver');
    for (const service of [first, second]) expect(await outcome(service, { key, token })).toBe('admitted');
    await setUserDisabled(second.running.service.stores, person.userId, true);
    for (const service of [first, second])
      expect(await outcome(service, { key, token })).toBe('SESSION_ENDED');
    await setUserDisabled(first.running.service.stores, person.userId, false);
    for (const service of [second, first]) expect(await outcome(service, { key, token })).toBe('admitted');
  });

  it('names the account as soon as it is linked, and the person again once it is unlinked', async () => {
    const grace = await signUp(first);
    const { accessToken: token } = await provider.signIn('grace');
    for (const service of [first, second]) expect(await namedBy(service, { key, token })).toBe('grace');
    expect((await link(second, provider, grace, 'grace')).status).toBe(200);
    for (const service of [first, second]) expect(await namedBy(service, { key, token })).toBe(grace.userId);
    const { items } = (await query(first, grace, 'identities.list')).json.result.data;
    const input = { id: items[0].id, password: grace.password };
    expect((await mutate(first, grace, 'identities.unlink', input)).status).toBe(200);
    for (const service of [second, first]) expect(await namedBy(service, { key, token })).toBe('grace');
  });

  it('names no other account after the identity was linked to another one', async () => {
    const [one, two] = [await signUp(first), await signUp(first)];
    const { accessToken: token } = await provider.signIn('mover');
    expect((await link(first, provider, one, 'mover')).status).toBe(200);
    for (const service of [first, second]) expect(await namedBy(service, { key, token })).toBe(one.userId);
    const { items } = (await query(first, one, 'identities.list')).json.result.data;
    await mutate(first, one, 'identities.unlink', { id: items[0].id, password: one.password });
    expect((await link(first, provider, two, 'mover')).status).toBe(200);
    for (const service of [second, first]) expect(await namedBy(service, { key, token })).toBe(two.userId);
  });

  it('narrows the key to the role of a member, and is refused once the member is removed', async () => {
    const member = await newMember(first, owner, 'viewer');
    const { accessToken: token } = await provider.signIn('viewer');
    expect((await link(first, provider, member, 'viewer')).status).toBe(200);
    const echo = async (service: TestService) => {
      const options = { authority: service.authority, token, body: '{"text":"a"}' };
      return (await send(service.port, sign(key, '/api/echo', options))).reason ?? 'admitted';
    };
    for (const service of [first, second]) expect(await echo(service)).toBe('PERMISSION_DENIED');
    const change = { userId: member.userId, role: 'developer' };
    expect((await mutate(second, owner, 'members.setRole', change)).status).toBe(200);
    for (const service of [first, second]) expect(await echo(service)).toBe('admitted');
    expect((await mutate(first, owner, 'members.remove', { userId: member.userId })).status).toBe(200);
    for (const service of [second, first])
      expect(await outcome(service, { key, token })).toBe('WORKSPACE_DENIED');
  });

  it('ends a stream when the account is disabled', async () => {
    const { person, token } = await newPerson('streaming');
    const stream = await subscribe(first, { ...key, token }, 'clock', { everyMs: 50 });
    await stream.count(2);
    await setUserDisabled(second.running.service.stores, person.userId, true);
    await stream.over;
  });

  /** A member of the key's workspace who is linked to a person of the provider, and a user token of theirs. */
  async function newLinkedMember(who: string, role: 'viewer' | 'developer') {
    const member = await newMember(first, owner, role);
    const { accessToken: token } = await provider.signIn(who);
    expect((await link(first, provider, member, who)).status).toBe(200);
    return { member, token };
  }
  async function unlink(person: Person) {
    const { items } = (await query(first, person, 'identities.list')).json.result.data;
    const input = { id: items[0].id, password: person.password };
    expect((await mutate(first, person, 'identities.unlink', input)).status).toBe(200);
  }
  const remove = async ({ userId }: Person) =>
    expect((await mutate(second, owner, 'members.remove', { userId })).status).toBe(200);
  const expectEverywhere = async (token: string, expected: string) => {
    for (const service of [first, second]) expect(await outcome(service, { key, token })).toBe(expected);
  };

  it('stays removed from a workspace when its person unlinks it, and links it to a new account', async () => {
    const { member, token } = await newLinkedMember('remover', 'developer');
    await expectEverywhere(token, 'admitted');
    await remove(member);
    await expectEverywhere(token, 'WORKSPACE_DENIED');
    await unlink(member);
    await expectEverywhere(token, 'WORKSPACE_DENIED');
    const another = await signUp(first);
    expect((await link(second, provider, another, 'remover')).status).toBe(200);
    await expectEverywhere(token, 'WORKSPACE_DENIED');
    await unlink(another);
    await expectEverywhere(token, 'WORKSPACE_DENIED');
  });

  it('stays removed when its person was unlinked before', async () => {
    const { member, token } = await newLinkedMember('early', 'developer');
    await unlink(member);
    await expectEverywhere(token, 'admitted');
    await remove(member);
    await expectEverywhere(token, 'WORKSPACE_DENIED');
  });

  it('stays removed when its person deletes the account, until an owner invites a new one', async () => {
    const { member, token } = await newLinkedMember('eraser', 'developer');
    await remove(member);
    const deleted = await mutate(first, member, 'auth.deleteAccount', { password: member.password });
    expect(deleted.status).toBe(200);
    await expectEverywhere(token, 'WORKSPACE_DENIED');
    const again = await newMember(second, owner, 'developer');
    expect((await link(first, provider, again, 'eraser')).status).toBe(200);
    await expectEverywhere(token, 'admitted');
    await unlink(again);
    await expectEverywhere(token, 'admitted');
  });

  it('is admitted again once an owner invites the account that it was unlinked from', async () => {
    const { member, token } = await newLinkedMember('returner', 'developer');
    await remove(member);
    await unlink(member);
    await expectEverywhere(token, 'WORKSPACE_DENIED');
    await joined(second, owner, member);
    await expectEverywhere(token, 'admitted');
  });

  it('has no more than so many former accounts, which each call would read', async () => {
    const { database } = first.running.service.stores;
    const { accessToken: token } = await provider.signIn('hoarder');
    const former = Array.from({ length: 20 }, (_, n) => ({ userId: `usr_${n}` }));
    const rows = former.map((row) => ({ ...row, issuer: provider.issuer, subject: 'hoarder' }));
    await database.db.insert(formerIdentities).values(rows);
    expect((await link(first, provider, await signUp(first), 'hoarder')).reason).toBe('CONFLICT');
    await expectEverywhere(token, 'admitted');
  });

  it('narrows the key to the role of a member who was unlinked', async () => {
    const { member, token } = await newLinkedMember('narrowed', 'viewer');
    const echo = async (service: TestService) => {
      const options = { authority: service.authority, token, body: '{"text":"a"}' };
      return (await send(service.port, sign(key, '/api/echo', options))).reason ?? 'admitted';
    };
    await unlink(member);
    for (const service of [first, second]) {
      expect(await echo(service)).toBe('PERMISSION_DENIED');
      expect(await namedBy(service, { key, token })).toBe('narrowed');
    }
  });

  it('is refused while an account that it was unlinked from is disabled', async () => {
    const { member, token } = await newLinkedMember('disabled', 'developer');
    await unlink(member);
    await expectEverywhere(token, 'admitted');
    await setUserDisabled(second.running.service.stores, member.userId, true);
    await expectEverywhere(token, 'SESSION_ENDED');
    await setUserDisabled(first.running.service.stores, member.userId, false);
    await expectEverywhere(token, 'admitted');
  });

  it('names a person without an account once the account is deleted', async () => {
    const one = await signUp(first);
    const { accessToken: token } = await provider.signIn('deleted');
    expect((await link(first, provider, one, 'deleted')).status).toBe(200);
    expect(await namedBy(second, { key, token })).toBe(one.userId);
    expect((await mutate(first, one, 'auth.deleteAccount', { password: one.password })).status).toBe(200);
    // Nothing of the account remains: the token names a person without one.
    for (const service of [first, second]) expect(await namedBy(service, { key, token })).toBe('deleted');
  });
});

describe('a person whom a rule of the issuer lets in', () => {
  it('is refused with tokens from before the rule stopped to fit, on every instance', async () => {
    const claims = { ...verified(), groups: ['makers'] };
    const groups: Record<string, string[]> = { ada: ['makers'] };
    const provider = await startOidcIssuer('RS256', groups, { people: { ada: claims } });
    const before = await startTestService();
    const owner = await signUp(before);
    const key = await createKey(before, owner, { permissions: ['exemple:read'] });
    const join = [
      { workspace: await activeOf(before, owner), role: 'developer', claim: 'groups', value: 'makers' },
    ];
    await before.stop();
    const scopes = ['openid', 'email', 'groups'];
    const first = await sibling(before, issuers(entry(provider, { join, scopes })));
    const second = first.env['DATABASE_URL'] ? await sibling(first) : first;

    const ada = await admitted(first, provider, 'ada');
    const { accessToken: token } = await provider.signIn('ada');
    for (const service of [first, second]) {
      const { json } = await call(service, { key, token });
      expect(json.result.data).toMatchObject({
        user: { id: ada.userId },
        workspace: { role: 'developer' },
      });
    }
    // The group is gone at the provider, and the person signs in again on one instance.
    claims.groups = [];
    groups['ada'] = [];
    expect((await admitted(second, provider, 'ada')).userId).toBe(ada.userId);
    for (const service of [first, second])
      expect(await outcome(service, { key, token })).toBe('WORKSPACE_DENIED');
    // What is issued later has the claims of now.
    groups['ada'] = ['makers'];
    await expect
      .poll(async () => outcome(first, { key, token: (await provider.signIn('ada')).accessToken }))
      .toBe('admitted');
    expect(await outcome(second, { key, token })).toBe('WORKSPACE_DENIED');
    if (second !== first) await second.stop();
    await first.stop();
    await provider.stop();
  });
});
