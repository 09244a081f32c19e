import { randomBytes } from 'node:crypto';
import { createKeysealClient } from '../../client/index.ts';
import { bytesOf } from './bytes.ts';
import { base62 } from './forged.ts';
import { PROVIDER } from './issuer.ts';
import { sendRequests } from './send-requests.ts';
import type { Send, Target } from './target.ts';

const PER_SECOND = 600;
const CONNECTIONS = 64;
const RETURN_TO = '/keys';

const post = ({ authority }: Target, name: string, input: object) =>
  bytesOf({ authority, target: `/api/${name}`, body: JSON.stringify(input) });

const part = (object: object) => Buffer.from(JSON.stringify(object)).toString('base64url');

/** Tokens of workloads: valid for no rule, with a signature of nobody, with an unknown key, and no tokens at all. */
export const exchanges: Send = (target, tally, stop) => {
  const { token } = target.participants;
  const [head = '', payload = ''] = token.split('.');
  const noSignature = () => randomBytes(256).toString('base64url');
  const tokens = [
    () => token,
    () => `${head}.${payload}.${noSignature()}`,
    () => `${part({ alg: 'RS256', typ: 'JWT', kid: base62(8) })}.${payload}.${noSignature()}`,
    () => base62(200),
  ];
  const make = (nth: number) => post(target, 'keys.exchange', { token: tokens[nth % tokens.length]?.() });
  return sendRequests(target, tally, stop, { connections: CONNECTIONS, perSecond: PER_SECOND, make });
};

/** Made-up codes for a sign-in that has begun, made-up sign-ins, and sign-ins that nobody finishes. */
export const providerSignIns: Send = async (target, tally, stop) => {
  const client = createKeysealClient({ url: `http://${target.authority}` });
  const start = { issuer: PROVIDER, returnTo: RETURN_TO };
  const { url, flow } = await client.auth.startSignIn.mutate(start);
  const asked = new URL(url).searchParams;
  const callback = () =>
    `${asked.get('redirect_uri')}?${new URLSearchParams({ code: base62(40), state: asked.get('state') ?? '' })}`;
  const guesses = [
    () => post(target, 'auth.finishSignIn', { url: callback(), flow }),
    () => post(target, 'auth.finishSignIn', { url: callback(), flow: `1.${base62(400)}` }),
    () => post(target, 'auth.startSignIn', start),
  ];
  const make = (nth: number) => guesses[nth % guesses.length]?.() ?? '';
  await sendRequests(target, tally, stop, { connections: CONNECTIONS, perSecond: PER_SECOND, make });
};
