import { hash } from 'node:crypto';
import { z } from 'zod';
import {
  ACCESS_TOKEN_TYPES,
  audiencesIn,
  claimedIssuer,
  readIssuerToken,
  SUBJECT_FORM,
} from '../../gate/user-token/issuer-token.ts';
import { TIME_FAULTS, Time, timeFaultOf } from '../../gate/user-token/token-times.ts';
import { audiencesOfPeople } from '../../lib/issuer-config.ts';
import { Refusal } from '../../lib/refusal.ts';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import { LineOfText } from '../../lib/schemas.ts';
import type { TrustedIssuer, TrustedIssuers } from '../../stores/issuers/trusted-issuers.ts';

/**
 * The maximum lifetime of a token, in seconds: a day and an hour, because clouds issue tokens for a day. For that long the
 * service remembers that a token was exchanged.
 */
const MAX_WORKLOAD_TOKEN_LIFETIME_S = 90_000;

/**
 * The claims that decide about a token (RFC 7519 §4.1). `cnf` binds it to a key of its client (RFC 7800), which nothing here could check. A token
 * with `events` reports something, such as a logout (RFC 8417).
 */
const Claims = z.looseObject({
  iss: z.string(),
  sub: z.string().regex(SUBJECT_FORM),
  // What the audience of a rule can be.
  aud: z.union([LineOfText, z.array(LineOfText)]),
  exp: Time,
  iat: Time,
  nbf: Time.optional(),
  jti: z.string().min(1).max(1000).optional(),
  cnf: z.never().optional(),
  events: z.never().optional(),
});
type Claims = z.infer<typeof Claims>;

/** What a verified token says. Whether it matches a rule is decided elsewhere. */
export interface WorkloadToken {
  readonly issuer: TrustedIssuer;
  readonly audience: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** A unique name of the token. */
  readonly digest: string;
  /** The time as of which the token is no longer accepted. */
  readonly expiresAt: Date;
}

/** The refusal of an exchange. Its caller learns nothing else. @param cause for the log of the operator */
export const exchangeDenied = (cause: string): Refusal => new Refusal('EXCHANGE_DENIED', {}, cause);

/** The issuer that a token names, if its workloads get keys. @throws Refusal EXCHANGE_DENIED */
export function issuerOfWorkload(token: string, { forWorkloads }: TrustedIssuers): TrustedIssuer {
  const named = claimedIssuer(token);
  const issuer = forWorkloads.find((trusted) => trusted.issuer === named);
  if (!issuer) throw exchangeDenied('no issuer with workload: true made the token');
  return issuer;
}

/**
 * Verifies the token of a workload with the published keys of its issuer.
 * @param now unix seconds
 * @throws Refusal EXCHANGE_DENIED, or UNAVAILABLE if the keys cannot be read
 */
export async function verifyWorkloadToken(
  token: string,
  issuer: TrustedIssuer,
  now: number,
): Promise<WorkloadToken> {
  const claims = await readIssuerToken(token, issuer, {
    types: ACCESS_TOKEN_TYPES,
    claims: Claims,
    faultOf: (claims) => faultOf(claims, issuer, now),
  });
  if (claims instanceof Refusal) throw claims;
  if (typeof claims === 'string') throw exchangeDenied(`${issuer.name}: ${claims}`);
  return {
    issuer,
    audience: audiencesIn(claims.aud)[0] ?? '',
    subject: claims.sub,
    claims,
    digest: tokenDigest(claims, token),
    expiresAt: new Date((claims.exp + issuer.clockTolerance) * 1000),
  };
}

/** What is wrong with the claims of a token, as a sentence; null if nothing is. */
function faultOf({ iss, aud, ...times }: Claims, issuer: TrustedIssuer, now: number): string | null {
  if (iss !== issuer.issuer) return 'its iss does not match the issuer';
  const named = audiencesIn(aud);
  // With two audiences, the other recipient could replay the token here.
  if (named.length !== 1) return `its aud is ${sanitizeForLog(aud)}: it must be for one audience only`;
  if (named.some((audience) => audiencesOfPeople(issuer).includes(audience)))
    return `its aud is ${sanitizeForLog(named[0])}: that of user tokens`;
  const fault = timeFaultOf(
    times,
    { tolerance: issuer.clockTolerance, maxLifetime: MAX_WORKLOAD_TOKEN_LIFETIME_S },
    now,
  );
  return fault && TIME_FAULTS[fault];
}

/**
 * The name of a token: its issuer and `jti` or, without `jti`, what was signed. The signature is not part of it, since an ECDSA
 * signature has two valid forms.
 */
function tokenDigest({ iss, jti }: Claims, token: string): string {
  const unique = jti === undefined ? ['signed', token.slice(0, token.lastIndexOf('.'))] : ['jti', jti];
  return hash('sha256', JSON.stringify([iss, ...unique]), 'base64url');
}
