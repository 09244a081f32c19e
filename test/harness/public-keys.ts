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

/** Creates a key with an Ed25519 public key in place of a signing secret. */
export async function registerKey(
  service: TestService,
  who: Person,
  { privateKey, publicKey }: Pair,
  input: { readonly permissions: readonly string[] },
): Promise<Credentials> {
  const { issuer, stores } = service.running.service;
  const { clock } = stores;
  const claims = { aud: issuer, iat: seconds(clock), jti: newNonce() };
  const proof = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign(privateKey);
  const create = {
    name: 'A key',
    environment: 'live',
    publicKey: publicKey.export({ format: 'jwk' }),
    proof,
    ...input,
  };
  const { json } = await mutate(service, who, 'keys.create', create);
  const { key, secret } = json.result.data;
  return { id: key.id, apiKey: secret, signingSecret: '' };
}
