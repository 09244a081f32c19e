import { z } from 'zod';
import { CLOCK_SKEW, readObject, verifyJws } from '../../gate/jws.ts';
import { isAhead } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { SignInIssuer } from '../../stores/issuers/trusted-issuers.ts';

/** The claims that decide about an ID token (OpenID Connect Core §2, §3.1.3.7). */
const Claims = z.looseObject({
  iss: z.string(),
  // At most 255 ASCII characters, none of them a control character.
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  exp: z.int(),
  iat: z.int(),
  nbf: z.int().optional(),
  nonce: z.string(),
});
export type IdTokenClaims = z.infer<typeof Claims>;

/** Seconds for which a token is taken after it was issued: it comes straight from the provider. */
const MAX_AGE = 600;

/**
 * Verifies an ID token with the published keys of its issuer.
 * @param now unix seconds
 * @throws Refusal SIGN_IN_INVALID, or UNAVAILABLE if the keys cannot be read
 */
export async function verifyIdToken(
  token: string,
  issuer: SignInIssuer,
  nonce: string,
  now: number,
): Promise<IdTokenClaims> {
  let unread = false;
  const jws = await verifyJws(token, issuer.algorithms, async (header) => {
    const { alg, typ, kid } = header;
    // An access token, or a logout token, is no ID token (RFC 8725 §3.11).
    if (!issuer.algorithms.includes(String(alg)) || ![undefined, 'JWT', 'jwt'].includes(typ as string))
      return null;
    if (kid !== undefined && typeof kid !== 'string') return null;
    const key = await issuer.keys.find(header);
    unread = key === 'unread';
    return typeof key === 'string' ? null : key;
  });
  if (unread)
    throw new Refusal('UNAVAILABLE', { retryAfter: 5 }, `the keys of ${issuer.name} cannot be read`);
  const claims = Claims.safeParse(jws && readObject(jws.payload)).data;
  if (!claims || !isFor(claims, issuer, now) || claims.nonce !== nonce)
    throw new Refusal('SIGN_IN_INVALID', {}, `the ID token of ${issuer.name} is not valid for this sign-in`);
  return claims;
}

function isFor(
  { iss, aud, azp, exp, iat, nbf = 0 }: IdTokenClaims,
  { issuer, signIn, clockTolerance }: SignInIssuer,
  now: number,
): boolean {
  const named = typeof aud === 'string' ? [aud] : aud;
  const latest = now + CLOCK_SKEW + clockTolerance;
  return (
    iss === issuer &&
    named.includes(signIn.clientId) &&
    (named.length === 1 || azp !== undefined) &&
    (azp === undefined || azp === signIn.clientId) &&
    isAhead(exp + clockTolerance, now) &&
    iat <= latest &&
    nbf <= latest &&
    iat >= now - MAX_AGE - clockTolerance
  );
}
