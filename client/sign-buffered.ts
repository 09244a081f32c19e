import { EMPTY_SHA256, formatSignature, type Signature, signatureBase } from '../shared/signature.ts';
import { type Credentials, idOf } from './credentials.ts';
import { hmacHex, sha256Hex } from './hmac.ts';

/** A request whose bytes are in memory, so that it can be signed more than once. */
export interface BufferedRequest {
  readonly request: Request;
  /** Null if the method has no body. */
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** Reads a whole request and writes its URL as `fetch` sends it: `'` as `%27`, no empty `?`, no fragment. */
export async function bufferRequest(request: Request): Promise<BufferedRequest> {
  const url = new URL(request.url);
  url.hash = '';
  if (url.search === '') url.search = '';
  const plain = url.href === request.url ? request : new Request(url, request);
  const bodiless = plain.method === 'GET' || plain.method === 'HEAD';
  return { request: plain, body: bodiless ? null : new Uint8Array(await plain.arrayBuffer()) };
}

/**
 * Signs with a new nonce each time.
 * @param now unix seconds
 */
export async function signBuffered(
  { request, body }: BufferedRequest,
  credentials: Credentials,
  now: number,
): Promise<{ request: Request; signature: Signature; base: string }> {
  const { host, pathname, search } = new URL(request.url);
  const parts = { k: idOf(credentials), t: now, nonce: newNonce() };
  const [tokenDigest, bodyDigest] = await Promise.all([tokenDigestOf(credentials), digestOf(body)]);
  const base = signatureBase({
    ...parts,
    method: request.method,
    authority: host,
    target: pathname + search,
    contentType: request.headers.get('content-type') ?? '',
    tokenDigest,
    bodyDigest,
  });
  const signature = { ...parts, mac: await hmacHex(credentials.signingSecret, base) };
  const headers = new Headers(request.headers);
  for (const [name, value] of Object.entries(proofs(credentials))) headers.set(name, value);
  headers.set('x-signature', formatSignature(signature));
  // Never follow a redirect: its target would receive the credentials.
  const init: RequestInit = { headers, redirect: 'manual' };
  if (body) init.body = body;
  return { request: new Request(request, init), signature, base };
}

function proofs(credentials: Credentials): Record<string, string> {
  const { userToken } = credentials;
  if ('sessionId' in credentials) return userToken ? { authorization: `Bearer ${userToken}` } : {};
  return {
    authorization: `Bearer ${credentials.apiKey}`,
    ...(userToken ? { 'x-user-token': userToken } : {}),
  };
}

async function digestOf(data: string | Uint8Array<ArrayBuffer> | null | undefined): Promise<string> {
  return data ? sha256Hex(data) : EMPTY_SHA256;
}

/** The token that was hashed last: it stays the same for minutes. */
let lastToken: { readonly token: string; readonly digest: Promise<string> } | null = null;

function tokenDigestOf({ userToken }: Credentials): Promise<string> {
  if (!userToken) return digestOf(null);
  if (lastToken?.token !== userToken) lastToken = { token: userToken, digest: digestOf(userToken) };
  return lastToken.digest;
}

const NONCE_BYTES = 16;
/** Random bytes of the next nonces: generating them one by one takes longer than the rest of the work. */
const random = new Uint8Array(NONCE_BYTES * 64);
let used = random.length;

/** 22 characters of base64url: 128 random bits. */
function newNonce(): string {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  const bytes = random.subarray(used, used + NONCE_BYTES);
  used += NONCE_BYTES;
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
