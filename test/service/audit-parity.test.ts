import { generateKeyPairSync } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { builtInApi } from '../../server/app/router.ts';
import { recordsOf, workspaceOf } from '../harness/audit-chain.ts';
import { beginLink, beginSignIn, finish } from '../harness/external-sign-in.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { redeem, signInEntry } from '../harness/hostile-sign-in.ts';
import { addPasskey, originOf, registerWith, signInByPasskey } from '../harness/passkeys.ts';
import { callPublic, createKey, mutate, type Person, personOf, query, signUp } from '../harness/people.ts';
import { registrationOf } from '../harness/public-keys.ts';
import { beginFactor, challengeOf, codeAt, finishWithCode, setUpFactor } from '../harness/second-factor.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { SoftwareAuthenticator } from '../harness/software-authenticator.ts';
import { stepUp } from '../harness/step-up.ts';
import { activeOf, invite, joined, newAddress, newMember, signInAgain } from '../harness/teams.ts';
import { type Answer, send, sign } from '../harness/wire.ts';
import { createRule, exchange, jobToken, MAIN, ruleInput } from '../harness/workloads.ts';

let issuer: HostileIssuer;
let service: TestService;
let ada: Person;
/** Ada's recovery codes. */
let held: readonly string[] = [];
let workspaceId: string;

beforeAll(async () => {
  issuer = await startHostileIssuer();
  service = await startTestService({
    env: { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { workload: true })]) },
  });
  ada = await signUp(service);
  workspaceId = await workspaceOf(service, await createKey(service, ada));
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});

/** Mutations that change nothing; a refresh is recorded where it ends the session. */
const CHANGE_NOTHING = [
  'auth.refresh',
  'auth.startSignIn',
  'auth.startPasskeySignIn',
  'identities.startLink',
  'invitations.preview',
  'echo',
  'upload',
  'verify',
];

interface Done {
  readonly answer: Answer;
  /** What the record names as changed. */
  readonly subject: string;
  /** Its fields, or some of them. */
  readonly before?: object | null;
  readonly after?: object | null;
  /** Null for the service itself. */
  readonly by?: string | null;
  /** In which workspace it is recorded, where it is not Ada's. */
  readonly of?: string;
}

const made = async () => {
  const key = await createKey(service, ada);
  return key.id;
};

/** Links an identity to Ada's account. @returns the answer, and the id of the identity */
async function linked() {
  const begun = await beginLink(service, ada);
  const input = { url: redeem(issuer, begun), flow: begun.flow };
  const answer = await mutate(service, ada, 'identities.finishLink', input);
  const { items } = (await query(service, ada, 'identities.list')).json.result.data;
  return { answer, subject: items.at(-1).id as string };
}

/** Every other mutation, carried out once. */
const CHANGES: Record<string, () => Promise<Done>> = {
  'auth.signUp': async () => {
    const input = { email: 'parity@example.com', password: 'correct horse battery' };
    const answer = await callPublic(service, 'auth.signUp', input);
    const person = personOf(answer, input.email, input.password);
    const of = await activeOf(service, person);
    return { answer, subject: of, before: null, after: { ownerId: person.userId }, by: person.userId, of };
  },
  'auth.signIn': async () => {
    const answer = await callPublic(service, 'auth.signIn', { email: ada.email, password: ada.password });
    return {
      answer,
      subject: answer.json.result.data.session.id,
      after: { userId: ada.userId, workspaceId },
    };
  },
  'auth.finishSignIn': async () => {
    const begun = await beginSignIn(service);
    const answer = await finish(service, redeem(issuer, begun), begun.flow);
    const person = personOf(answer, '', '');
    const of = await activeOf(service, person);
    const { items } = (await query(service, person, 'identities.list')).json.result.data;
    const after = { userId: person.userId, issuer: issuer.issuer };
    return { answer, subject: items[0].id, before: null, after, by: person.userId, of };
  },
  'auth.signInWithCode': async () => {
    const person = await signUp(service);
    const { recoveryCodes } = await setUpFactor(service, person);
    const answer = await finishWithCode(service, await challengeOf(service, person), recoveryCodes[0] ?? '');
    const [by, of] = [person.userId, await activeOf(service, person)];
    const subject = answer.json.result.data.session.id;
    return { answer, subject, before: null, after: { userId: by, workspaceId: of }, by, of };
  },
  'keys.exchange': async () => {
    const rule = await createRule(service, ada);
    const answer = await exchange(service, jobToken(issuer), { rule });
    const metadata = { exchange: { rule, issuer: issuer.issuer, subject: MAIN } };
    const after = { ownerId: null, exchangeRuleId: rule, metadata };
    return { answer, subject: answer.json.result.data.key.id, before: null, after, by: null };
  },
  'exchangeRules.create': async () => {
    const input = ruleInput({ audience: 'https://created.example.com' });
    const answer = await mutate(service, ada, 'exchangeRules.create', input);
    return { answer, subject: answer.json.result.data.id, before: null, after: input };
  },
  'exchangeRules.update': async () => {
    const id = await createRule(service, ada, { audience: 'https://updated.example.com' });
    const answer = await mutate(service, ada, 'exchangeRules.update', { id, enabled: false });
    return { answer, subject: id, before: { enabled: true }, after: { enabled: false } };
  },
  'exchangeRules.delete': async () => {
    const id = await createRule(service, ada, { audience: 'https://deleted.example.com' });
    const answer = await mutate(service, ada, 'exchangeRules.delete', { id });
    return { answer, subject: id, before: { enabled: true }, after: null };
  },
  'auth.stepUp': async () => ({
    answer: await mutate(service, ada, 'auth.stepUp', { password: ada.password }),
    subject: ada.id,
  }),
  'workspaces.update': async () => {
    await stepUp(service, ada);
    const signIn = { secondFactor: false, issuer: null };
    const answer = await mutate(service, ada, 'workspaces.update', { signIn });
    return { answer, subject: await activeOf(service, ada) };
  },
  'secondFactor.begin': async () => ({
    answer: await mutate(service, ada, 'secondFactor.begin', { password: ada.password }),
    subject: ada.userId,
  }),
  'secondFactor.confirm': async () => {
    const code = codeAt(await beginFactor(service, ada), Date.now());
    const answer = await mutate(service, ada, 'secondFactor.confirm', { code });
    held = answer.json.result.data.recoveryCodes;
    return { answer, subject: ada.userId };
  },
  'secondFactor.newRecoveryCodes': async () => {
    const proof = { password: ada.password, code: held[0] };
    const answer = await mutate(service, ada, 'secondFactor.newRecoveryCodes', proof);
    held = answer.json.result.data.recoveryCodes;
    return { answer, subject: ada.userId };
  },
  'secondFactor.remove': async () => ({
    answer: await mutate(service, ada, 'secondFactor.remove', { password: ada.password, code: held[0] }),
    subject: ada.userId,
  }),
  'auth.signInWithPasskey': async () => {
    const person = await signUp(service);
    const { id, authenticator } = await addPasskey(service, person);
    const answer = await signInByPasskey(service, authenticator);
    const [by, of] = [person.userId, await activeOf(service, person)];
    const subject = answer.json.result.data.session.id;
    const after = { userId: by, workspaceId: of, passkeyId: id };
    return { answer, subject, before: null, after, by, of };
  },
  'passkeys.startRegistration': async () => ({
    answer: await mutate(service, ada, 'passkeys.startRegistration', { password: ada.password }),
    subject: ada.userId,
  }),
  'passkeys.register': async () => {
    const authenticator = new SoftwareAuthenticator({ origin: originOf(service) });
    const answer = await registerWith(service, ada, authenticator);
    const { id } = answer.json.result.data.passkey;
    const after = { userId: ada.userId, algorithm: -7, deviceType: 'singleDevice', backedUp: false };
    return { answer, subject: id, before: null, after };
  },
  'passkeys.rename': async () => {
    const { id } = await addPasskey(service, ada);
    return { answer: await mutate(service, ada, 'passkeys.rename', { id, name: 'Work' }), subject: id };
  },
  'passkeys.remove': async () => {
    const { id } = await addPasskey(service, ada);
    const answer = await mutate(service, ada, 'passkeys.remove', { id, password: ada.password });
    return { answer, subject: id, before: { removedAt: null } };
  },
  'identities.finishLink': async () => ({
    ...(await linked()),
    before: null,
    after: { userId: ada.userId, issuer: issuer.issuer },
  }),
  'identities.unlink': async () => {
    const { subject } = await linked();
    const answer = await mutate(service, ada, 'identities.unlink', { id: subject, password: ada.password });
    return { answer, subject, before: { unlinkedAt: null } };
  },
  'auth.signOut': async () => {
    const { email, password } = ada;
    const begun = personOf(await callPublic(service, 'auth.signIn', { email, password }), email, password);
    return {
      answer: await mutate(service, begun, 'auth.signOut'),
      subject: begun.id,
      before: { endedAt: null },
    };
  },
  'keys.create': async () => {
    const input = { name: 'Made', environment: 'live', permissions: ['exemple:read'] };
    const answer = await mutate(service, ada, 'keys.create', input);
    return { answer, subject: answer.json.result.data.key.id, before: null, after: input };
  },
  'keys.update': async () => {
    const subject = await made();
    const answer = await mutate(service, ada, 'keys.update', { id: subject, name: 'B' });
    return { answer, subject, before: { name: 'A key' }, after: { name: 'B' } };
  },
  'keys.rotate': async () => {
    const subject = await made();
    const answer = await mutate(service, ada, 'keys.rotate', { id: subject, graceSeconds: 0 });
    return { answer, subject, before: { rotatedAt: null } };
  },
  'keys.revoke': async () => {
    const subject = await made();
    const answer = await mutate(service, ada, 'keys.revoke', { id: subject, reason: 'lost' });
    return { answer, subject, before: { revokedAt: null }, after: { revokedReason: 'lost' } };
  },
  'keys.delete': async () => {
    const subject = await made();
    await mutate(service, ada, 'keys.revoke', { id: subject });
    return { answer: await mutate(service, ada, 'keys.delete', { id: subject }), subject, after: null };
  },
  'owners.update': async () => {
    const input = { externalId: 'acme', limits: [{ name: 'calls', limit: 1, windowSeconds: 60 }] };
    const answer = await mutate(service, ada, 'owners.update', input);
    return { answer, subject: 'acme', before: { limits: [] }, after: { limits: input.limits } };
  },
  'auth.updateProfile': async () => {
    const bob = await signUp(service);
    const answer = await mutate(service, bob, 'auth.updateProfile', { name: 'Bob' });
    return { answer, subject: bob.userId, before: {}, by: bob.userId, of: await activeOf(service, bob) };
  },
  'auth.changePassword': async () => {
    const bob = await signUp(service);
    const input = { currentPassword: bob.password, newPassword: 'another horse battery' };
    const answer = await mutate(service, bob, 'auth.changePassword', input);
    return { answer, subject: bob.userId, by: bob.userId, of: await activeOf(service, bob) };
  },
  'auth.createReset': async () => {
    const { userId } = await newMember(service, ada, 'viewer');
    const answer = await mutate(service, ada, 'auth.createReset', { userId });
    return { answer, subject: userId };
  },
  'auth.reset': async () => {
    const { userId } = await newMember(service, ada, 'viewer');
    const { token } = (await mutate(service, ada, 'auth.createReset', { userId })).json.result.data;
    const answer = await callPublic(service, 'auth.reset', { token, newPassword: 'another horse battery' });
    return { answer, subject: userId, by: userId };
  },
  'auth.deleteAccount': async () => {
    const { userId, ...bob } = await newMember(service, ada, 'viewer');
    const answer = await mutate(service, { ...bob, userId }, 'auth.deleteAccount', {
      password: bob.password,
    });
    return { answer, subject: userId, before: { deletedAt: null }, by: userId };
  },
  'sessions.revoke': async () => {
    const subject = (await signInAgain(service, ada)).id;
    const answer = await mutate(service, ada, 'sessions.revoke', { id: subject });
    return { answer, subject, before: { endedAt: null }, after: { reason: 'this one' } };
  },
  'sessions.setPublicKey': async () => {
    const again = await signInAgain(service, ada);
    const input = await registrationOf(service, generateKeyPairSync('ed25519'));
    const answer = await mutate(service, again, 'sessions.setPublicKey', input);
    return { answer, subject: again.id, before: { publicKey: null } };
  },
  'workspaces.create': async () => {
    const answer = await mutate(service, ada, 'workspaces.create', { name: 'Second' });
    const { id } = answer.json.result.data;
    return { answer, subject: id, before: null, after: { name: 'Second', ownerId: ada.userId }, of: id };
  },
  'workspaces.select': async () => {
    const bob = await signUp(service);
    const before = await activeOf(service, bob);
    const { id } = (await mutate(service, bob, 'workspaces.create', { name: 'B' })).json.result.data;
    const answer = await mutate(service, bob, 'workspaces.select', { id });
    const moved = { before: { workspaceId: before }, after: { workspaceId: id } };
    return { answer, subject: bob.id, ...moved, by: bob.userId, of: id };
  },
  'workspaces.rename': async () => {
    const bob = await signUp(service);
    const of = await activeOf(service, bob);
    const answer = await mutate(service, bob, 'workspaces.rename', { name: 'Renamed' });
    return { answer, subject: of, after: { name: 'Renamed' }, by: bob.userId, of };
  },
  'workspaces.sponsor': async () => {
    const [bob, heir] = [await signUp(service), await signUp(service)];
    await joined(service, bob, heir, 'owner');
    const of = await activeOf(service, heir);
    await mutate(service, bob, 'members.leave');
    const answer = await mutate(service, heir, 'workspaces.sponsor');
    const changed = { before: { sponsorId: null }, after: { sponsorId: heir.userId } };
    return { answer, subject: of, ...changed, by: heir.userId, of };
  },
  'workspaces.delete': async () => {
    const bob = await signUp(service);
    const of = await activeOf(service, bob);
    await mutate(service, bob, 'workspaces.rename', { name: 'Gone' });
    const answer = await mutate(service, bob, 'workspaces.delete', { name: 'Gone' });
    return { answer, subject: of, before: { name: 'Gone' }, after: null, by: bob.userId, of };
  },
  'members.setRole': async () => {
    const { userId } = await newMember(service, ada, 'viewer');
    const answer = await mutate(service, ada, 'members.setRole', { userId, role: 'developer' });
    return { answer, subject: userId, before: { role: 'viewer' }, after: { role: 'developer' } };
  },
  'members.remove': async () => {
    const { userId } = await newMember(service, ada, 'viewer');
    const answer = await mutate(service, ada, 'members.remove', { userId });
    return { answer, subject: userId, before: { removedAt: null } };
  },
  'members.leave': async () => {
    const bob = await newMember(service, ada, 'viewer');
    const answer = await mutate(service, bob, 'members.leave');
    return { answer, subject: bob.userId, before: { removedAt: null }, by: bob.userId };
  },
  'invitations.create': async () => {
    const input = { email: newAddress(), role: 'viewer' };
    const answer = await mutate(service, ada, 'invitations.create', input);
    return {
      answer,
      subject: answer.json.result.data.invitation.id,
      before: null,
      after: { role: 'viewer' },
    };
  },
  'invitations.revoke': async () => {
    const input = { email: newAddress(), role: 'viewer' };
    const { id } = (await mutate(service, ada, 'invitations.create', input)).json.result.data.invitation;
    const answer = await mutate(service, ada, 'invitations.revoke', { id });
    return { answer, subject: id, before: { revokedAt: null } };
  },
  'invitations.accept': async () => {
    const bob = await signUp(service);
    const token = await invite(service, ada, bob.email, 'viewer');
    const answer = await mutate(service, bob, 'invitations.accept', { token });
    return { answer, subject: bob.userId, before: null, after: { role: 'viewer' }, by: bob.userId };
  },
};

it('every mutation is recorded, or is listed as one that changes nothing', () => {
  const mutations = [...builtInApi.procedures]
    .filter(([, { type }]) => type === 'mutation')
    .map(([name]) => name);
  expect(mutations.sort()).toEqual([...Object.keys(CHANGES), ...CHANGE_NOTHING].sort());
});

describe.each(Object.entries(CHANGES))('%s', (action, change) => {
  it('writes one record, with actor, address and request', async () => {
    const { answer, subject, before, after, by = ada.userId, of } = await change();
    expect(answer.status).toBe(200);
    const records = await recordsOf(service, of ?? workspaceId);
    const found = records.filter((one) => one.action === action && one.subject === subject);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      actorKind: by === null ? 'system' : 'user',
      actorId: by,
      address: '127.0.0.1',
      requestId: answer.headers['x-request-id'],
    });
    if (before !== undefined) {
      expect(found[0]?.before).toEqual(before === null ? null : expect.objectContaining(before));
    }
    if (after !== undefined) {
      expect(found[0]?.after).toEqual(after === null ? null : expect.objectContaining(after));
    }
  });
});

describe('a call without a change', () => {
  const count = async () => (await recordsOf(service, workspaceId)).length;

  it.each<[string, () => Promise<Answer>]>([
    ['a call that is refused', () => mutate(service, ada, 'keys.update', { id: 'none', name: 'x' })],
    [
      'a sign-in with a wrong password',
      () => callPublic(service, 'auth.signIn', { email: ada.email, password: '' }),
    ],
    [
      'a key that is not deleted, since it is not revoked',
      async () => mutate(service, ada, 'keys.delete', { id: (await known()).id }),
    ],
    [
      'a key that is revoked a second time',
      async () => mutate(service, ada, 'keys.revoke', { id: (await revoked()).id }),
    ],
    [
      'a key that was made before under the same idempotency key',
      async () => mutate(service, ada, 'keys.create', await again()),
    ],
  ])('is not recorded, such as %s', async (_, call) => {
    await Promise.all([known(), revoked(), again()]);
    const before = await count();
    await call();
    expect(await count()).toBe(before);
  });

  const once = <T>(make: () => Promise<T>) => {
    let result: Promise<T> | undefined;
    return () => {
      result ??= make();
      return result;
    };
  };
  const known = once(() => createKey(service, ada));
  const revoked = once(async () => {
    const key = await createKey(service, ada);
    await mutate(service, ada, 'keys.revoke', { id: key.id });
    return key;
  });
  const again = once(async () => {
    const input = {
      name: 'Once',
      environment: 'live',
      permissions: ['exemple:read'],
      idempotencyKey: 'once',
    };
    await mutate(service, ada, 'keys.create', input);
    return input;
  });
});

it('a key is recorded as the actor of its changes', async () => {
  const key = await createKey(service, ada, { permissions: ['keys:*', 'exemple:read'] });
  const { id } = await createKey(service, key);
  const records = await recordsOf(service, workspaceId);
  expect(records.find(({ subject }) => subject === id)).toMatchObject({ actorKind: 'key', actorId: key.id });
});

it('a refresh token that is reused ends the session, which is recorded', async () => {
  const { email, password } = ada;
  const begun = personOf(await callPublic(service, 'auth.signIn', { email, password }), email, password);
  const refresh = (refreshToken: string) =>
    send(
      service.port,
      sign(begun, '/api/auth.refresh', {
        authority: service.authority,
        body: JSON.stringify({ refreshToken }),
      }),
    );
  const next = (await refresh(begun.refreshToken)).json.result.data.session.refreshToken;
  expect((await refresh(next)).status).toBe(200);
  expect((await refresh(begun.refreshToken)).reason).toBe('SESSION_ENDED');
  const last = (await recordsOf(service, workspaceId)).at(-1);
  expect(last).toMatchObject({ action: 'auth.refresh', actorId: ada.userId, subject: begun.id });
  expect(last?.after).toMatchObject({ reason: 'a spent refresh token came back' });
});

it('a rolled-back change leaves no record, and a failed record rolls back its change', async () => {
  const { database, audit } = service.running.service.stores;
  const before = await recordsOf(service, workspaceId);
  const { id } = await createKey(service, ada);
  const record = audit.record.bind(audit);
  for (const fails of ['before', 'after']) {
    Object.assign(audit, {
      record: async (...args: Parameters<typeof record>) => {
        if (fails === 'after') await record(...args);
        throw new Error('the power is gone');
      },
    });
    expect((await mutate(service, ada, 'keys.update', { id, name: 'Never' })).reason).toBe('INTERNAL');
  }
  Object.assign(audit, { record });
  const rows = await database.db.select().from(keys).where(eq(keys.id, id));
  expect(rows[0]?.name).toBe('A key');
  expect(await recordsOf(service, workspaceId)).toHaveLength(before.length + 1);
});
