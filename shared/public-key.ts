/** The RFC 9421 §3.3 algorithms that verify with a public key. */
export const PUBLIC_KEY_ALGORITHMS = [
  'ed25519',
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
] as const;
export type PublicKeyAlgorithm = (typeof PUBLIC_KEY_ALGORITHMS)[number];

/** A public key as it was registered for a credential. */
export interface RegisteredPublicKey {
  readonly algorithm: PublicKeyAlgorithm;
  /** SHA-256 of the key in base64url (RFC 7638). */
  readonly thumbprint: string;
  /** The required members of the JWK, and no others (RFC 7638 §3.2). */
  readonly jwk: Readonly<Record<string, string>>;
}
