import { createHash, randomBytes } from 'node:crypto';
import { createKeysealClient } from '../../client/index.ts';
import { LIMIT } from '../fixtures/setting.ts';
import { BODY, bytesOf } from './request.ts';
import { sign } from './sign.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A key and the token of its person. */
export interface Holder {
  readonly id: string;
  readonly userId: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  readonly token: string;
}

/** Creates an account, and a key whose every call counts in a limit. @param key its attributes beside its name */
export async function newHolder(
  port: number,
  key: { permissions: string[]; authorities?: string[] } = { permissions: ['echo:write'] },
): Promise<Holder> {
  const url = `http://localhost:${port}`;
  const email = `bench-${randomBytes(6).toString('hex')}@example.com`;
  const { user, session } = await createKeysealClient({ url }).auth.signUp.mutate({
    email,
    password: 'a long password',
  });
  const made = await createKeysealClient({ url, session }).keys.create.mutate({
    name: 'Benchmark',
    environment: 'live',
    limits: [LIMIT],
    ...key,
  });
  return {
    id: made.key.id,
    userId: user.id,
    apiKey: String(made.secret),
    signingSecret: String(made.signingSecret),
    token: session.accessToken,
  };
}

/** The bytes of a POST of `BODY` with all three proofs, signed anew each time. @param authority that is called */
export function requestSigner(
  { id, apiKey, signingSecret, token }: Holder,
  authority: string,
  target: string,
): () => string {
  const fixed = {
    k: id,
    method: 'POST',
    authority,
    target,
    contentType: 'application/json',
    tokenDigest: sha256(token),
    bodyDigest: sha256(BODY),
  };
  const headers = {
    host: authority,
    'content-type': fixed.contentType,
    authorization: `Bearer ${apiKey}`,
    'x-user-token': token,
  };
  const [before, after] = bytesOf(target, { ...headers, 'x-signature': '|' }).split('|');
  return () => before + sign(signingSecret, fixed) + after;
}
