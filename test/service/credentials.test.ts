import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtInApi } from '../../server/app/router.ts';
import { testCredentialRights } from '../harness/credential-walk.ts';
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
    'secondFactor.begin',
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
    // Of the session that calls alone, in its first minute: `session-keys.test.ts`.
    'sessions.setPublicKey',
  ],
  'takes away': [
    ...['keys.revoke', 'keys.delete', 'members.remove', 'members.leave', 'invitations.revoke'],
    ...['sessions.revoke', 'auth.signOut', 'auth.deleteAccount', 'workspaces.delete'],
    ...['identities.unlink', 'passkeys.remove', 'workspaces.update', 'exchangeRules.delete'],
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
    // These admit no caller without the password.
    ...['secondFactor.confirm', 'secondFactor.remove', 'secondFactor.newRecoveryCodes'],
  ],
} as const;

/** A member of an answer by such a name is a secret. */
const SECRET = /secret|token$/i;

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
    service = await startTestService();
  });
  afterAll(() => service.stop());

  testCredentialRights(() => ({ here: service, there: service }));
});
