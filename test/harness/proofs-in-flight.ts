import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { setUserDisabled } from '../../server/membership/users.ts';
import { blockTransactions } from './blocked-transactions.ts';
import { credentialsIn } from './credentials-in-flight.ts';
import { addPasskey, beginPasskey, beginPasskeySignIn, originOf } from './passkeys.ts';
import { callPublic, mutate, type Person, signUp } from './people.ts';
import { registrationOf } from './public-keys.ts';
import type { Places } from './revocation-cases.ts';
import { beginFactor, challengeOf, codeAt, finishWithCode, setUpFactor } from './second-factor.ts';
import type { TestService } from './service.ts';
import { SoftwareAuthenticator } from './software-authenticator.ts';
import { invite, newMember } from './teams.ts';
import type { Answer } from './wire.ts';

/** A call that shows a proof of a person, ready to be sent. */
type Call = () => Promise<Answer>;

/** Every procedure that gives a person a credential for a proof of their own, and how it refuses a person who is disabled. */
const PROOFS: Readonly<
  Record<
    string,
    readonly [reason: string, prepare: (at: TestService, person: Person, owner: Person) => Promise<Call>]
  >
> = {
  'auth.signIn': [
    'CREDENTIALS_INVALID',
    async (at, { email, password }) =>
      () =>
        callPublic(at, 'auth.signIn', { email, password }),
  ],
  'auth.signInWithCode': [
    'SIGN_IN_INVALID',
    async (at, person) => {
      const { recoveryCodes } = await setUpFactor(at, person);
      const challenge = await challengeOf(at, person);
      return () => finishWithCode(at, challenge, recoveryCodes[0] as string);
    },
  ],
  'auth.signInWithPasskey': [
    'CREDENTIALS_INVALID',
    async (at, person) => {
      const { authenticator } = await addPasskey(at, person);
      const { challenge, options } = await beginPasskeySignIn(at);
      const response = authenticator.get(options);
      return () => callPublic(at, 'auth.signInWithPasskey', { challenge, response });
    },
  ],
  'auth.reset': [
    'RESET_INVALID',
    async (at, { userId }, owner) => {
      const { token } = (await mutate(at, owner, 'auth.createReset', { userId })).json.result.data;
      return () => callPublic(at, 'auth.reset', { token, newPassword: 'set while in flight' });
    },
  ],
  'invitations.accept': [
    'SESSION_ENDED',
    async (at, person) => {
      const token = await invite(at, await signUp(at), person.email);
      return () => mutate(at, person, 'invitations.accept', { token });
    },
  ],
  'passkeys.register': [
    'SESSION_ENDED',
    async (at, person) => {
      const { challenge, options } = await beginPasskey(at, person);
      const response = new SoftwareAuthenticator({ origin: originOf(at) }).create(options);
      return () => mutate(at, person, 'passkeys.register', { challenge, response, name: 'In flight' });
    },
  ],
  'secondFactor.confirm': [
    'SESSION_ENDED',
    async (at, person) => {
      const secret = await beginFactor(at, person);
      return () => mutate(at, person, 'secondFactor.confirm', { code: codeAt(secret, Date.now()) });
    },
  ],
  'secondFactor.newRecoveryCodes': [
    'SESSION_ENDED',
    async (at, person) => {
      const { recoveryCodes } = await setUpFactor(at, person);
      const proof = { password: person.password, code: recoveryCodes[0] };
      return () => mutate(at, person, 'secondFactor.newRecoveryCodes', proof);
    },
  ],
  'sessions.setPublicKey': [
    'SESSION_ENDED',
    async (at, person) => {
      const input = await registrationOf(at, generateKeyPairSync('ed25519'));
      return () => mutate(at, person, 'sessions.setPublicKey', input);
    },
  ],
};

/** The procedures that are called while their person is disabled. */
export const PROVEN_IN_FLIGHT: readonly string[] = Object.keys(PROOFS);

/** Guarantee 11: a proof gives nothing to a person who was disabled before the answer. */
export function testProofsInFlight(places: () => Places): void {
  describe.each(Object.entries(PROOFS))('S8: %s', (_, [reason, prepare]) => {
    const newPerson = async (at: TestService) => {
      const owner = await signUp(at);
      return { owner, person: await newMember(at, owner, 'developer') };
    };

    it('gives nothing to a person who is disabled while it waits', async () => {
      const { here, there } = places();
      const { owner, person } = await newPerson(here);
      const call = await prepare(there, person, owner);
      const blocked = blockTransactions(there, 1);
      const answer = call();
      await blocked.arrived;
      await setUserDisabled(here.running.service.stores, person.userId, true);
      const before = await credentialsIn(here);
      blocked.release();
      expect((await answer).reason).toBe(reason);
      expect(await credentialsIn(here)).toEqual(before);
    });

    it('is carried out where nothing ends', async () => {
      const { here, there } = places();
      const { owner, person } = await newPerson(here);
      const call = await prepare(there, person, owner);
      expect((await call()).status).toBe(200);
    });
  });
}
