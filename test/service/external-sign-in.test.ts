import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formerIdentities } from '../../drizzle/schema/identities.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { blockTransactions } from '../harness/blocked-transactions.ts';
import { admitted, beginLink, beginSignIn, finish, link, signInWith } from '../harness/external-sign-in.ts';
import { type OidcIssuer, SIGN_IN_CLIENT, startOidcIssuer } from '../harness/oidc-issuer.ts';
import { callPublic, mutate, type Person, personOf, publicDraft, query, signUp } from '../harness/people.ts';
import { restart, sibling, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, joined, workspacesOf } from '../harness/teams.ts';
import { send, withHeader } from '../harness/wire.ts';

let nth = 0;
/** Claims of a person with their own verified e-mail address. */
const verified = (more: object = {}) => ({
  email: `external-${++nth}@example.com`,
  email_verified: true,
  name: 'Ada Lovelace',
  ...more,
});

const entry = (issuer: OidcIssuer, more: object = {}) => ({
  ...{ name: 'company', issuer: issuer.issuer, ...SIGN_IN_CLIENT, signIn: true },
  scopes: ['openid', 'email', 'profile', 'groups'],
  ...more,
});
const issuers = (...entries: object[]) => ({ KEYSEAL_ISSUERS: JSON.stringify(entries) });

describe.each([
  ['RS256, claims from the UserInfo endpoint', 'RS256', {}],
  ['ES256, claims in ID tokens', 'ES256', { claimsInIdToken: true }],
  ['RS256, pushed requests', 'RS256', { pushed: true }],
] as const)('a person signs in with a real OpenID provider (%s)', (_, alg, options) => {
  const people: Record<string, Record<string, unknown>> = { ada: verified(), bob: verified() };
  let provider: OidcIssuer;
  let service: TestService;
  beforeAll(async () => {
    provider = await startOidcIssuer(alg, {}, { ...options, people });
    service = await startTestService({ env: issuers(entry(provider)) });
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  it('and gets an account and an ordinary session, and the same account the next time', async () => {
    const ada = await admitted(service, provider, 'ada');
    const me = (await query(service, ada, 'whoami')).json.result.data;
    expect(me.user).toMatchObject({ id: ada.userId, email: people['ada']?.['email'], name: 'Ada Lovelace' });
    const again = await admitted(service, provider, 'ada');
    expect([again.userId, again.id === ada.id]).toEqual([ada.userId, false]);
    const bob = await admitted(service, provider, 'bob');
    expect(bob.userId).not.toBe(ada.userId);
  });

  it('and can refresh the session, and sign out', async () => {
    const ada = await admitted(service, provider, 'ada');
    expect((await mutate(service, ada, 'auth.signOut')).status).toBe(200);
    expect((await query(service, ada, 'whoami')).reason).toBe('SESSION_ENDED');
  });
});

describe('sign-in with an issuer', () => {
  const people: Record<string, Record<string, unknown>> = {};
  let provider: OidcIssuer;
  let service: TestService;
  beforeAll(async () => {
    provider = await startOidcIssuer('ES256', {}, { people });
    service = await startTestService({ env: issuers(entry(provider)) });
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  const audited = async (person: Person) =>
    (await query(service, person, 'audit.list', { limit: 20 })).json.result.data.items as {
      action: string;
      after: Record<string, unknown> | null;
      before: Record<string, unknown> | null;
    }[];

  it('records the account, its identity and its session, and no claim of the person', async () => {
    people['recorded'] = verified();
    const person = await admitted(service, provider, 'recorded');
    const records = await audited(person);
    expect(records.map(({ action }) => action)).toEqual(Array(3).fill('auth.finishSignIn'));
    expect(records.map(({ after }) => after)).toContainEqual({
      userId: person.userId,
      issuer: provider.issuer,
    });
    expect(JSON.stringify(records)).not.toMatch(/external-|Lovelace|recorded/);
  });

  it('puts flow and refresh token of the console into cookies that no script reads', async () => {
    people['console'] = verified();
    const post = (name: string, input: object, headers: Record<string, string>) => {
      let draft = publicDraft(service, name, input);
      for (const [header, value] of Object.entries(headers)) draft = withHeader(draft, header, value);
      return send(service.port, draft);
    };
    const origin = service.url;
    const start = { issuer: 'company', returnTo: '/keys/abc', cookie: true };
    expect((await post('auth.startSignIn', start, { origin: 'https://evil.example' })).reason).toBe(
      'ACCESS_DENIED',
    );
    const begun = await post('auth.startSignIn', start, { origin });
    const [line = ''] = begun.headers['set-cookie'] ?? [];
    expect(line).toMatch(
      /^__Host-keyseal-sign-in=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=600$/,
    );
    const { url, flow } = begun.json.result.data;
    expect(flow).toBeNull();
    const back = await provider.visit(url, 'console');
    const cookie = line.split(';', 1)[0] ?? '';
    const done = { url: back, cookie: true };
    expect((await post('auth.finishSignIn', done, { origin: 'https://evil.example', cookie })).reason).toBe(
      'ACCESS_DENIED',
    );
    // Another browser has no such cookie: a person who is led to someone else's callback URL is not signed in as them.
    expect((await post('auth.finishSignIn', done, { origin })).reason).toBe('SIGN_IN_INVALID');
    const answer = await post('auth.finishSignIn', done, { origin, cookie });
    expect(answer.json.result.data).toMatchObject({ returnTo: '/keys/abc', session: { refreshToken: null } });
    const cookies = [answer.headers['set-cookie'] ?? []].flat();
    expect(cookies.map((text) => text.split('=', 1)[0])).toEqual([
      '__Host-keyseal-sign-in',
      '__Host-keyseal-refresh',
      '__Host-keyseal-device',
    ]);
    expect(cookies[0]).toMatch(/^__Host-keyseal-sign-in=; .*Max-Age=0$/);
  });

  it.each([
    ['missing', undefined],
    ['false', false],
    ['a text', 'true'],
  ])('creates no account for an address whose verification is %s', async (how, email_verified) => {
    people[`unverified ${how}`] = { ...verified(), email_verified };
    expect((await signInWith(service, provider, `unverified ${how}`)).reason).toBe('ACCESS_DENIED');
  });

  it('never links by the e-mail address: the account keeps its owner', async () => {
    const owner = await signUp(service);
    people['namesake'] = verified({ email: owner.email.toUpperCase() });
    expect((await signInWith(service, provider, 'namesake')).reason).toBe('CONFLICT');
    expect((await query(service, owner, 'identities.list')).json.result.data.items).toEqual([]);
  });

  it.each<[string, (address: string) => string]>([
    ['a long s', (address) => address.replace('s', '\u017f')],
    ['a full stop of another script', (address) => address.replace('.com', '\u3002com')],
    ['letters of full width', (address) => address.replace('p', '\uff50')],
    ['a Cyrillic letter', (address) => address.replace('p', '\u0440')],
    ['an accent of its own', (address) => address.replace('e', 'e\u0301')],
    ['an invisible character', (address) => address.replace('@', '\u200b@')],
    ['a dot at the end', (address) => `${address}.`],
    ['a space at the end', (address) => `${address} `],
    ['a line end', (address) => `${address}\n`],
    ['a quoted part', (address) => `"${address}"@evil.example`],
  ])('does not take an address with %s for that of an account, and creates none', async (how, change) => {
    const owner = await signUp(service);
    people[`alike ${how}`] = verified({ email: change(owner.email) });
    expect((await signInWith(service, provider, `alike ${how}`)).reason).toBe('ACCESS_DENIED');
    expect((await query(service, owner, 'identities.list')).json.result.data.items).toEqual([]);
  });

  it('ignores a name with control characters', async () => {
    people['odd'] = verified({ name: 'Ada\u202eadA' });
    const odd = await admitted(service, provider, 'odd');
    expect((await query(service, odd, 'whoami')).json.result.data.user.name).toBe(odd.email.split('@')[0]);
  });

  it('of one person twice at once creates one account', async () => {
    people['twice'] = verified();
    const answers = await Promise.all([1, 2, 3].map(() => signInWith(service, provider, 'twice')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ json }) => json.result.data.user.id)).size).toBe(1);
  });

  it('refuses a disabled person, and their session ends with the next request', async () => {
    people['leaver'] = verified();
    const leaver = await admitted(service, provider, 'leaver');
    await setUserDisabled(service.running.service.stores, leaver.userId, true);
    expect((await query(service, leaver, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await signInWith(service, provider, 'leaver')).reason).toBe('ACCESS_DENIED');
    await setUserDisabled(service.running.service.stores, leaver.userId, false);
    expect((await signInWith(service, provider, 'leaver')).status).toBe(200);
  });

  it('creates an account without a usable password', async () => {
    people['guessed'] = verified();
    const person = await admitted(service, provider, 'guessed');
    for (const password of ['', 'no password is set', 'correct horse battery']) {
      const { reason } = await callPublic(service, 'auth.signIn', { email: person.email, password });
      expect(reason).toBe('CREDENTIALS_INVALID');
    }
    const { hasPassword } = (await query(service, person, 'identities.list')).json.result.data;
    expect(hasPassword).toBe(false);
    expect((await mutate(service, person, 'auth.deleteAccount', { password: '' })).reason).toBe(
      'CREDENTIALS_INVALID',
    );
  });

  it('ends if the person cancels it', async () => {
    const { url, flow } = await beginSignIn(service);
    const asked = new URL(url).searchParams;
    const answer = new URLSearchParams({
      error: 'access_denied',
      state: asked.get('state') ?? '',
      iss: provider.issuer,
    });
    const back = `${asked.get('redirect_uri')}?${answer}`;
    expect((await finish(service, back, flow)).reason).toBe('SIGN_IN_INVALID');
  });

  describe('an identity that was linked by password', () => {
    it('opens that account, and no longer once it is unlinked: its sessions end at once', async () => {
      const owner = await signUp(service);
      people['linked'] = verified();
      expect((await link(service, provider, owner, 'linked')).json.result.data).toEqual({
        returnTo: '/keys',
      });
      const external = await admitted(service, provider, 'linked');
      expect(external.userId).toBe(owner.userId);
      const { items } = (await query(service, owner, 'identities.list')).json.result.data;
      expect(items).toMatchObject([{ issuer: provider.issuer, name: 'company' }]);

      const id = items[0].id;
      const wrong = await mutate(service, owner, 'identities.unlink', { id, password: 'not mine at all' });
      expect(wrong.reason).toBe('CREDENTIALS_INVALID');
      const other = await signUp(service);
      const foreign = await mutate(service, other, 'identities.unlink', { id, password: other.password });
      expect(foreign.reason).toBe('NOT_FOUND');
      expect((await query(service, external, 'whoami')).status).toBe(200);

      const unlinked = await mutate(service, owner, 'identities.unlink', { id, password: owner.password });
      expect(unlinked.status).toBe(200);
      expect((await query(service, external, 'whoami')).reason).toBe('SESSION_ENDED');
      expect((await query(service, owner, 'whoami')).status).toBe(200);
      expect((await admitted(service, provider, 'linked')).userId).not.toBe(owner.userId);
      const actions = (await audited(owner)).map(({ action }) => action);
      expect(actions.slice(0, 3)).toEqual([
        'identities.unlink',
        'auth.finishSignIn',
        'identities.finishLink',
      ]);
    });

    it('makes no new account while the one that it was unlinked from is disabled', async () => {
      const { stores } = service.running.service;
      const owner = await signUp(service);
      people['escaping'] = verified();
      await link(service, provider, owner, 'escaping');
      const [{ id }] = (await query(service, owner, 'identities.list')).json.result.data.items;
      await mutate(service, owner, 'identities.unlink', { id, password: owner.password });
      await setUserDisabled(stores, owner.userId, true);
      expect((await signInWith(service, provider, 'escaping')).reason).toBe('ACCESS_DENIED');
      await setUserDisabled(stores, owner.userId, false);
      expect((await admitted(service, provider, 'escaping')).userId).not.toBe(owner.userId);
    });

    it('leaves nothing of a person who unlinks it and deletes an account that only they had', async () => {
      const owner = await signUp(service);
      people['erased'] = verified();
      await link(service, provider, owner, 'erased');
      const [{ id }] = (await query(service, owner, 'identities.list')).json.result.data.items;
      const { password } = owner;
      expect((await mutate(service, owner, 'identities.unlink', { id, password })).status).toBe(200);
      expect((await mutate(service, owner, 'auth.deleteAccount', { password })).status).toBe(200);
      const { db } = service.running.service.stores.database;
      const left = await db.select().from(formerIdentities).where(eq(formerIdentities.userId, owner.userId));
      expect(left).toEqual([]);
    });

    it('needs the password; only a session is not enough', async () => {
      const owner = await signUp(service);
      const input = { issuer: 'company', returnTo: '/profile', password: 'not mine at all' };
      expect((await mutate(service, owner, 'identities.startLink', input)).reason).toBe(
        'CREDENTIALS_INVALID',
      );
    });

    it('S8: is not linked with a password that was changed since it was given', async () => {
      const owner = await signUp(service);
      people['late'] = verified();
      const { url, flow } = await beginLink(service, owner);
      const back = await provider.visit(url, 'late');
      const newPassword = 'a whole new battery';
      const change = { currentPassword: owner.password, newPassword };
      expect((await mutate(service, owner, 'auth.changePassword', change)).status).toBe(200);
      const late = await mutate(service, owner, 'identities.finishLink', { url: back, flow });
      expect(late.reason).toBe('SIGN_IN_INVALID');
      expect((await query(service, owner, 'identities.list')).json.result.data.items).toEqual([]);
      const renewed = { ...owner, password: newPassword };
      expect((await link(service, provider, renewed, 'late')).status).toBe(200);
    });

    it('S8: is not unlinked with a password that was changed since it was verified', async () => {
      const owner = await signUp(service);
      people['kept'] = verified();
      expect((await link(service, provider, owner, 'kept')).status).toBe(200);
      const [{ id }] = (await query(service, owner, 'identities.list')).json.result.data.items;
      const blocked = blockTransactions(service, 1);
      const unlinking = mutate(service, owner, 'identities.unlink', { id, password: owner.password });
      await blocked.arrived;
      const change = { currentPassword: owner.password, newPassword: 'a whole new battery' };
      const changed = await mutate(service, owner, 'auth.changePassword', change);
      blocked.release();
      expect(changed.status).toBe(200);
      expect((await unlinking).reason).toBe('CREDENTIALS_INVALID');
      expect((await query(service, owner, 'identities.list')).json.result.data.items).toHaveLength(1);
    });

    it('belongs to one account only', async () => {
      const [owner, other] = [await signUp(service), await signUp(service)];
      people['shared'] = verified();
      expect((await link(service, provider, owner, 'shared')).status).toBe(200);
      expect((await link(service, provider, other, 'shared')).reason).toBe('CONFLICT');
      expect((await link(service, provider, owner, 'shared')).reason).toBe('CONFLICT');
    });

    it('is deleted with the account', async () => {
      const owner = await signUp(service);
      people['gone'] = verified();
      await link(service, provider, owner, 'gone');
      await mutate(service, owner, 'auth.deleteAccount', { password: owner.password });
      expect((await admitted(service, provider, 'gone')).userId).not.toBe(owner.userId);
    });
  });
});

describe('the accounts of people who sign in with an issuer', () => {
  const people: Record<string, Record<string, unknown>> = {};
  let provider: OidcIssuer;
  let service: TestService;
  let owner: Person;
  let workspace: string;
  let second: string;
  const rule = (value: string, role: string) => ({ workspace, role, claim: 'groups', value });

  beforeAll(async () => {
    provider = await startOidcIssuer('ES256', {}, { people });
    const before = await startTestService();
    owner = await signUp(before);
    workspace = await activeOf(before, owner);
    second = (await mutate(before, owner, 'workspaces.create', { name: 'Second' })).json.result.data.id;
    const join = [
      rule('owners', 'owner'),
      rule('makers', 'developer'),
      rule('staff', 'viewer'),
      { workspace: second, role: 'viewer', emailDomain: 'example.org' },
      { workspace: 'wsp_doesNotExist', role: 'owner', claim: 'groups', value: 'lost' },
    ];
    const env = { ...issuers(entry(provider, { join })), KEYSEAL_SIGN_UP: 'first' };
    service = await restart(before, env);
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  it('are created with sign-up closed only for those whom a rule admits', async () => {
    people['unlisted'] = verified({ groups: ['visitors'] });
    people['lost'] = verified({ groups: ['lost'] });
    people['plain'] = verified();
    for (const who of ['unlisted', 'lost', 'plain'])
      expect((await signInWith(service, provider, who)).reason).toBe('ACCESS_DENIED');
    people['maker'] = verified({ groups: ['staff', 'makers'] });
    const maker = await admitted(service, provider, 'maker');
    expect(await workspacesOf(service, maker)).toMatchObject([
      { id: workspace, role: 'developer', active: true },
    ]);
  });

  it('are created for a verified domain if a rule says so', async () => {
    people['domain'] = verified({ email: 'domain@example.org' });
    const person = await admitted(service, provider, 'domain');
    expect(await workspacesOf(service, person)).toMatchObject([{ id: second, role: 'viewer' }]);
    people['pretender'] = verified({ email: 'pretender@example.org', email_verified: false });
    expect((await signInWith(service, provider, 'pretender')).reason).toBe('ACCESS_DENIED');
  });

  it('have memberships that follow the groups at each sign-in, and end with the next request', async () => {
    const groups = ['makers'];
    people['mover'] = verified({ groups });
    const mover = await admitted(service, provider, 'mover');
    const create = { name: 'A key', environment: 'live', permissions: ['exemple:read'] };
    expect((await mutate(service, mover, 'keys.create', create)).status).toBe(200);
    groups.splice(0, 1, 'staff');
    await admitted(service, provider, 'mover');
    expect((await mutate(service, mover, 'keys.create', create)).reason).toBe('PERMISSION_DENIED');
    groups.splice(0, 1);
    const after = await admitted(service, provider, 'mover');
    expect((await query(service, mover, 'keys.list')).reason).toBe('WORKSPACE_DENIED');
    expect(await workspacesOf(service, after)).toEqual([]);
    groups.push('makers');
    const back = await admitted(service, provider, 'mover');
    expect(await workspacesOf(service, back)).toMatchObject([{ id: workspace, role: 'developer' }]);
    const records = (await query(service, owner, 'audit.list', { limit: 50 })).json.result.data.items as {
      subject: string;
      after: { role?: string; removedAt?: string | null };
    }[];
    const mine = records.filter(({ subject }) => subject === mover.userId).map(({ after }) => after);
    expect(mine.map(({ role, removedAt }) => role ?? (removedAt ? 'removed' : null))).toEqual([
      ...['developer', 'removed', 'viewer', 'developer'],
    ]);
  });

  it('keep a membership that a person gave', async () => {
    const member = await signUp(service);
    await joined(service, owner, member, 'admin');
    people['member'] = verified({ groups: ['staff'] });
    await link(service, provider, member, 'member');
    const external = await admitted(service, provider, 'member');
    const roles = Object.fromEntries(
      (await workspacesOf(service, external)).map(({ id, role }) => [id, role]),
    );
    expect(roles[workspace]).toBe('admin');
    people['member'] = verified({ groups: [] });
    await admitted(service, provider, 'member');
    expect((await workspacesOf(service, external)).map(({ id }) => id)).toContain(workspace);
  });

  it('keep the last owner', async () => {
    const groups = ['owners'];
    people['heir'] = verified({ groups });
    const heir = await admitted(service, provider, 'heir');
    expect((await mutate(service, owner, 'members.leave')).status).toBe(200);
    groups.splice(0, 1, 'staff');
    await admitted(service, provider, 'heir');
    expect(await workspacesOf(service, heir)).toMatchObject([{ id: workspace, role: 'owner' }]);
  });
});

describe('an issuer whose addresses count as verified', () => {
  it('needs no claim that says so, and believes one that says that an address is not verified', async () => {
    const unverified = { email: 'unverified@example.com', email_verified: false };
    const people = {
      entra: { email: 'entra@example.com' },
      unverified,
      'unverified by a text': { ...unverified, email_verified: 'false' },
    };
    const provider = await startOidcIssuer('RS256', {}, { people });
    const service = await startTestService({ env: issuers(entry(provider, { trustEmail: true })) });
    expect((await admitted(service, provider, 'entra')).email).toBe('entra@example.com');
    for (const who of ['unverified', 'unverified by a text'])
      expect((await signInWith(service, provider, who)).reason).toBe('ACCESS_DENIED');
    await service.stop();
    await provider.stop();
  });
});

describe('two instances', () => {
  it("finish each other's sign-ins once, and apply each other's revocations at once", async ({ skip }) => {
    const people = { ada: verified() };
    const provider = await startOidcIssuer('ES256', {}, { people });
    const first = await startTestService({ env: issuers(entry(provider)) });
    if (!first.env['DATABASE_URL']) {
      await first.stop();
      await provider.stop();
      return skip('PGlite has one instance');
    }
    const second = await sibling(first);
    const { url, flow } = await beginSignIn(first);
    const back = await provider.visit(url, 'ada');
    const answer = await finish(second, back, flow);
    const ada = personOf(answer, people.ada.email, '');
    expect((await query(first, ada, 'whoami')).status).toBe(200);
    expect((await finish(first, back, flow)).reason).toBe('SIGN_IN_INVALID');
    await setUserDisabled(second.running.service.stores, ada.userId, true);
    expect((await query(first, ada, 'whoami')).reason).toBe('SESSION_ENDED');
    await second.stop();
    await first.stop();
    await provider.stop();
  });
});
