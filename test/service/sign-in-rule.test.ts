import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { removeSecondFactorOf } from '../../server/auth/second-factor/change.ts';
import { clearSignInRule } from '../../server/workspaces/sign-in-rule.ts';
import { recordsOf } from '../harness/audit-chain.ts';
import { type Begun, beginSignIn, finish } from '../harness/external-sign-in.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { createKey, mutate, type Person, personOf, query, signUp } from '../harness/people.ts';
import {
  challengeOf,
  codeAt,
  finishWithCode,
  type HeldFactor,
  STEP_MS,
  StoppedClock,
  setUpFactor,
} from '../harness/second-factor.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { setRule } from '../harness/sign-in-rule.ts';
import { stepUp } from '../harness/step-up.ts';
import { activeOf, invite, joined, newMember, signInAgain, workspacesOf } from '../harness/teams.ts';
import { queryTarget, send, sign } from '../harness/wire.ts';

let issuer: HostileIssuer;
let other: HostileIssuer;
let service: TestService;
/** An owner with a second factor, whose session has shown a code. */
let ada: Person;
let factor: HeldFactor;
const clock = new StoppedClock();
const { now } = clock;

const TOKENS = { userToken: true, audience: 'api' };

beforeAll(async () => {
  issuer = await startHostileIssuer();
  other = await startHostileIssuer();
  const entries = [
    signInEntry(issuer, TOKENS),
    signInEntry(other, { name: 'other', clientId: 'other-client', secondFactor: true, ...TOKENS }),
  ];
  const env = { KEYSEAL_ISSUERS: JSON.stringify(entries), KEYSEAL_ADDRESS_FAILURES: '1000000' };
  service = await startTestService({ clock: now, env });
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
  await other.stop();
});
beforeEach(async () => {
  clock.reset();
  ada = await signUp(service);
  factor = await setUpFactor(service, ada, now());
  clock.advance(STEP_MS);
});

const stores = () => service.running.service.stores;
const whoami = (who: Person) => query(service, who, 'whoami');
const missingOf = async (who: Person) => {
  const { reason, json } = await whoami(who);
  return reason === undefined ? 'admitted' : [reason, json.error.data.missing];
};
const LACKS_FACTOR = ['SIGN_IN_RULE', ['secondFactor']];

/** A new person of a provider. */
async function external(at: HostileIssuer, claims: object = {}): Promise<Person> {
  const begun: Begun = await beginSignIn(service, at === issuer ? 'company' : 'other');
  const aud = at === issuer ? 'keyseal' : 'other-client';
  at.answerWith(tokensWith(at.token({ ...claimsFor(begun), aud, ...claims }, ID_TOKEN)));
  const answer = await finish(service, callbackOf(at, begun), begun.flow);
  return personOf(answer, answer.json.result.data.user.email, '');
}

describe('a workspace that requires a second factor', () => {
  it('refuses every member without one from the next request on, and says what they lack', async () => {
    const bob = await newMember(service, ada, 'developer');
    expect(await missingOf(bob)).toBe('admitted');
    expect((await setRule(service, ada, { secondFactor: true })).status).toBe(200);
    expect(await missingOf(bob)).toEqual(LACKS_FACTOR);
    for (const name of ['keys.list', 'members.list', 'workspaces.get'])
      expect([name, (await query(service, bob, name)).reason]).toEqual([name, 'SIGN_IN_RULE']);
    for (const name of ['keys.create', 'workspaces.rename'])
      expect([name, (await mutate(service, bob, name, {})).reason]).toEqual([name, 'SIGN_IN_RULE']);
    expect(await missingOf(ada)).toBe('admitted');
    expect((await setRule(service, ada, { secondFactor: false })).status).toBe(200);
    expect(await missingOf(bob)).toBe('admitted');
  });

  it('lets them set one up, which admits that session', async () => {
    const bob = await newMember(service, ada, 'developer');
    await setRule(service, ada, { secondFactor: true });
    expect(await missingOf(bob)).toEqual(LACKS_FACTOR);
    await setUpFactor(service, bob, now());
    expect(await missingOf(bob)).toBe('admitted');
  });

  it('admits who signs in with a code, and by a step-up a session that an older version began', async () => {
    await setRule(service, ada, { secondFactor: true });
    const answer = await finishWithCode(
      service,
      await challengeOf(service, ada),
      codeAt(factor.secret, now()),
    );
    const again = personOf(answer, ada.email, ada.password);
    expect(await missingOf(again)).toBe('admitted');
    await stores()
      .database.db.update(sessions)
      .set({ method: null, rev: sql`${sessions.rev} + 1` })
      .where(eq(sessions.id, again.id));
    stores().credentials.changed({ session: again.id });
    expect(await missingOf(again)).toEqual(LACKS_FACTOR);
    expect((await stepUp(service, again, { code: factor.recoveryCodes[0] })).status).toBe(200);
    expect(await missingOf(again)).toBe('admitted');
  });

  it.each([
    ['its person', () => mutate(service, ada, 'secondFactor.remove', proof())],
    ['an operator', () => removeSecondFactorOf(stores(), ada.userId)],
  ])('refuses the sessions of a person whose factor %s removes', async (_, remove) => {
    await setRule(service, ada, { secondFactor: true });
    await remove();
    expect(await missingOf(ada)).toEqual(LACKS_FACTOR);
  });
  const proof = () => ({ password: ada.password, code: codeAt(factor.secret, now()) });

  it('refuses a key on behalf of such a person, and no key by itself', async () => {
    const key = await createKey(service, ada, { permissions: ['exemple:read', 'profile:read'] });
    const bob = await newMember(service, ada, 'developer');
    const call = () =>
      send(
        service.port,
        sign(key, queryTarget('profile'), { authority: service.authority, token: bob.token }),
      );
    expect((await call()).status).toBe(200);
    await setRule(service, ada, { secondFactor: true });
    expect((await call()).reason).toBe('SIGN_IN_RULE');
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('concerns the sessions that act in it, and no other workspace of the person', async () => {
    const bob = await signUp(service);
    const own = await activeOf(service, bob);
    await joined(service, ada, bob);
    await setRule(service, ada, { secondFactor: true });
    expect(await missingOf(bob)).toEqual(LACKS_FACTOR);
    expect((await workspacesOf(service, bob)).length).toBe(2);
    expect((await mutate(service, bob, 'workspaces.select', { id: own })).status).toBe(200);
    expect(await missingOf(bob)).toBe('admitted');
  });

  it('lets a member leave who does not meet it, and no last owner', async () => {
    const bob = await newMember(service, ada, 'developer');
    const key = await createKey(service, bob, { permissions: ['exemple:read'] });
    await setRule(service, ada, { secondFactor: true });
    expect(await missingOf(bob)).toEqual(LACKS_FACTOR);
    expect((await mutate(service, bob, 'members.leave')).status).toBe(200);
    const { items } = (await query(service, ada, 'members.list')).json.result.data;
    expect(items.map(({ userId }: { userId: string }) => userId)).toEqual([ada.userId]);
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_DISABLED');
    // From now on the rule says nothing to them, and they leave once.
    expect(await missingOf(bob)).not.toEqual(LACKS_FACTOR);
    expect((await mutate(service, bob, 'members.leave')).reason).toBe('WORKSPACE_DENIED');

    await removeSecondFactorOf(stores(), ada.userId);
    expect(await missingOf(ada)).toEqual(LACKS_FACTOR);
    expect((await mutate(service, ada, 'members.leave')).reason).toBe('CONFLICT');
  });

  it('refuses a person who joins later, and gives no hint to others', async () => {
    await setRule(service, ada, { secondFactor: true });
    const bob = await signUp(service);
    const workspace = await activeOf(service, ada);
    const token = await invite(service, ada, bob.email);
    expect((await mutate(service, bob, 'workspaces.select', { id: workspace })).reason).toBe(
      'WORKSPACE_NOT_FOUND',
    );
    expect((await mutate(service, bob, 'invitations.accept', { token })).status).toBe(200);
    expect((await mutate(service, bob, 'workspaces.select', { id: workspace })).status).not.toBe(500);
    expect(await missingOf(bob)).toEqual(LACKS_FACTOR);
  });

  it('ends an open stream of a session that does not meet it', async () => {
    const bob = await newMember(service, ada, 'developer');
    const { gate, stores: all } = service.running.service;
    const session = await all.credentials.session(bob.id);
    if (!session?.role) throw new Error('a session of a member');
    const { userId, workspaceId, role } = session;
    const caller = { kind: 'user', session, userId, workspaceId, role } as const;
    const guard = { access: 'user', permission: 'keys:read' } as const;
    expect(await gate.stillAuthorized(caller, guard)).not.toBeNull();
    await setRule(service, ada, { secondFactor: true });
    expect(await gate.stillAuthorized(caller, guard)).toBeNull();
  });
});

describe('a workspace that requires an identity provider', () => {
  it('admits only its sessions', async () => {
    const owner = await external(issuer);
    const bob = await newMember(service, owner, 'admin');
    expect((await setRule(service, owner, { issuer: 'company' })).status).toBe(200);
    expect(await missingOf(owner)).toBe('admitted');
    expect(await missingOf(bob)).toEqual(['SIGN_IN_RULE', ['issuer:company']]);
    const foreign = await external(other);
    const token = await invite(service, owner, foreign.email);
    await mutate(service, foreign, 'invitations.accept', { token });
    await mutate(service, foreign, 'workspaces.select', { id: await activeOf(service, owner) });
    expect(await missingOf(foreign)).toEqual(['SIGN_IN_RULE', ['issuer:company']]);
  });

  it.each([
    ['that says so', () => external(issuer, { amr: ['pwd', 'mfa'] }), true],
    ['of which the configuration says so', () => external(other), true],
    ['that says nothing', () => external(issuer), false],
    ['that says something else', () => external(issuer, { amr: ['pwd', 'not mfa'] }), false],
    ['that says it in another form', () => external(issuer, { amr: 'mfa' }), false],
  ])('counts as a second factor with a provider %s: %s', async (_, signIn, counts) => {
    const owner = await signIn();
    const answer = await setRule(service, owner, { secondFactor: true });
    expect(answer.reason).toBe(counts ? undefined : 'SIGN_IN_RULE');
  });

  it('can require both, and names all that is missing', async () => {
    const owner = await external(issuer, { amr: ['mfa'] });
    const bob = await newMember(service, owner, 'admin');
    expect((await setRule(service, owner, { secondFactor: true, issuer: 'company' })).status).toBe(200);
    expect(await missingOf(owner)).toBe('admitted');
    expect(await missingOf(bob)).toEqual(['SIGN_IN_RULE', ['secondFactor', 'issuer:company']]);
  });
});

describe('a user token of an identity provider that names a member', () => {
  /** A member of a workspace whose owner signed in with the provider, and the outcome of a call for the member. */
  async function memberOf(at: HostileIssuer, sub: string) {
    const owner = await external(issuer, { amr: ['mfa'] });
    const member = await external(at, { sub });
    await joined(service, owner, member);
    const key = await createKey(service, owner, { permissions: ['exemple:read'] });
    const outcome = async (claims: object = {}) => {
      const token = at.token({ sub, aud: 'api', ...claims });
      const call = sign(key, queryTarget('exemple'), { authority: service.authority, token });
      const { reason, json } = await send(service.port, call);
      return reason === undefined ? 'admitted' : [reason, json.error.data.missing];
    };
    return { owner, member, key, outcome };
  }

  it('counts as a sign-in with this provider, from the next request on', async () => {
    const [here, there] = [await memberOf(issuer, 'of company'), await memberOf(other, 'of other')];
    for (const { owner, outcome } of [here, there]) {
      expect(await outcome()).toBe('admitted');
      expect((await setRule(service, owner, { issuer: 'company' })).status).toBe(200);
    }
    expect(await here.outcome()).toBe('admitted');
    expect(await there.outcome()).toEqual(['SIGN_IN_RULE', ['issuer:company']]);
    expect((await setRule(service, there.owner, { issuer: null })).status).toBe(200);
    expect(await there.outcome()).toBe('admitted');
  });

  it('counts as one with a second factor if it or the configuration says so', async () => {
    const [here, there] = [await memberOf(issuer, 'with factor'), await memberOf(other, 'of strong')];
    for (const { owner } of [here, there]) await setRule(service, owner, { secondFactor: true });
    expect(await here.outcome({ amr: ['pwd', 'mfa'] })).toBe('admitted');
    expect(await there.outcome()).toBe('admitted');
    for (const claims of [{}, { amr: 'mfa' }, { amr: ['pwd'] }, { acr: 'mfa' }])
      expect(await here.outcome(claims)).toEqual(LACKS_FACTOR);
    expect((await query(service, here.key, 'exemple')).status).toBe(200);
  });

  it('concerns no person without an account', async () => {
    const { owner, outcome } = await memberOf(other, 'linked');
    await setRule(service, owner, { issuer: 'company' });
    expect(await outcome({ sub: 'has no account' })).toBe('admitted');
  });
});

describe('workspaces.update', () => {
  it('refuses a rule that the calling session does not meet, and changes nothing', async () => {
    const eve = await signUp(service);
    for (const [rule, missing] of [
      [{ secondFactor: true }, ['secondFactor']],
      [{ issuer: 'company' }, ['issuer:company']],
    ] as const) {
      const answer = await setRule(service, eve, rule);
      expect([answer.reason, answer.json.error.data.missing]).toEqual(['SIGN_IN_RULE', missing]);
    }
    const { signIn } = (await query(service, eve, 'workspaces.get')).json.result.data;
    expect(signIn).toEqual({ secondFactor: false, issuer: null });
  });

  it('is only for owners, knows the providers, and leaves what is left out', async () => {
    const admin = await newMember(service, ada, 'admin');
    expect((await setRule(service, admin, { secondFactor: false })).reason).toBe('PERMISSION_DENIED');
    expect((await setRule(service, ada, { issuer: 'nobody' })).reason).toBe('INPUT_INVALID');
    expect((await setRule(service, ada, {})).reason).toBe('INPUT_INVALID');
    await setRule(service, ada, { secondFactor: true });
    expect((await setRule(service, ada, { issuer: null })).json.result.data.signIn).toEqual({
      secondFactor: true,
      issuer: null,
    });
  });

  it('is recorded, as its removal by an operator is, which lets the owners in', async () => {
    const bob = await newMember(service, ada, 'owner');
    await setRule(service, ada, { secondFactor: true });
    const workspace = await activeOf(service, ada);
    expect(await missingOf(bob)).toEqual(LACKS_FACTOR);
    expect(await clearSignInRule(stores(), workspace)).toBe(true);
    expect(await missingOf(bob)).toBe('admitted');
    expect(await clearSignInRule(stores(), 'wsp_none')).toBe(false);
    const records = (await recordsOf(service, workspace)).slice(-2);
    expect(
      records.map(({ action, actorKind, before, after }) => ({ action, actorKind, before, after })),
    ).toEqual([
      {
        ...{ action: 'workspaces.update', actorKind: 'user' },
        ...{ before: { signInSecondFactor: false }, after: { signInSecondFactor: true } },
      },
      {
        ...{ action: 'workspaces.clearSignInRule', actorKind: 'system' },
        ...{ before: { signInSecondFactor: true }, after: { signInSecondFactor: false } },
      },
    ]);
  });

  it('signs in again with only the password, to no avail', async () => {
    const bob = await newMember(service, ada, 'viewer');
    await setRule(service, ada, { secondFactor: true });
    expect(await missingOf(await signInAgain(service, bob))).toEqual(LACKS_FACTOR);
  });
});
