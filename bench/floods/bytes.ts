import { createHash } from 'node:crypto';
import { createKeysealClient } from '../../client/index.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { sign } from '../load/sign.ts';
import type { Account, Key } from './participants.ts';

/** A request without its proofs. */
export interface Call {
  readonly authority: string;
  readonly target: string;
  /** JSON; a call with a body is a POST. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The signing secret of a call, and its bearer token. */
export interface Signer {
  readonly id: string;
  readonly signingSecret: string;
  readonly bearer: string;
  /** Whether the bearer token is a user token, which the signature covers too. */
  readonly isPerson: boolean;
}

const JSON_TYPE = 'application/json';
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

export const signerOf = ({ id, apiKey, signingSecret }: Key): Signer => ({
  id,
  signingSecret,
  bearer: apiKey,
  isPerson: false,
});

/** Signs a user in at a service on this machine. */
export async function signIn(authority: string, account: Account): Promise<Signer> {
  const answer = await createKeysealClient({ url: `http://${authority}` }).auth.signIn.mutate(account);
  if ('next' in answer) throw new Error('the account has a second factor');
  const { session } = answer;
  return {
    id: session.id,
    signingSecret: session.signingSecret,
    bearer: session.accessToken,
    isPerson: true,
  };
}

/** The bytes of a request, one character for each byte. */
export function bytesOf({ authority, target, body, headers = {} }: Call): string {
  const all = {
    host: authority,
    ...(body === undefined ? {} : { 'content-type': JSON_TYPE, 'content-length': String(body.length) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${methodOf(body)} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

/**
 * The bytes of a request, signed now.
 * @param signedFor the authority to sign, if it is not the one of the `host` header
 * @param ahead seconds by which the signature's time is ahead
 */
export function signedBytes(
  signer: Signer,
  call: Call,
  { signedFor = call.authority, ahead = 0 } = {},
): string {
  const { target, body } = call;
  const fixed = {
    k: signer.id,
    method: methodOf(body),
    authority: signedFor,
    target,
    contentType: body === undefined ? '' : JSON_TYPE,
    tokenDigest: signer.isPerson ? digestOf(signer.bearer) : EMPTY_SHA256,
    bodyDigest: body === undefined ? EMPTY_SHA256 : digestOf(body),
  };
  const proofs = {
    authorization: `Bearer ${signer.bearer}`,
    'x-signature': sign(signer.signingSecret, fixed, ahead),
  };
  return bytesOf({ ...call, headers: { ...call.headers, ...proofs } });
}

const methodOf = (body: string | undefined) => (body === undefined ? 'GET' : 'POST');
