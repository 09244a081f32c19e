import { and, eq, isNull } from 'drizzle-orm';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import type { Role } from '../../../shared/roles.ts';
import { roleIn } from '../../gate/caller/external-user.ts';
import { addMember, changeMember, hasRoomForMembership, otherMembersOf } from '../../membership/members.ts';
import type { EndedSponsorship } from '../../stores/credentials/sponsors.ts';
import type { Db } from '../../stores/database/database.ts';
import type { SignInIssuer } from '../../stores/issuers/trusted-issuers.ts';
import type { IdTokenClaims } from './id-token.ts';

/** What the rules of an issuer change about the membership of a person. */
export interface JoinChange {
  readonly workspaceId: string;
  /** Null if the person is not a member yet. */
  readonly from: Role | null;
  /** Null if the person no longer matches a rule. */
  readonly to: Role | null;
}

/** The role that the issuer's rules give the person, by workspace: in each, the first rule that matches decides. */
export function rolesFor({ join }: SignInIssuer, claims: IdTokenClaims): ReadonlyMap<string, Role> {
  const named = [...new Set(join.map(({ workspace }) => workspace))];
  const roles = new Map<string, Role>();
  for (const workspace of named) {
    const role = roleIn(join, claims, workspace);
    if (role !== undefined) roles.set(workspace, role);
  }
  return roles;
}

/**
 * The claims that the rules read and that the provider keeps elsewhere because they are too long (OpenID Connect Core §5.6.2), as
 * Entra ID does with more than 200 groups. Keyseal does not fetch them: a token would choose the URL.
 */
export function claimsElsewhere({ join }: Pick<SignInIssuer, 'join'>, claims: IdTokenClaims): string[] {
  const { _claim_names: names } = claims;
  if (typeof names !== 'object' || names === null) return [];
  const read = new Set(join.flatMap(({ claim }) => claim ?? []));
  return [...read].filter((name) => claims[name] === undefined && Object.hasOwn(names, name));
}

/**
 * What the rules change, in the order of the workspaces' ids. They touch no membership that a person or another issuer gave.
 * @param userId null for a person without an account
 */
export async function joinChanges(
  db: Db,
  issuer: string,
  userId: string | null,
  roles: ReadonlyMap<string, Role>,
): Promise<JoinChange[]> {
  const current = userId === null ? [] : await membershipsOf(db, userId);
  const of = new Map(current.map((membership) => [membership.workspaceId, membership]));
  const given = [...roles].flatMap(([workspaceId, to]): JoinChange[] => {
    const has = of.get(workspaceId);
    if (!has) return [{ workspaceId, from: null, to }];
    return has.issuer === issuer && has.role !== to ? [{ workspaceId, from: has.role, to }] : [];
  });
  const lost = current
    .filter((membership) => membership.issuer === issuer && !roles.has(membership.workspaceId))
    .map(({ workspaceId, role }) => ({ workspaceId, from: role, to: null }));
  return [...given, ...lost].sort((a, b) => (a.workspaceId < b.workspaceId ? -1 : 1));
}

const membershipsOf = (db: Db, userId: string) =>
  db
    .select({ workspaceId: memberships.workspaceId, role: memberships.role, issuer: memberships.issuer })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), isNull(memberships.removedAt), isNull(workspaces.deletedAt)));

/** A person, and the issuer by whose rules they are a member. */
interface JoiningPerson {
  readonly userId: string;
  readonly issuer: string;
}

/**
 * Carries out a change in a workspace that is locked `for no key update`.
 * @returns what the audit record shows about the sponsorship; null if nothing changes: the person belongs to as many workspaces
 *   as allowed, or the workspace would have no owner who can sign in
 */
export async function applyJoin(
  tx: Db,
  { userId, issuer }: JoiningPerson,
  { workspaceId, from, to }: JoinChange,
  now: Date,
): Promise<EndedSponsorship | null> {
  if (from === null && to !== null) {
    if (!(await hasRoomForMembership(tx, userId))) return null;
    await addMember(tx, { workspaceId, userId, role: to, issuer, now });
    return { before: {}, after: {} };
  }
  if (from === 'owner' && !(await otherMembersOf(tx, workspaceId, userId)).hasOwners) return null;
  return changeMember(tx, { workspaceId, userId, role: to, now });
}
