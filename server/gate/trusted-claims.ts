import type { IssuerConfig } from '../lib/issuer-config.ts';

/** Values of `email_verified`; some providers send it as a text. */
const NOT_VERIFIED: readonly unknown[] = [false, 'false'];

/**
 * The claims of a person. The configuration may say that the issuer's addresses count as verified; an address does not if
 * the issuer says that it is not verified.
 */
export function trustedClaims<C extends Readonly<Record<string, unknown>>>(
  { signIn }: Pick<IssuerConfig, 'signIn'>,
  claims: C,
): C {
  const { email, email_verified: verified } = claims;
  const trusted = signIn?.trustEmail && typeof email === 'string' && !NOT_VERIFIED.includes(verified);
  return trusted ? { ...claims, email_verified: true } : claims;
}
