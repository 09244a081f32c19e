import { EMPTY_SHA256, formatSignature, type Signature, signatureBase } from '../shared/signature.ts';
import { hmacHex, type SigningSecret, sha256Hex } from './hmac.ts';

/** An API key with its signing secret, and the access token of a user that it calls for. */
export interface KeyCredentials<Secret extends SigningSecret = string> {
  readonly apiKey: string;
  /** `kss_…`: what signs. It never travels. */
  readonly signingSecret: Secret;
  readonly userToken?: string;
}

/** A person's session: what signs, and the access token. Without a token it can only refresh. */
export interface SessionCredentials {
  readonly sessionId: string;
  /** As a CryptoKey it needs the usages `sign` and `verify`. */
  readonly signingSecret: SigningSecret;
  readonly userToken?: string;
}

export type Credentials = KeyCredentials<SigningSecret> | SessionCredentials;

/** A request whose bytes are at hand, so that it can be signed more than once. */
export interface BufferedRequest {
  readonly request: Request;
  /** Null where the method has no body. */
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/**
 * Signs a fetch Request: the answer is the same request with `authorization`, `x-user-token` and `x-signature`.
 * Its body is read whole. Send it as it is: a signature is good for one request, once, within 300 seconds.
 * @throws TypeError where a credential is missing, or not of its form
 */
export async function signRequest(request: Request, credentials: Credentials): Promise<Request> {
  checkCredentials(credentials);
  const now = Math.floor(Date.now() / 1000);
  return (await signBuffered(await bufferRequest(request), credentials, now)).request;
}

/** Reads a request whole and writes its URL as `fetch` sends it: `'` as `%27`, no empty `?`, no fragment. */
export async function bufferRequest(request: Request): Promise<BufferedRequest> {
  const url = new URL(request.url);
  url.hash = '';
  if (url.search === '') url.search = '';
  const plain = url.href === request.url ? request : new Request(url, request);
  const bodiless = plain.method === 'GET' || plain.method === 'HEAD';
  return { request: plain, body: bodiless ? null : new Uint8Array(await plain.arrayBuffer()) };
}

/**
 * Signs with a nonce of its own each time.
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
  // A redirect is never followed: its target would be handed the credentials.
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

const API_KEY = /^[a-z][a-z0-9]*_(?:live|test)_([0-9A-Za-z]{12})_[0-9A-Za-z]{38}$/;

/** The `k` of a signature: the public part of an API key, or the session's id. */
export function idOf(credentials: Credentials): string {
  if ('sessionId' in credentials) return credentials.sessionId;
  const id = API_KEY.exec(credentials.apiKey)?.[1];
  // Said without the text: what was given may be another secret.
  if (id === undefined) throw new TypeError('apiKey is not an API key such as ks_live_<id>_<secret>');
  return id;
}

/**
 * @throws TypeError where a credential is missing, such as an environment variable that is not set, or not of its form;
 * it names the member
 */
export function checkCredentials(credentials: Credentials): void {
  const { signingSecret } = credentials;
  if (!idOf(credentials)) throw new TypeError('sessionId is missing');
  if (!signingSecret) throw new TypeError('signingSecret is missing');
  if (!['string', 'object'].includes(typeof signingSecret)) {
    throw new TypeError('signingSecret is neither a text nor a CryptoKey');
  }
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
/** Random bytes of the next nonces: asking for those of each one alone takes longer than all else about it. */
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
