import type { IssuerConfig } from '../../lib/issuer-config.ts';

/** Values of `email_verified` that do not contradict `trustEmail`; any other value means unverified. */
const NOT_CONTRADICTED: readonly unknown[] = [undefined, null, true, 'true'];

/**
 * A person's claims. The configuration may say that the issuer's email addresses count as verified, but an email address that
 * the issuer itself calls unverified never does.
 */
export function trustedClaims<C extends Readonly<Record<string, unknown>>>(
  { signIn }: Pick<IssuerConfig, 'signIn'>,
  claims: C,
): C {
  const { email, email_verified: verified } = claims;
  const trusted = signIn?.trustEmail && typeof email === 'string' && NOT_CONTRADICTED.includes(verified);
  return trusted ? { ...claims, email_verified: true } : claims;
}
