import { CHALLENGE_LIFETIME_MS } from './challenge.ts';
import type { Passkey } from './store.ts';

/** COSE algorithms (RFC 9053 §2): EdDSA, ES256, RS256, in the order of preference. */
export const ALGORITHMS = [-8, -7, -257];

/** Ways to reach an authenticator that browsers understand (WebAuthn §5.8.4). */
export const TRANSPORTS = ['ble', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
type Transport = (typeof TRANSPORTS)[number];

export const knownTransports = (transports: readonly string[]): Transport[] =>
  TRANSPORTS.filter((known) => transports.includes(known));

const COMMON = { timeout: CHALLENGE_LIFETIME_MS };

/** For `navigator.credentials.get` (WebAuthn §5.5): it names no passkey, so the device offers those that it has. */
export const requestOptions = (challenge: string, rpId: string) => ({
  ...COMMON,
  challenge,
  rpId,
  userVerification: 'required' as const,
});

interface Creation {
  readonly challenge: string;
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  /** The passkeys that the account has: the device makes no second one. */
  readonly existing: readonly Pick<Passkey, 'credentialId' | 'transports'>[];
}

/**
 * For `navigator.credentials.create` (WebAuthn §5.4): a passkey that its device can find by itself, and that requires a PIN or
 * a fingerprint.
 */
export const creationOptions = ({ challenge, rp, user, existing }: Creation) => ({
  ...COMMON,
  challenge,
  rp,
  attestation: 'none' as const,
  user: { id: handleOf(user.id), name: user.email, displayName: user.name },
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: 'public-key' as const })),
  excludeCredentials: existing.map(({ credentialId, transports }) => ({
    id: credentialId,
    type: 'public-key' as const,
    transports: knownTransports(transports),
  })),
  authenticatorSelection: {
    residentKey: 'required' as const,
    requireResidentKey: true,
    userVerification: 'required' as const,
  },
});

/** The user handle of an account (WebAuthn §5.4.3): it has no personal data. */
export const handleOf = (userId: string): string => Buffer.from(userId).toString('base64url');
