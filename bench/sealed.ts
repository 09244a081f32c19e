import { createHash, randomBytes } from 'node:crypto';
import { createKeysealClient } from '../client/index.ts';
import { sign } from './sign.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Makes an account and a key, and returns what seals a POST of `body` with all three proofs, each time anew. */
export async function sealer(port: number, target: string, body: string) {
  const url = `http://localhost:${port}`;
  const email = `bench-${randomBytes(6).toString('hex')}@example.com`;
  const { session } = await createKeysealClient({ url }).auth.signUp.mutate({
    email,
    password: 'a long password',
  });
  const made = await createKeysealClient({ url, session }).keys.create.mutate({
    name: 'Benchmark',
    environment: 'live',
    permissions: ['echo:write'],
  });
  const { accessToken: token } = session;
  const fixed = {
    k: made.key.id,
    method: 'POST',
    authority: `localhost:${port}`,
    target,
    contentType: 'application/json',
    tokenDigest: sha256(token),
    bodyDigest: sha256(body),
  };
  const headers = {
    host: fixed.authority,
    'content-type': fixed.contentType,
    authorization: `Bearer ${made.secret}`,
    'x-user-token': token,
  };
  return () => ({ ...headers, 'x-signature': sign(String(made.signingSecret), fixed) });
}
