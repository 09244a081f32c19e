import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { isFuture } from '../../lib/clock.ts';
import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { Refusal, sharedCause } from '../../lib/refusal.ts';
import { TOKEN_LIFETIME } from '../../stores/secrets/token-keys.ts';
import type { Stores } from '../../stores/stores.ts';
import type { ExternalIdentity } from '../caller/external-user.ts';
import { ExternalTokenVerifier } from './external-token.ts';
import { readObject, verifyJws } from './jws.ts';
import { Time, timeFaultOf } from './token-times.ts';

/** How many verified tokens are cached, by digest. */
const MAX_CACHED_TOKENS = 20_000;

/**
 * The claims of a user token (RFC 9068 §2.2), all required; and `nbf`, which RFC 7519 §4.1.5 obliges a verifier to
 * honour.
 */
const Claims = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string().min(1),
  sid: z.string().min(1),
  client_id: z.string().min(1),
  jti: z.string().min(1),
  iat: Time,
  exp: Time,
  nbf: Time.optional(),
});

const TIMES = { tolerance: 0, maxLifetime: TOKEN_LIFETIME };

/** The claims of a verified token. */
export interface TokenClaims {
  readonly sub: string;
  readonly sid: string;
  /** Unix seconds. */
  readonly exp: number;
}

interface Verified extends TokenClaims {
  readonly kid: string;
}

/** The outcome for a token: its claims, or the refusal for it. Both are null if the request brought none. */
interface TokenOutcome<C = TokenClaims> {
  readonly claims: C | null;
  readonly refusal: Refusal | null;
}

const NO_TOKEN: TokenOutcome<never> = { claims: null, refusal: null };

const NOT_VALID = sharedCause('not a valid Keyseal token, and its iss is not an issuer with userToken: true');

/** Verifies user tokens and caches those that passed: by the digest of the whole token, never beyond `exp`. */
export class TokenVerifier {
  readonly #stores: Stores;
  readonly #issuer: string;
  readonly #external: ExternalTokenVerifier;
  readonly #verified = new LRUCache<string, Verified>({ max: MAX_CACHED_TOKENS });

  constructor(stores: Stores, issuer: string) {
    this.#stores = stores;
    this.#issuer = issuer;
    this.#external = new ExternalTokenVerifier(stores.issuers);
  }

  /**
   * Verifies a token that Keyseal issued, if the request has one.
   * @param digest the token's SHA-256, by which it is cached
   * @param now unix seconds
   * @returns its claims, or the refusal to throw when the token's turn comes: TOKEN_INVALID, or TOKEN_EXPIRED if only
   *   the time is wrong
   */
  verify(token: string | null, digest: string, now: number): MaybePromise<TokenOutcome> {
    if (token === null) return NO_TOKEN;
    return andThen(this.#verified.get(digest) ?? this.#check(token, now), (claims) =>
      // A retired token key invalidates the tokens that it signed.
      andThen(claims && this.#stores.tokenKeys.verifier(claims.kid), (key) => {
        if (!claims || !key) return { claims: null, refusal: new Refusal('TOKEN_INVALID', {}, NOT_VALID) };
        if (!isFuture(claims.exp, now)) return { claims: null, refusal: new Refusal('TOKEN_EXPIRED') };
        if (!this.#verified.has(digest)) this.#verified.set(digest, claims);
        return { claims, refusal: null };
      }),
    );
  }

  /**
   * Verifies the token sent with a key, issued by Keyseal or a trusted issuer.
   * @returns its claims or the person whom it names, or the refusal as `verify` does; UNAVAILABLE if the issuer's keys
   *   cannot be read
   */
  verifyBesideKey(
    token: string | null,
    digest: string,
    now: number,
  ): MaybePromise<TokenOutcome<TokenClaims | ExternalIdentity>> {
    // A token already verified as Keyseal's own needs no other check.
    if (this.#verified.has(digest)) return this.verify(token, digest, now);
    type Outcome = MaybePromise<TokenOutcome<TokenClaims | ExternalIdentity>>;
    return andThen(token && this.#external.verify(token, digest, now), (external): Outcome => {
      if (!external) return this.verify(token, digest, now);
      if (external instanceof Refusal) return { claims: null, refusal: external };
      if (this.#stores.providerLogouts.isKnown(external.person))
        return { claims: null, refusal: new Refusal('SESSION_ENDED') };
      return { claims: external, refusal: null };
    });
  }

  async #check(token: string, now: number): Promise<Verified | null> {
    const { tokenKeys } = this.#stores;
    const jws = await verifyJws(token, ['EdDSA'], ({ alg, typ, kid }) =>
      alg === 'EdDSA' && typ === 'at+jwt' && typeof kid === 'string' ? tokenKeys.verifier(kid) : null,
    );
    const claims = Claims.safeParse(jws && readObject(jws.payload)).data;
    if (claims?.iss !== this.#issuer || claims.aud !== `${this.#issuer}/api`) return null;
    const fault = timeFaultOf(claims, TIMES, now);
    // An expired token gets its own refusal later.
    const isValid = fault === null || fault === 'expired';
    if (!isValid || !jws?.header.kid) return null;
    return { sub: claims.sub, sid: claims.sid, exp: claims.exp, kid: jws.header.kid };
  }
}
