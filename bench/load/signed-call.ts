import { createHash, randomBytes } from 'node:crypto';
import { createKeysealClient } from '../../client/index.ts';
import { LIMIT } from '../fixtures/setting.ts';
import { BODY, bytesOf } from './request.ts';
import { sign } from './sign.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A key and the token of its user. */
export interface Holder {
  readonly id: string;
  readonly userId: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  readonly token: string;
}

/** The attributes of a key in addition to its name. */
type KeyAttributes = {
  readonly permissions: string[];
  readonly authorities?: string[];
  /** In place of a signing secret: a JWK, and the proof that its maker has the private key. */
  readonly publicKey?: Record<string, unknown>;
  readonly proof?: string;
};
const ECHO: KeyAttributes = { permissions: ['echo:write'] };

/** Creates an account, and a key whose every call counts in a limit. */
export async function newHolder(port: number, key?: KeyAttributes): Promise<Holder> {
  return (await newHolders(port, 1, key))[0];
}

/** Creates an account with this many keys. Each key has its own limit, in which its calls count. */
export async function newHolders(
  port: number,
  count: number,
  key: KeyAttributes = ECHO,
): Promise<[Holder, ...Holder[]]> {
  const url = `http://localhost:${port}`;
  const email = `bench-${randomBytes(6).toString('hex')}@example.com`;
  const { user, session } = await createKeysealClient({ url }).auth.signUp.mutate({
    email,
    password: 'a long password',
  });
  const client = createKeysealClient({ url, session });
  const create = async (nth: number): Promise<Holder> => {
    const name = `Benchmark ${nth}`;
    const made = await client.keys.create.mutate({ name, environment: 'live', limits: [LIMIT], ...key });
    const [apiKey, signingSecret] = [String(made.secret), String(made.signingSecret)];
    return { id: made.key.id, userId: user.id, apiKey, signingSecret, token: session.accessToken };
  };
  const holders: [Holder, ...Holder[]] = [await create(0)];
  while (holders.length < count) holders.push(await create(holders.length));
  return holders;
}

/** The requests of several callers in turn. */
export function inTurn(makes: readonly (() => string)[]): () => string {
  let next = 0;
  return () => (makes[next++ % makes.length] as () => string)();
}

/**
 * The bytes of a POST of `BODY` with all three proofs, with a new signature each time.
 * @param authority that is called
 * @param more headers
 */
export function requestSigner(
  { id, apiKey, signingSecret, token }: Holder,
  authority: string,
  target: string,
  more: Readonly<Record<string, string>> = {},
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
    ...more,
  };
  const [before, after] = bytesOf(target, { ...headers, 'x-signature': '|' }).split('|');
  return () => before + sign(signingSecret, fixed) + after;
}
