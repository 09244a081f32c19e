import type { Role } from '../../../shared/roles.ts';
import { isFuture } from '../../lib/clock.ts';
import type { JoinRule } from '../../lib/issuer-config.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { LinkedAccount } from '../../stores/credentials/linked-accounts.ts';
import { methodOfIssuer, unmetRequirements } from '../../stores/credentials/sign-in-method.ts';
import type { TokenPerson } from '../../stores/issuers/provider-logouts.ts';
import type { TrustedIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { membershipRefusal } from './membership-refusal.ts';
import { trustedClaims } from './trusted-claims.ts';

/** The person whom a verified token of a trusted issuer names. */
export interface ExternalIdentity {
  readonly issuer: TrustedIssuer;
  readonly subject: string;
  /** All claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Identifies the tokens that a logout at the provider ends. */
  readonly person: TokenPerson;
  /** Unix seconds, with the issuer's tolerance. */
  readonly expiresAt: number;
  /** The token's length in characters. */
  readonly size: number;
}

interface IssuerUser {
  /** The claim `iss`. */
  readonly issuer: string;
  /** The claim `sub`, unique within the issuer. */
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /**
   * What the issuer's `join` rules give in the key's workspace. If it has none: the role of the account, or of one that was
   * linked to the person before; null if neither is a member, so that only the key decides.
   */
  readonly role: Role | null;
  readonly identity: ExternalIdentity;
  readonly account: LinkedAccount;
}

/** A person without an account, on whose behalf a key calls: a token of a trusted issuer proves who they are. */
export interface ExternalUser extends IssuerUser {
  /** Always null: an external user has no account. */
  readonly id: null;
}

/** The account that is linked to the person whom a token of a trusted issuer names, and on whose behalf a key calls. */
export interface LinkedUser extends IssuerUser {
  readonly id: string;
  /** The same as `id`. */
  readonly userId: string;
  /** Such a call has no session. */
  readonly session: null;
}

/**
 * The person as a user of the key's workspace.
 * @throws Refusal SESSION_ENDED if their account is disabled; WORKSPACE_DENIED if the issuer has `join` rules and none of them
 *   admits the person, or if the account, or one that was linked to them before, was removed from the workspace; SIGN_IN_RULE
 *   if the workspace requires another issuer or a second factor
 */
export function resolveIssuerUser(
  identity: ExternalIdentity,
  account: LinkedAccount,
): ExternalUser | LinkedUser {
  const { issuer, subject, claims } = identity;
  const { userId, disabled } = account;
  if (disabled) throw new Refusal('SESSION_ENDED');
  const role = roleOf(identity, account);
  const unmet = account.signInRule
    ? unmetRequirements(account.signInRule, methodOfIssuer(issuer, claims['amr']))
    : [];
  if (unmet.length > 0) throw membershipRefusal({ unmet });
  const person = { issuer: issuer.issuer, subject, claims, role, identity, account };
  return userId === null ? { id: null, ...person } : { id: userId, userId, session: null, ...person };
}

/** @throws Refusal WORKSPACE_DENIED */
function roleOf(
  { issuer, claims, person }: ExternalIdentity,
  { role, removedAt, workspaceId }: LinkedAccount,
): Role | null {
  const { join } = issuer;
  const given = join.length === 0 ? role : roleIn(join, trustedClaims(issuer, claims), workspaceId);
  // A token issued before the removal may carry outdated claims. Only a token issued after it re-admits the person.
  const isLater = join.length > 0 && removedAt !== null && isFuture(person.issuedAt * 1000, removedAt);
  if (given === undefined || (removedAt !== null && !isLater)) throw new Refusal('WORKSPACE_DENIED');
  return given;
}

/** The role of the first rule for a workspace that matches the claims; undefined if none does. */
export function roleIn(rules: readonly JoinRule[], claims: Claims, workspaceId: string): Role | undefined {
  return rules.find((rule) => rule.workspace === workspaceId && fits(rule, claims))?.role;
}

type Claims = ExternalIdentity['claims'];

function fits({ claim, value, emailDomain }: JoinRule, claims: Claims): boolean {
  if (emailDomain !== undefined) return verifiedDomain(claims) === emailDomain;
  if (claim === undefined || value === undefined || !Object.hasOwn(claims, claim)) return false;
  const given = claims[claim];
  return Array.isArray(given) ? given.includes(value) : given === value;
}

/** An email address with nothing quoted (RFC 5321 §4.1.2, without `Quoted-string`), and its domain. */
const ADDRESS = /^[^\s@",;:<>()[\]\\]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/;

/** The domain of an email address that the issuer has verified (OpenID Connect Core §5.7); null otherwise. */
function verifiedDomain({ email, email_verified: verified }: Claims): string | null {
  if (typeof email !== 'string' || verified !== true) return null;
  return ADDRESS.exec(email)?.[1]?.toLowerCase() ?? null;
}
