import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { activeOf, newMember } from '../harness/teams.ts';
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
