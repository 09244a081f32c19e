/** What verifies the signature of a response, or of the server's clock. */
export interface ResponseKey {
  readonly algorithm: 'hmac-sha256' | 'ed25519';
  /** Whether a `keyid` names this key. */
  readonly isNamed: (keyId: string) => Promise<boolean> | boolean;
  /** Whether a signature over a base verifies, compared in constant time. */
  readonly verifies: (base: string, signature: Uint8Array, keyId: string) => Promise<boolean>;
}

/**
 * The public keys of the service, as its directory `/.well-known/http-message-signatures-directory` publishes them: a JWKS
 * (RFC 7517 §5).
 */
export interface ResponseKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}
