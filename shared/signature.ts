/** A signature is accepted from this many seconds in the past … */
export const SIGNATURE_MAX_AGE = 300;
/** … to this many seconds in the future. */
export const SIGNATURE_MAX_AHEAD = 60;
/** SHA-256 of the empty string, in hex: the token line or body line of a request without one. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The signed fields of a request, each as sent, nothing decoded. */
export interface SignedParts {
  /** The key id or the session id whose secret signs. */
  readonly k: string;
  /** Unix seconds. */
  readonly t: number;
  /** 22 to 64 characters of `[A-Za-z0-9_-]`, at least 128 random bits. */
  readonly nonce: string;
  readonly method: string;
  /** Host and port, lowercase, without the scheme's default port. */
  readonly authority: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  /** As sent, or empty. */
  readonly contentType: string;
  /** SHA-256 of the user token, lowercase hex; `EMPTY_SHA256` if there is none. */
  readonly tokenDigest: string;
  /** SHA-256 of the body bytes, lowercase hex; `EMPTY_SHA256` if there is none. */
  readonly bodyDigest: string;
}

/** A parsed `x-signature` header. */
export interface Signature {
  readonly k: string;
  readonly t: number;
  readonly nonce: string;
  /** HMAC-SHA-256, lowercase hex. */
  readonly mac: string;
}

/** The ten lines that are signed, joined by a line feed, without a trailing one. */
export function signatureBase(parts: SignedParts): string {
  return (
    `v1.request\n${parts.k}\n${parts.t}\n${parts.nonce}\n${parts.method}\n${parts.authority}\n` +
    `${parts.target}\n${parts.contentType}\n${parts.tokenDigest}\n${parts.bodyDigest}`
  );
}

/**
 * The string that the server signs for a `SIGNATURE_EXPIRED`, so that a client with a wrong clock can trust `now`. The signature
 * base of a response never begins like it.
 */
export function clockBase(k: string, nonce: string, now: number): string {
  return `v1.clock\n${k}\n${nonce}\n${now}`;
}

/** The value of the `x-signature` header. */
export function formatSignature({ k, t, nonce, mac }: Signature): string {
  return `v1,k=${k},t=${t},n=${nonce},s=${mac}`;
}

const GRAMMAR =
  /^v1,k=((?:ses_)?[0-9A-Za-z]{12}),t=([1-9][0-9]{9}),n=([A-Za-z0-9_-]{22,64}),s=([0-9a-f]{64})$/;

/** The id of what signs: a key or a session. */
export const SIGNER_ID: RegExp = /^(?:ses_)?[0-9A-Za-z]{12}$/;

/** Parses `x-signature`; null if the value does not match the v1 grammar. */
export function parseSignature(header: string): Signature | null {
  const match = GRAMMAR.exec(header);
  if (!match) return null;
  const [, k = '', t, nonce = '', mac = ''] = match;
  return { k, t: Number(t), nonce, mac };
}

/** Whether `k` names a session (a user signs) rather than a key. */
export function isSessionId(k: string): boolean {
  return k.startsWith('ses_');
}
