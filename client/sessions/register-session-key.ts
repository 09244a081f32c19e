import { unverifiedClaims } from '../../shared/unverified-claims.ts';
import { KeysealRefusal } from '../calls/refusal.ts';
import type { ResponseKeySet } from '../responses/response-key.ts';
import type { AnySession, KeysealSession } from './session.ts';
import { newSigningPair, type PublicKeyRegistration, registrationBy } from './signing-pair.ts';

type Register = (input: PublicKeyRegistration) => Promise<{ readonly responseKeys: ResponseKeySet }>;

/**
 * Gives a session that has just begun a key pair in place of its signing secret: nobody but this browser can sign then, and no script
 * can read the private key.
 * @returns the same session, if the browser has no such keys or the service does not accept one
 * @throws if it is not known whether the service accepted it
 */
export async function registerSessionKey(session: KeysealSession, register: Register): Promise<AnySession> {
  const made = await newSigningPair(false);
  if (!made) return session;
  // The issuer and the time come from the access token, which the service has just made: the clock here may be wrong.
  const { iss: aud, iat } = unverifiedClaims(session.accessToken);
  const registration = await registrationBy(made, { aud, iat });
  try {
    const { responseKeys } = await register(registration);
    const { signingSecret: _, ...kept } = session;
    return { ...kept, privateKey: made.pair.privateKey, responseKeys };
  } catch (error) {
    if (error instanceof KeysealRefusal && error.details.httpStatus < 500) return session;
    throw error;
  }
}
