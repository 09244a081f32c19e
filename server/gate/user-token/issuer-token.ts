import type { z } from 'zod';
import { Refusal } from '../../lib/refusal.ts';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import type { TrustedIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { MAX_TOKEN_LENGTH, readObject, verifyJws } from './jws.ts';

/** The format of `sub`: at most 255 ASCII characters (OpenID Connect Core §2), none of which is a control character. */
export const SUBJECT_FORM = /^[\x20-\x7e]{1,255}$/;

/**
 * The values of `typ` of a token that shows who its sender is. Types of other tokens, such as `logout+jwt`, are rejected
 * (RFC 8725 §3.11).
 */
export const ACCESS_TOKEN_TYPES: readonly unknown[] = [
  undefined,
  'JWT',
  'jwt',
  'at+jwt',
  'application/at+jwt',
];

/** Reads `iss` from a token that is not verified yet: it only selects the keys that verify it. */
export function claimedIssuer(token: string): unknown {
  const payload = token.length <= MAX_TOKEN_LENGTH ? token.split('.')[1] : undefined;
  return payload === undefined ? null : readObject(Buffer.from(payload, 'base64url'))?.['iss'];
}

/**
 * Whether a token can be verified or rejected without waiting for its issuer: its key is known, or it has no header that
 * could name one.
 */
export async function needsNoKeyFetch(token: string, { algorithms, keys }: TrustedIssuer): Promise<boolean> {
  const [head = ''] = token.length <= MAX_TOKEN_LENGTH ? token.split('.', 1) : [];
  const header = readObject(Buffer.from(head, 'base64url'));
  return header === null || !isAccepted(header['alg'], algorithms) || keys.knows(header);
}

/** Compares without a conversion: anyone can send a header, and `{"toString": 1}` cannot be converted to a string. */
const isAccepted = (alg: unknown, algorithms: readonly unknown[]): boolean => algorithms.includes(alg);

/** What is required of tokens of one kind. */
interface TokenForm<C> {
  /** The values of `typ` that such a token may have (RFC 8725 §3.11). */
  readonly types: readonly unknown[];
  readonly claims: z.ZodType<C>;
  /** What is wrong with the values of the claims, as a sentence; null if nothing is. */
  readonly faultOf: (claims: C) => string | null;
}

/**
 * Verifies the signature of an issuer's token with one of its published keys, and reads its claims.
 * @returns the claims; or what is wrong with the token, as a sentence for the log; UNAVAILABLE if the issuer's keys cannot be read
 */
export async function readIssuerToken<C extends object>(
  token: string,
  { name, algorithms, keys }: TrustedIssuer,
  form: TokenForm<C>,
): Promise<C | Refusal | string> {
  let keysUnavailable = false;
  let fault = 'it is not a compact JWS, is too long, or has a header that is not accepted';
  const jws = await verifyJws(token, algorithms, async (header) => {
    const headerFault = faultOfHeader(header, algorithms, form.types);
    const key = headerFault === null ? await keys.find(header) : null;
    keysUnavailable = key === 'unread';
    fault =
      headerFault ??
      (typeof key === 'string' ? 'no published key has its kid and alg' : 'its signature is not valid');
    return typeof key === 'string' ? null : key;
  });
  if (keysUnavailable)
    return new Refusal('UNAVAILABLE', { retryAfter: 5 }, `the keys of ${name} cannot be read`);
  if (!jws) return fault;
  const { data, error } = form.claims.safeParse(readObject(jws.payload));
  return data ? (form.faultOf(data) ?? data) : faultOfClaims(error);
}

function faultOfHeader(
  { alg, typ, kid }: Readonly<Record<string, unknown>>,
  algorithms: readonly string[],
  types: readonly unknown[],
): string | null {
  if (!isAccepted(alg, algorithms)) return `its alg is ${sanitizeForLog(alg)}`;
  if (!types.includes(typ)) return `its typ is ${sanitizeForLog(typ)}`;
  return kid === undefined || typeof kid === 'string' ? null : 'its kid is not a string';
}

function faultOfClaims(error: z.ZodError | undefined): string {
  const name = error?.issues[0]?.path[0];
  return name === undefined
    ? 'its claims are not those of such a token'
    : `its claim ${String(name)} is missing or not valid`;
}

/** The values of `aud`, which is a string or a list of strings (RFC 7519 §4.1.3). */
export const audiencesIn = (aud: string | readonly string[]): readonly string[] =>
  typeof aud === 'string' ? [aud] : aud;
