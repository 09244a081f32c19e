import { EMPTY_SHA256, formatSignature, type Signature, signatureBase } from '../../shared/signature.ts';
import { type AnyCredentials, type Credentials, idOf } from './credentials.ts';
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

/** A signed request, what distinguishes its signature from others, and the string that was signed. */
export interface SignedBuffer<S extends MadeSignature> {
  readonly request: Request;
  readonly signature: S;
  readonly base: string;
}

/** Signs with `x-signature`, with a new nonce each time. @param now unix seconds */
export const signBuffered = (
  buffered: BufferedRequest,
  credentials: AnyCredentials,
  now: number,
): Promise<SignedBuffer<Signature>> => signBufferedBy(signParts, buffered, credentials, now);

/** Signs in either format, with a new nonce each time. @param now unix seconds */
export async function signBufferedBy<S extends MadeSignature>(
  sign: SignParts<S>,
  { request, contentType, body }: BufferedRequest,
  credentials: AnyCredentials,
  now: number,
): Promise<SignedBuffer<S>> {
  const { url, method } = request;
  const { proofs, signature, base } = await sign({ url, method, contentType, body }, credentials, now);
  const headers = new Headers(request.headers);
  if (contentType !== '') headers.set('content-type', contentType);
  for (const [name, value] of Object.entries(proofs)) headers.set(name, value);
  // Never follow a redirect: its target would receive the credentials.
  const init: RequestInit = { headers, redirect: 'manual' };
  if (body) init.body = body;
  return { request: new Request(request, init), signature, base };
}

/** The parts of a request that are signed. */
export interface RequestParts {
  /** As `fetch` sends it. */
  readonly url: string;
  readonly method: string;
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/** What distinguishes a signature from every other one. */
export type MadeSignature = Pick<Signature, 'k' | 'nonce'>;

/** A signature of a request. */
export interface SigningResult<S extends MadeSignature = MadeSignature> {
  /** The headers that authenticate the caller, by name. */
  readonly proofs: Record<string, string>;
  readonly signature: S;
  /** The string that was signed. */
  readonly base: string;
}

/**
 * Signs with a new nonce each time.
 * @param now unix seconds
 */
export type SignParts<S extends MadeSignature = MadeSignature> = (
  parts: RequestParts,
  credentials: AnyCredentials,
  now: number,
) => Promise<SigningResult<S>>;

/** Signs with `x-signature`. @throws TypeError for a private key, which makes no MAC */
export const signParts: SignParts<Signature> = async (
  { url, method, contentType, body },
  credentials,
  now,
) => {
  if ('privateKey' in credentials)
    throw new TypeError('a private key makes only RFC 9421 signatures: see the option signatures');
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
  return {
    proofs: { 'x-signature': formatSignature(signature), ...bearerHeaders(credentials) },
    signature,
    base,
  };
};

/** The headers that identify the caller. */
export function bearerHeaders(credentials: AnyCredentials): Record<string, string> {
  const { userToken } = credentials;
  if ('sessionId' in credentials) return userToken ? { authorization: `Bearer ${userToken}` } : {};
  const key = { authorization: `Bearer ${credentials.apiKey}` };
  return userToken ? { ...key, 'x-user-token': userToken } : key;
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
export function newNonce(): string {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  let nonce = '';
  for (const end = used + NONCE_CHARACTERS; used < end; used++)
    nonce += BASE64URL.charAt((random[used] as number) & 63);
  return nonce;
}
