import type { KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import { seconds } from '../../server/lib/clock.ts';
import { mutate, type Person } from './people.ts';
import type { TestService } from './service.ts';
import { type Credentials, newNonce } from './wire.ts';

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * The public key of a key pair, and the proof of possession of its private key: what a registration requires.
 * @param more claims of the proof
 * @param alg how the key pair signs (RFC 7518 §3.1)
 */
export async function registrationOf(
  service: TestService,
  { privateKey, publicKey }: Pair,
  more: object = {},
  alg = 'EdDSA',
): Promise<{ readonly publicKey: JsonWebKey; readonly proof: string }> {
  const { issuer, stores } = service.running.service;
  const claims = { aud: issuer, iat: seconds(stores.clock), jti: newNonce(), ...more };
  const proof = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg })
    .sign(privateKey);
  return { publicKey: { ...publicKey.export({ format: 'jwk' }), alg }, proof };
}

/** Creates a key with a public key in place of a signing secret. @param alg how the key pair signs (RFC 7518 §3.1) */
export async function registerKey(
  service: TestService,
  who: Person,
  pair: Pair,
  input: { readonly permissions: readonly string[] },
  alg = 'EdDSA',
): Promise<Credentials> {
  const registration = await registrationOf(service, pair, {}, alg);
  const create = { name: 'A key', environment: 'live', ...registration, ...input };
  const { json } = await mutate(service, who, 'keys.create', create);
  const { key, secret } = json.result.data;
  return { id: key.id, apiKey: secret, signingSecret: '' };
}
