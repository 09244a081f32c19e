import { useRef } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import {
  newSigningPair,
  type PublicKeyRegistration,
  registrationBy,
} from '../../client/sessions/signing-pair.ts';
import { webCrypto } from '../../client/signing/web-hashes.ts';
import { base64 } from '../../shared/structured-fields/values.ts';
import { unverifiedClaims } from '../../shared/unverified-claims.ts';
import { serverTime } from '../api/server-time.ts';
import { sessionManager } from '../api/session-manager.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { rememberMadePair } from './made-pairs.ts';

/** A key pair that this page made. Only the registration leaves it. */
export interface MadePair {
  readonly registration: PublicKeyRegistration;
  /** The private key in PEM (PKCS #8). */
  readonly privateKey: string;
}

/** The key pair of a form, which stays the same however often the form is sent: the first request may have arrived. */
export interface FormPair {
  /**
   * Registers the key pair with a call. This browser remembers that it made the key's pair, and the result has the private key.
   * If the service refused the proof of this pair, which it accepts once and for minutes, the next attempt makes another pair:
   * the service looks for an earlier call first, so none was carried out. Any other failure may follow a call whose response
   * was lost.
   */
  readonly register: <R extends Registered>(
    call: (registration: PublicKeyRegistration) => Promise<R>,
  ) => Promise<R & Pick<MadePair, 'privateKey'>>;
  readonly forget: () => void;
}

/** The response of a call that registers a pair. */
interface Registered {
  readonly key: Pick<ConsoleKey, 'signature'>;
}

export function useFormPair(): FormPair {
  const made = useRef<MadePair>(undefined);
  const forget = () => {
    made.current = undefined;
  };
  return {
    register: async (call) => {
      made.current ??= await makePair();
      const { registration, privateKey } = made.current;
      try {
        const registered = await call(registration);
        rememberMadePair(registered.key);
        return { ...registered, privateKey };
      } catch (error) {
        if (isRegistrationRefused(error)) forget();
        throw error;
      }
    },
    forget,
  };
}

function isRegistrationRefused(error: unknown): boolean {
  const { issues = [] } = error instanceof KeysealRefusal ? error.details : {};
  return issues.some(({ path }) => path === 'proof' || path.startsWith('publicKey'));
}

/** Makes a key pair, and the proof that its registration needs. @throws Error if the browser supports no such keys */
async function makePair(): Promise<MadePair> {
  const made = await newSigningPair(true);
  if (!made) throw new Error('This browser supports neither Ed25519 nor P-256 keys.');
  const [session, iat] = await Promise.all([sessionManager.fresh(), serverTime()]);
  // Without a session the service refuses the call that follows.
  const { iss: aud } = session ? unverifiedClaims(session.accessToken) : {};
  const der = new Uint8Array(await webCrypto().exportKey('pkcs8', made.pair.privateKey));
  return { registration: await registrationBy(made, { aud, iat }), privateKey: pemOf(der) };
}

/** RFC 7468 §10: lines of 64 characters. */
function pemOf(der: Uint8Array): string {
  const lines = base64(der).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
