import type { PublicKeyRegistration } from '../../client/sessions/signing-pair.ts';

/** The members of a public key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2): nothing else leaves this page, least of all a private key. */
const PUBLIC_MEMBERS: readonly string[] = ['alg', 'crv', 'e', 'key_ops', 'kid', 'kty', 'n', 'use', 'x', 'y'];
/** A JWS in compact serialization (RFC 7515 §7.1). */
const PROOF = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Reads what `keyseal keygen` prints; null if the text is anything else, or its key has other members than a public one. */
export function readRegistration(text: string): PublicKeyRegistration | null {
  try {
    const { publicKey, proof } = Object(JSON.parse(text));
    const isKey = typeof publicKey === 'object' && publicKey !== null && !Array.isArray(publicKey);
    if (!isKey || typeof proof !== 'string' || !PROOF.test(proof)) return null;
    return Object.keys(publicKey).every((name) => PUBLIC_MEMBERS.includes(name))
      ? { publicKey, proof }
      : null;
  } catch {
    return null;
  }
}
