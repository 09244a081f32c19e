import { z } from 'zod';
import { audiencesIn, readIssuerToken } from '../../gate/user-token/issuer-token.ts';
import { TIME_FAULTS, Time, timeFaultOf } from '../../gate/user-token/token-times.ts';
import { Refusal } from '../../lib/refusal.ts';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import type { TrustedIssuer } from '../../stores/issuers/trusted-issuers.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const Name = z.string().regex(/^[\x20-\x7e]{1,255}$/);

/**
 * The claims of a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4). A `nonce` makes it an ID token; `exp` is
 * optional, because some providers follow a draft that lacks it.
 */
const Claims = z
  .looseObject({
    iss: z.string(),
    aud: z.union([z.string(), z.array(z.string())]),
    iat: Time,
    exp: Time.optional(),
    nbf: Time.optional(),
    jti: z.string().min(1).max(255),
    events: z.looseObject({ [EVENT]: z.looseObject({}) }),
    sub: Name.optional(),
    sid: Name.optional(),
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined);
export type LogoutClaims = z.infer<typeof Claims>;

const TYPES: readonly unknown[] = [
  ...['logout+jwt', 'application/logout+jwt'],
  // Older providers give it the type of all JWTs, or none.
  ...[undefined, 'JWT', 'jwt'],
];

/** Seconds for which a token is accepted after it was issued: a provider may repeat a request that failed. */
const LOGOUT_MAX_AGE = 600;
/** Seconds for which it may be valid: its age is limited separately. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Verifies a logout token with the published keys of its issuer (§2.6). The caller checks whether its `jti` is new.
 * @param now unix seconds
 * @throws Refusal SIGN_IN_INVALID, or UNAVAILABLE if the keys cannot be read
 */
export async function verifyLogoutToken(
  token: string,
  issuer: TrustedIssuer,
  now: number,
): Promise<LogoutClaims> {
  const claims = await readIssuerToken(token, issuer, {
    types: TYPES,
    claims: Claims,
    faultOf: (claims) => faultOf(claims, issuer, now),
  });
  if (claims instanceof Refusal) throw claims;
  if (typeof claims === 'string')
    throw new Refusal('SIGN_IN_INVALID', {}, `a logout token of ${issuer.name} is not valid: ${claims}`);
  return claims;
}

/** Why a token reports no logout to this service; null if it does. */
function faultOf(
  { iss, aud, ...times }: LogoutClaims,
  { issuer, clientId, clockTolerance }: TrustedIssuer,
  now: number,
): string | null {
  if (iss !== issuer) return 'its iss does not match the issuer';
  if (clientId === null || !audiencesIn(aud).includes(clientId))
    return `its aud is ${sanitizeForLog(aud)}, and clientId is ${clientId ?? 'not set'}`;
  const limits = { tolerance: clockTolerance, maxLifetime: NO_LIMIT, maxAge: LOGOUT_MAX_AGE };
  const fault = timeFaultOf(times, limits, now);
  return fault && TIME_FAULTS[fault];
}
