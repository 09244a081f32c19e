import { EMPTY_SHA256, formatSignature, type Signature, signatureBase } from '../shared/signature.ts';
import { type Credentials, idOf } from './credentials.ts';
import type { Awaitable } from './hash-provider.ts';
import { hmacHex, sha256Hex } from './hmac.ts';
import { sentUrl } from './outgoing-request.ts';

/** A request whose bytes are in memory, so that it can be signed more than once. */
export interface BufferedRequest {
  readonly request: Request;
  readonly contentType: string;
  /** Null if the method has no body. */
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** Reads a whole request and writes its URL as `fetch` sends it. */
export async function bufferRequest(request: Request): Promise<BufferedRequest> {
  // Before the body is read: Bun loses the type of a form or a Blob with it.
  const contentType = request.headers.get('content-type') ?? '';
  const url = sentUrl(request.url);
  const plain = url === request.url ? request : new Request(url, request);
  const bodiless = plain.method === 'GET' || plain.method === 'HEAD';
  return { request: plain, contentType, body: bodiless ? null : new Uint8Array(await plain.arrayBuffer()) };
}

/**
 * Signs with a new nonce each time.
 * @param now unix seconds
 */
export async function signBuffered(
  { request, contentType, body }: BufferedRequest,
  credentials: Credentials,
  now: number,
): Promise<{ request: Request; signature: Signature; base: string }> {
  const { url, method } = request;
  const { proofs, signature, base } = await signParts({ url, method, contentType, body }, credentials, now);
  const headers = new Headers(request.headers);
  if (contentType !== '') headers.set('content-type', contentType);
  for (const [name, value] of Object.entries(proofs)) headers.set(name, value);
  // Never follow a redirect: its target would receive the credentials.
  const init: RequestInit = { headers, redirect: 'manual' };
  if (body) init.body = body;
  return { request: new Request(request, init), signature, base };
}

/** What of a request is signed. */
interface Parts {
  /** As `fetch` sends it. */
  readonly url: string;
  readonly method: string;
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/**
 * Signs with a new nonce each time.
 * @param now unix seconds
 * @returns the headers that prove the caller, by their names
 */
export async function signParts(
  { url, method, contentType, body }: Parts,
  credentials: Credentials,
  now: number,
): Promise<{ proofs: Record<string, string>; signature: Signature; base: string }> {
  const { host, pathname, search } = new URL(url);
  const [k, nonce] = [idOf(credentials), newNonce()];
  const [tokenDigest, bodyDigest] = await Promise.all([tokenDigestOf(credentials), digestOf(body)]);
  const base = signatureBase({
    k,
    t: now,
    nonce,
    method,
    authority: host,
    target: pathname + search,
    contentType,
    tokenDigest,
    bodyDigest,
  });
  const signature = { k, t: now, nonce, mac: await hmacHex(credentials.signingSecret, base) };
  return { proofs: proofsOf(credentials, formatSignature(signature)), signature, base };
}

function proofsOf(credentials: Credentials, signed: string): Record<string, string> {
  const { userToken } = credentials;
  const proofs: Record<string, string> = { 'x-signature': signed };
  if ('sessionId' in credentials) {
    if (userToken) proofs['authorization'] = `Bearer ${userToken}`;
    return proofs;
  }
  proofs['authorization'] = `Bearer ${credentials.apiKey}`;
  if (userToken) proofs['x-user-token'] = userToken;
  return proofs;
}

function digestOf(data: string | Uint8Array<ArrayBuffer> | null | undefined): Awaitable<string> {
  return data ? sha256Hex(data) : EMPTY_SHA256;
}

/** The token that was hashed last: it stays the same for minutes. */
let lastToken: { readonly token: string; readonly digest: Awaitable<string> } | null = null;

function tokenDigestOf({ userToken }: Credentials): Awaitable<string> {
  if (!userToken) return digestOf(null);
  if (lastToken?.token !== userToken) lastToken = { token: userToken, digest: digestOf(userToken) };
  return lastToken.digest;
}

const NONCE_CHARACTERS = 22;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Random bytes of the next nonces: one call for each nonce would take longer than everything else about it. */
const random = new Uint8Array(NONCE_CHARACTERS * 64);
let used = random.length;

/** 22 characters of base64url: 132 random bits, six of each byte. */
function newNonce(): string {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  let nonce = '';
  for (const end = used + NONCE_CHARACTERS; used < end; used++)
    nonce += BASE64URL.charAt((random[used] as number) & 63);
  return nonce;
}
