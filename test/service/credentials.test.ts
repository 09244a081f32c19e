import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtInApi } from '../../server/app/router.ts';
import { testCredentialRights, WALKED } from '../harness/credential-walk.ts';
import { CALLED_IN_FLIGHT, WORKLOAD_ISSUERS } from '../harness/credentials-in-flight.ts';
import { PROVEN_IN_FLIGHT } from '../harness/proofs-in-flight.ts';
import { startTestService, type TestService } from '../harness/service.ts';

/**
 * Every procedure that changes something, or whose answer has a secret, by what it does to credentials. A new one
 * fails here until it is classified; what hands out, prolongs or widens needs a row in the tables of
 * `credential-walk.ts` and `credentials-in-flight.ts`.
 */
const CLASSES = {
  'hands out': [
    ...['keys.create', 'keys.rotate', 'invitations.create', 'auth.createReset'],
    // To their own person, for the password.
    ...['secondFactor.begin', 'secondFactor.confirm', 'secondFactor.newRecoveryCodes'],
    // For a password, a passkey, a refresh token, an invitation or an identity: to its own person.
    ...['auth.signUp', 'auth.signIn', 'auth.refresh', 'auth.finishSignIn', 'auth.signInWithCode'],
    'auth.signInWithPasskey',
    // For the token of a workload: `workload-identity.test.ts`.
    'keys.exchange',
  ],
  'prolongs or widens': [
    ...['keys.update', 'owners.update', 'members.setRole', 'invitations.accept', 'workspaces.create'],
    ...['auth.changePassword', 'auth.reset', 'auth.stepUp', 'identities.finishLink', 'passkeys.register'],
    ...['exchangeRules.create', 'exchangeRules.update'],
    // Only for the calling session, in its first minute: `session-keys.test.ts`.
    'sessions.setPublicKey',
  ],
  'takes away': [
    ...['keys.revoke', 'keys.delete', 'members.remove', 'members.leave', 'invitations.revoke'],
    ...['sessions.revoke', 'auth.signOut', 'auth.deleteAccount', 'workspaces.delete'],
    ...['identities.unlink', 'passkeys.remove', 'workspaces.update', 'exchangeRules.delete'],
    // A sign-in without it takes the password.
    'secondFactor.remove',
  ],
  'leaves alone': [
    ...[
      'auth.updateProfile',
      'workspaces.rename',
      'workspaces.select',
      'workspaces.sponsor',
      'echo',
      'upload',
      'verify',
    ],
    ...['audit.verify', 'auth.startSignIn', 'auth.startPasskeySignIn', 'identities.startLink'],
    ...['passkeys.startRegistration', 'passkeys.rename', 'invitations.preview'],
  ],
} as const;

/**
 * What the tables of the walk and of calls in flight do not call, and the tests that do. No role gives it: only a proof of
 * its own person does, or a token.
 */
const ELSEWHERE: Readonly<Record<'walked' | 'in flight', Readonly<Record<string, string>>>> = {
  walked: {
    'auth.signUp': 'sign-up.test.ts',
    'auth.signIn': 'sign-in.test.ts',
    'auth.refresh': 'refresh.test.ts',
    'auth.signInWithCode': 'second-factor.test.ts',
    'auth.signInWithPasskey': 'passkeys.test.ts',
    'auth.finishSignIn': 'external-sign-in.test.ts',
    'auth.stepUp': 'step-up.test.ts',
    'auth.changePassword': 'passwords.test.ts',
    'auth.reset': 'delegated-access.test.ts',
    'identities.finishLink': 'external-sign-in.test.ts',
    'invitations.accept': 'delegated-access.test.ts',
    'keys.exchange': 'workload-identity.test.ts',
    'passkeys.register': 'passkeys.test.ts',
    'secondFactor.begin': 'second-factor.test.ts',
    'secondFactor.confirm': 'second-factor.test.ts',
    'secondFactor.newRecoveryCodes': 'second-factor-proof.test.ts',
    'sessions.setPublicKey': 'session-keys.test.ts',
    'workspaces.create': 'workspaces.test.ts',
  },
  'in flight': {
    'auth.signUp': 'ended-meanwhile.test.ts',
    'auth.refresh': 'ended-meanwhile.test.ts',
    'auth.finishSignIn': 'external-sign-in.test.ts',
    'identities.finishLink': 'external-sign-in.test.ts',
    'keys.exchange': 'workload-identity.test.ts',
  },
};

/** A member of an answer by such a name is a secret. */
const SECRET = /secret|token$|codes$/i;

function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(namesIn)];
}

const showsSecret = (output: unknown): boolean =>
  output instanceof z.ZodType &&
  namesIn(z.toJSONSchema(output, { io: 'output' })).some((name) => SECRET.test(name));

describe('guarantee 11: every procedure', () => {
  it('that changes something or shows a secret is classified', () => {
    const concerned = [...builtInApi.procedures]
      .filter(([, { type, output }]) => type === 'mutation' || showsSecret(output))
      .map(([name]) => name);
    const classified: string[] = Object.values(CLASSES).flat();
    expect(concerned.filter((name) => !classified.includes(name))).toEqual([]);
    expect(classified.filter((name) => !builtInApi.procedures.has(name))).toEqual([]);
  });

  it.each([
    ['walked', [...WALKED]],
    ['in flight', [...CALLED_IN_FLIGHT, ...PROVEN_IN_FLIGHT]],
  ] as const)('that gives a credential, or widens one, is %s', (how, tested) => {
    const gives: string[] = [...CLASSES['hands out'], ...CLASSES['prolongs or widens']];
    const elsewhere = ELSEWHERE[how];
    expect(gives.filter((name) => !tested.includes(name) && !(name in elsewhere))).toEqual([]);
    expect(Object.keys(elsewhere).filter((name) => !gives.includes(name) || tested.includes(name))).toEqual(
      [],
    );
    const files = Object.values(elsewhere);
    expect(files.filter((file) => !existsSync(new URL(file, import.meta.url)))).toEqual([]);
  });

  it('whose answer has a secret is classified as one that returns secrets', () => {
    const shown = [...builtInApi.procedures]
      .filter(([, { output }]) => showsSecret(output))
      .map(([name]) => name);
    expect(shown.sort()).toEqual([...CLASSES['hands out']].sort());
  });
});

describe('guarantee 11', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ env: { KEYSEAL_ISSUERS: WORKLOAD_ISSUERS } });
  });
  afterAll(() => service.stop());

  testCredentialRights(() => ({ here: service, there: service }));
});
