import type { IssuerConfig } from '../../lib/issuer-config.ts';

/**
 * How a session's user signed in:
 *
 * | method | means |
 * | --- | --- |
 * | `password` | only the password |
 * | `password+code` | the password, and a code of the second factor or a recovery code |
 * | `passkey` | a passkey, which is a second factor by itself |
 * | `issuer:NAME` | the identity provider with this name in `KEYSEAL_ISSUERS` |
 * | `issuer:NAME+mfa` | the same, and the provider asked for a second factor |
 */
export type SignInMethod = 'password' | 'password+code' | 'passkey' | `issuer:${string}`;

/**
 * The method of a person whom an identity provider has identified. It says by `amr` that it asked for a second factor
 * (RFC 8176 §2), or the configuration does.
 */
export function methodOfIssuer(
  { name, signIn }: Pick<IssuerConfig, 'name' | 'signIn'>,
  amr: unknown,
): SignInMethod {
  const isStrong = signIn?.secondFactor || (Array.isArray(amr) && amr.includes('mfa'));
  return isStrong ? `issuer:${name}+mfa` : `issuer:${name}`;
}

/** How the sessions that act in a workspace must have signed in. */
export interface SignInRule {
  readonly secondFactor: boolean;
  /** The name of the identity provider with which they must have signed in; null for any sign-in. */
  readonly issuer: string | null;
}

/** The rule of a row of `workspaces`. */
export const signInRuleOf = (row: {
  readonly signInSecondFactor: boolean;
  readonly signInIssuer: string | null;
}): SignInRule => ({ secondFactor: row.signInSecondFactor, issuer: row.signInIssuer });

/**
 * The requirements that a sign-in does not meet: `secondFactor`, `issuer:NAME`, both, or none.
 * @param method a `SignInMethod`; null, or any other string, meets no rule
 */
export function unmetRequirements(
  { secondFactor, issuer }: SignInRule,
  method: string | null,
): readonly string[] {
  const strong = method === 'passkey' || /^(password\+code|issuer:[a-z0-9-]+\+mfa)$/.test(method ?? '');
  const wanted = `issuer:${issuer}`;
  return [
    ...(secondFactor && !strong ? ['secondFactor'] : []),
    ...(issuer === null || method === wanted || method === `${wanted}+mfa` ? [] : [wanted]),
  ];
}
