import { createHash, randomBytes } from 'node:crypto';
import { createKeysealClient } from '../client/index.ts';
import { sign } from './sign.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A key of somebody, and their token. */
export interface Holder {
  readonly id: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  readonly token: string;
}

/** Makes an account and a key. @param key what it may do, beside its name */
export async function newHolder(
  port: number,
  key: { permissions: string[]; authorities?: string[] },
): Promise<Holder> {
  const url = `http://localhost:${port}`;
  const email = `bench-${randomBytes(6).toString('hex')}@example.com`;
  const { session } = await createKeysealClient({ url }).auth.signUp.mutate({
    email,
    password: 'a long password',
  });
  const made = await createKeysealClient({ url, session }).keys.create.mutate({
    name: 'Benchmark',
    environment: 'live',
    ...key,
  });
  return {
    id: made.key.id,
    apiKey: String(made.secret),
    signingSecret: String(made.signingSecret),
    token: session.accessToken,
  };
}

/** What seals a POST of `body` with all three proofs, each time anew. @param authority that is called */
export function sealer(
  { id, apiKey, signingSecret, token }: Holder,
  authority: string,
  target: string,
  body: string,
): () => Record<string, string> {
  const fixed = {
    k: id,
    method: 'POST',
    authority,
    target,
    contentType: 'application/json',
    tokenDigest: sha256(token),
    bodyDigest: sha256(body),
  };
  const headers = {
    host: authority,
    'content-type': fixed.contentType,
    authorization: `Bearer ${apiKey}`,
    'x-user-token': token,
  };
  return () => ({ ...headers, 'x-signature': sign(signingSecret, fixed) });
}

/** Somebody who calls `echo`. */
export async function echoing(port: number, target: string, body: string) {
  const holder = await newHolder(port, { permissions: ['echo:write'] });
  return sealer(holder, `localhost:${port}`, target, body);
}
