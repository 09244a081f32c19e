import { hash } from 'node:crypto';
import { z } from 'zod';
import { audiencesIn, readIssuerToken } from '../../gate/user-token/issuer-token.ts';
import { CLOCK_SKEW, readObject } from '../../gate/user-token/jws.ts';
import { TIME_FAULTS, Time, timeFaultOf } from '../../gate/user-token/token-times.ts';
import { Refusal } from '../../lib/refusal.ts';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import type { SignInIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { beginOf, type Flow } from './flow.ts';

/** The claims that decide about an ID token (OpenID Connect Core §2, §3.1.3.7). */
const Claims = z.looseObject({
  iss: z.string(),
  // At most 255 ASCII characters, none of them a control character.
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  exp: Time,
  iat: Time,
  nbf: Time.optional(),
  /** When the person last proved who they are to the provider. */
  auth_time: Time.min(0).optional(),
  nonce: z.string(),
  /** Of the access token that came with it. */
  at_hash: z.string().optional(),
  /** How the person proved who they are (RFC 8176). A value of another type is ignored. */
  amr: z.array(z.string()).optional().catch(undefined),
});
export type IdTokenClaims = z.infer<typeof Claims>;

/** An access token, or a logout token, is not an ID token. */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'jwt'];

/** Seconds for which a token is accepted after it was issued: it comes straight from the provider. */
const MAX_AGE = 600;
/** Seconds for which it may be valid: it is used once, so a shorter limit would protect nothing. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** An ID token, and what it must belong to. */
interface Expected {
  readonly issuer: SignInIssuer;
  readonly flow: Flow;
  readonly accessToken: string;
  /** Unix seconds. */
  readonly now: number;
}

/**
 * Verifies an ID token with the published keys of its issuer.
 * @throws Refusal SIGN_IN_INVALID, including if the flow requires a proof and the last one is older; UNAVAILABLE if the keys
 *   cannot be read
 */
export async function verifyIdToken(token: string, expected: Expected): Promise<IdTokenClaims> {
  const { issuer, flow } = expected;
  const claims = await readIssuerToken(token, issuer, {
    types: TYPES,
    claims: Claims,
    faultOf: (claims) => faultOf(claims, expected) ?? faultOfHash(token, claims, expected),
  });
  if (claims instanceof Refusal) throw claims;
  if (typeof claims === 'string')
    throw new Refusal('SIGN_IN_INVALID', {}, `the ID token of ${issuer.name}: ${claims}`);
  if (flow.fresh && !isProvenSince(beginOf(flow), claims, issuer))
    throw new Refusal('SIGN_IN_INVALID', {}, `${issuer.name} did not ask the person for a proof again`);
  return claims;
}

/** The hash of the access token, by the algorithm of the ID token (OpenID Connect Core §3.1.3.8); it is optional. */
function faultOfHash(
  token: string,
  { at_hash }: IdTokenClaims,
  { accessToken }: Pick<Expected, 'accessToken'>,
): string | null {
  if (at_hash === undefined) return null;
  const [head = ''] = token.split('.', 1);
  const bits = /(?:256|384)$/.exec(String(readObject(Buffer.from(head, 'base64url'))?.['alg']))?.[0] ?? '512';
  const digest = hash(`sha${bits}`, accessToken, 'buffer');
  const half = digest.subarray(0, digest.length / 2).toString('base64url');
  return at_hash === half ? null : 'its at_hash is that of another access token';
}

/** A provider that was asked for the time of the proof must say it (OpenID Connect Core §2). @param begin unix milliseconds */
function isProvenSince(
  begin: number,
  { auth_time = Number.NaN }: IdTokenClaims,
  { clockTolerance }: SignInIssuer,
): boolean {
  return auth_time >= Math.floor(begin / 1000) - CLOCK_SKEW - clockTolerance;
}

/** Why a token is not valid for a sign-in; null if it is. */
function faultOf(
  { iss, aud, azp, exp, iat, nbf, auth_time = 0, nonce }: IdTokenClaims,
  { issuer: { issuer, signIn, clockTolerance }, flow, now }: Expected,
): string | null {
  const { clientId } = signIn;
  if (iss !== issuer) return 'its iss does not match the issuer';
  const named = audiencesIn(aud);
  if (!named.includes(clientId)) return `its aud is ${sanitizeForLog(aud)}, and clientId is ${clientId}`;
  if (azp === undefined ? named.length !== 1 : azp !== clientId)
    return `its azp is ${sanitizeForLog(azp ?? null)}, and clientId is ${clientId}`;
  if (nonce !== flow.nonce) return 'its nonce is that of another sign-in';
  if (!(auth_time <= now + CLOCK_SKEW + clockTolerance)) return 'its auth_time is in the future';
  const limits = { tolerance: clockTolerance, maxLifetime: NO_LIMIT, maxAge: MAX_AGE };
  const fault = timeFaultOf({ exp, iat, nbf }, limits, now);
  return fault && TIME_FAULTS[fault];
}
