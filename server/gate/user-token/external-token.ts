import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { isFuture } from '../../lib/clock.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../../lib/refusal.ts';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import { personOfToken, sessionNamedBy } from '../../stores/issuers/provider-logouts.ts';
import type { TrustedIssuer, TrustedIssuers } from '../../stores/issuers/trusted-issuers.ts';
import type { ExternalIdentity } from '../caller/external-user.ts';
import {
  ACCESS_TOKEN_TYPES,
  audiencesIn,
  claimedIssuer,
  readIssuerToken,
  SUBJECT_FORM,
} from './issuer-token.ts';
import { TIME_FAULTS, Time, timeFaultOf } from './token-times.ts';

/** How many verified tokens are cached, and how many characters they may have in total. */
const MAX_CACHED_TOKENS = 20_000;
const MAX_CACHED_CHARACTERS = 16 * 1024 * 1024;

/**
 * Seconds for which a token may be valid: Keyseal does not learn if its user is disabled in the meantime, and remembers a
 * logout for as long.
 */
export const MAX_TOKEN_LIFETIME = 7 * 86_400;

/**
 * The claims that decide about a token (RFC 7519 §4.1, RFC 9068 §2.2, OpenID Connect Core §2). The client that got it is named
 * in `azp` or, in an access token, in `client_id`. `cnf` binds a token to a key of its client (RFC 7800), which nothing here
 * could check, so such a token is rejected. A token with `events` is not a user token, but reports something (RFC 8417), such
 * as a logout.
 */
const Claims = z.looseObject({
  iss: z.string(),
  sub: z.string().regex(SUBJECT_FORM),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: Time,
  nbf: Time.optional(),
  iat: Time.optional(),
  azp: z.string().optional(),
  client_id: z.string().optional(),
  cnf: z.never().optional(),
  events: z.never().optional(),
});
type Claims = z.infer<typeof Claims>;

interface Verified {
  readonly identity: ExternalIdentity;
  readonly issuer: TrustedIssuer;
  /** The version of the issuer's keys that verified it. */
  readonly version: number;
}

/** The person that a token names, or what is wrong with it. */
export type ExternalOutcome = ExternalIdentity | Refusal;

/** Verifies user tokens of trusted issuers, and caches those that passed until they expire or the issuer's keys change. */
export class ExternalTokenVerifier {
  readonly #issuers: TrustedIssuers;
  readonly #verified = new LRUCache<string, Verified>({
    max: MAX_CACHED_TOKENS,
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: ({ identity }) => identity.size,
  });

  constructor(issuers: TrustedIssuers) {
    this.#issuers = issuers;
  }

  /**
   * Verifies a token if its `iss` is that of a trusted issuer.
   * @param digest the token's SHA-256, by which it is cached
   * @param now unix seconds
   * @returns null if no trusted issuer issued it, so that it is verified as one of Keyseal's own
   */
  verify(token: string, digest: string, now: number): MaybePromise<ExternalOutcome | null> {
    if (this.#issuers.isEmpty) return null;
    const cached = this.#verified.get(digest);
    cached?.issuer.keys.refresh();
    if (cached && cached.version === cached.issuer.keys.version) return refuseIfExpired(cached.identity, now);
    const issuer = this.#issuers.find(claimedIssuer(token));
    return issuer ? this.#verify(token, issuer, digest, now) : null;
  }

  async #verify(token: string, issuer: TrustedIssuer, digest: string, now: number): Promise<ExternalOutcome> {
    const { version } = issuer.keys;
    const identity = await check(token, issuer, now);
    if (identity instanceof Refusal) return identity;
    const outcome = refuseIfExpired(identity, now);
    // If the keys changed in the meantime, the next call verifies the token again.
    if (outcome === identity) this.#verified.set(digest, { identity, issuer, version });
    return outcome;
  }
}

async function check(token: string, issuer: TrustedIssuer, now: number): Promise<ExternalIdentity | Refusal> {
  const claims = await readIssuerToken(token, issuer, {
    types: ACCESS_TOKEN_TYPES,
    claims: Claims,
    faultOf: (claims) => faultOf(claims, issuer, now),
  });
  if (claims instanceof Refusal) return claims;
  if (typeof claims === 'string')
    return new Refusal('TOKEN_INVALID', {}, `a token of ${issuer.name}: ${claims}`);
  return {
    issuer,
    subject: claims.sub,
    claims: deepFreeze(claims),
    person: personOfToken(claims.iss, claims.sub, sessionNamedBy(claims), claims.iat ?? 0),
    expiresAt: claims.exp + issuer.clockTolerance,
    size: token.length,
  };
}

/** Why a token was not issued for this service, or is not valid yet; null if neither. `exp` is checked at every use. */
function faultOf(
  { iss, aud, azp, client_id, ...times }: Claims,
  { issuer, audiences, clients, clockTolerance }: TrustedIssuer,
  now: number,
): string | null {
  if (iss !== issuer) return 'its iss does not match the issuer';
  if (!audiencesIn(aud).some((audience) => audiences.includes(audience)))
    return `its aud is ${sanitizeForLog(aud)}; KEYSEAL_ISSUERS allows ${audiences.join(', ')}`;
  const gotBy = [azp, client_id].filter((client) => client !== undefined);
  const other = clients && gotBy.find((client) => !clients.includes(client));
  if (typeof other === 'string')
    return `its azp or client_id is ${sanitizeForLog(other)}; KEYSEAL_ISSUERS allows ${clients?.join(', ')}`;
  const fault = timeFaultOf(times, { tolerance: clockTolerance, maxLifetime: MAX_TOKEN_LIFETIME }, now);
  return fault === null || fault === 'expired' ? null : TIME_FAULTS[fault];
}

const refuseIfExpired = (identity: ExternalIdentity, now: number): ExternalOutcome =>
  isFuture(identity.expiresAt, now) ? identity : new Refusal('TOKEN_EXPIRED');

/** Procedures get the claims of a cached token: none may change them for the others. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
