import { z } from 'zod';
import type { Role } from '../../../shared/roles.ts';
import { roleIn } from '../../gate/caller/external-user.ts';
import type { JoinRule } from '../../lib/issuer-config.ts';

/** The maximum length of a person's stored claims, in characters: two hundred Entra ID groups need about 8,000. */
const MAX_STORED = 16_384;

const RuleClaims = z.record(z.string(), z.unknown());
/** The claims that `join` rules read at a sign-in. A claim that the person lacked is null; one that no rule read is absent. */
type RuleClaims = z.infer<typeof RuleClaims>;

/** The claims that decide whether a rule matches. */
function claimsReadBy({ claim, emailDomain }: JoinRule): string[] {
  if (emailDomain !== undefined) return ['email', 'email_verified'];
  return claim === undefined ? [] : [claim];
}

/**
 * The stored part of a person's claims, so that changed rules can be applied without a sign-in: only the claims that the
 * issuer's rules read.
 * @returns null if there are no rules, or the claims are too long
 */
export function storedRuleClaims(
  join: readonly JoinRule[],
  claims: Readonly<Record<string, unknown>>,
): string | null {
  const names = [...new Set(join.flatMap(claimsReadBy))];
  if (names.length === 0) return null;
  const read = names.map((name) => [name, Object.hasOwn(claims, name) ? comparable(claims[name]) : null]);
  const text = JSON.stringify(Object.fromEntries(read));
  return text.length <= MAX_STORED ? text : null;
}

/** What a rule can compare: strings, a list of strings, and whether an email address is verified. */
function comparable(claim: unknown): unknown {
  if (Array.isArray(claim)) return claim.filter((value) => typeof value === 'string');
  return typeof claim === 'string' || typeof claim === 'boolean' ? claim : null;
}

/** The claims that were stored; null if there are none. */
export function readRuleClaims(stored: string | null): RuleClaims | null {
  if (stored === null) return null;
  try {
    return RuleClaims.parse(JSON.parse(stored));
  } catch {
    return null;
  }
}

/**
 * The role that rules give in a workspace by the claims of a person's last sign-in.
 * @returns null if no rule matches; `unknown` if the rule that decides reads a claim that no rule read then
 */
export function roleByRuleClaims(
  join: readonly JoinRule[],
  claims: RuleClaims | null,
  workspaceId: string,
): Role | null | 'unknown' {
  for (const rule of join.filter(({ workspace }) => workspace === workspaceId)) {
    if (claims === null || !claimsReadBy(rule).every((name) => Object.hasOwn(claims, name))) return 'unknown';
    if (roleIn([rule], claims, workspaceId) !== undefined) return rule.role;
  }
  return null;
}
