import type { Role } from '../../shared/roles.ts';
import type { JoinRule } from '../lib/issuer-config.ts';
import { Refusal } from '../lib/refusal.ts';
import type { TokenPerson } from '../stores/issuers/provider-logouts.ts';
import type { TrustedIssuer } from '../stores/issuers/trusted-issuers.ts';

/** The person that a verified token of a trusted issuer names. */
export interface ExternalIdentity {
  readonly issuer: TrustedIssuer;
  readonly subject: string;
  /** All claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** By which a logout at the provider ends the token. */
  readonly person: TokenPerson;
  /** Unix seconds, with the issuer's tolerance. */
  readonly expiresAt: number;
  /** Characters of the token. */
  readonly size: number;
}

/** A person without an account, on whose behalf a key calls: a token of a trusted issuer proves who they are. */
export interface ExternalUser {
  /** Never an account's. */
  readonly id: null;
  /** The claim `iss`. */
  readonly issuer: string;
  /** The claim `sub`, unique within the issuer. */
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the issuer's `join` rules give in the key's workspace; null if it has none, so that the key alone decides. */
  readonly role: Role | null;
  readonly identity: ExternalIdentity;
}

/**
 * The person as a user of the key's workspace.
 * @throws Refusal WORKSPACE_DENIED if the issuer has `join` rules and none of them lets the person in
 */
export function externalUserOf(identity: ExternalIdentity, workspaceId: string): ExternalUser {
  const { issuer, subject, claims } = identity;
  const role = issuer.join.length === 0 ? null : roleIn(issuer.join, claims, workspaceId);
  if (role === undefined) throw new Refusal('WORKSPACE_DENIED');
  return { id: null, issuer: issuer.issuer, subject, claims, role, identity };
}

/** The role of the first rule for a workspace that fits the claims; undefined if none does. */
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

/** An address with nothing quoted (RFC 5321 §4.1.2, without `Quoted-string`), and its domain. */
const ADDRESS = /^[^\s@",;:<>()[\]\\]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/;

/** The domain of an address that the issuer has verified (OpenID Connect Core §5.7); null otherwise. */
function verifiedDomain({ email, email_verified: verified }: Claims): string | null {
  if (typeof email !== 'string' || verified !== true) return null;
  return ADDRESS.exec(email)?.[1]?.toLowerCase() ?? null;
}
