import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { users } from '../../../drizzle/schema/accounts.ts';
import { identities } from '../../../drizzle/schema/identities.ts';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import { outranks, type Role } from '../../../shared/roles.ts';
import { trustedClaims } from '../../gate/caller/trusted-claims.ts';
import { isFuture } from '../../lib/clock.ts';
import type { IssuerConfig } from '../../lib/issuer-config.ts';
import { type AuditChange, systemActor } from '../../stores/audit/audit.ts';
import type { EndedSponsorship } from '../../stores/credentials/sponsors.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser, lockWorkspace } from '../../stores/database/locks.ts';
import type { Stores } from '../../stores/stores.ts';
import { applyJoin } from './join.ts';
import { readRuleClaims, roleByRuleClaims } from './rule-claims.ts';

/** The inputs of a sync of the memberships that `join` rules gave. */
export interface SyncTerms {
  readonly issuers: readonly IssuerConfig[];
  /** The `iss` of an issuer that is no longer configured, and whose memberships end; null for none. */
  readonly removedIssuer: string | null;
  /** Who has not signed in with the issuer since, in unix milliseconds, loses the membership; null for no such limit. */
  readonly seenSince: number | null;
  readonly dryRun: boolean;
}

/**
 * Why a membership changes, or stays although it may be wrong:
 *
 * | reason | means |
 * | --- | --- |
 * | `rules` | by the claims of the last sign-in, the rules give less or nothing |
 * | `unlinked` | no identity of the issuer is linked to the account any more |
 * | `unseen` | the person has not signed in with the issuer for too long |
 * | `issuerRemoved` | the issuer was named as removed |
 * | `issuerUnknown` | nobody can sign in with the issuer by this configuration: the membership stays |
 * | `claimsUnknown` | the rules read a claim that was not stored at the last sign-in: the membership stays |
 * | `lastOwner` | the workspace has no other owner who can sign in: the membership stays |
 */
type SyncReason =
  | ('rules' | 'unlinked' | 'unseen' | 'issuerRemoved')
  | ('issuerUnknown' | 'claimsUnknown' | 'lastOwner');

/** A membership that a sync changes, or leaves although it may be wrong. */
export interface SyncedMembership {
  readonly userId: string;
  readonly email: string;
  readonly workspaceId: string;
  /** The `iss` of the issuer whose rules gave it. */
  readonly issuer: string;
  readonly from: Role;
  /** Null if it ends; the same as `from` if it stays. */
  readonly to: Role | null;
  readonly reason: SyncReason;
}

type SyncStores = Pick<Stores, 'database' | 'credentials' | 'audit' | 'clock'>;

/**
 * Applies the current `join` rules to the memberships that rules gave, by the claims of each person's last sign-in. It ends or
 * lowers memberships, and never gives or raises one: that requires a sign-in.
 * @returns how many memberships rules gave; what changes, and what stays although it may be wrong
 */
export async function syncMemberships(
  stores: SyncStores,
  terms: SyncTerms,
): Promise<{ readonly checked: number; readonly items: SyncedMembership[] }> {
  const given = await readGiven(stores.database.db, undefined);
  const items: SyncedMembership[] = [];
  for (const membership of given) {
    const planned = planFor(membership, terms);
    const isChange = planned !== null && planned.to !== planned.from;
    const item = isChange && !terms.dryRun ? await applyPlan(stores, terms, planned) : planned;
    if (item !== null) items.push(item);
  }
  return { checked: given.length, items };
}

/** A membership that rules gave, and what was stored at the person's last sign-in with the issuer. */
interface GivenMembership extends Pick<SyncedMembership, 'userId' | 'email' | 'workspaceId' | 'issuer'> {
  readonly role: Role;
  readonly identity: { readonly ruleClaims: string | null; readonly lastUsedAt: Date | null } | null;
}

/** Of several identities of one issuer, the one that was used last counts, as at a sign-in. */
async function readGiven(db: Db, which: SQL | undefined): Promise<GivenMembership[]> {
  const rows = await db
    .select({ membership: memberships, email: users.email, identity: identities })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .leftJoin(
      identities,
      and(eq(identities.userId, memberships.userId), eq(identities.issuer, memberships.issuer)),
    )
    .where(
      and(which, isNotNull(memberships.issuer), isNull(memberships.removedAt), isNull(workspaces.deletedAt)),
    )
    .orderBy(
      asc(memberships.workspaceId),
      asc(memberships.userId),
      sql`${identities.lastUsedAt} desc nulls last`,
    );
  const found = new Map<string, GivenMembership>();
  for (const { membership, email, identity } of rows) {
    const { workspaceId, userId, role, issuer } = membership;
    const place = `${workspaceId} ${userId}`;
    if (issuer === null || found.has(place)) continue;
    found.set(place, { userId, email, workspaceId, issuer, role, identity });
  }
  return [...found.values()];
}

/** The change that the rules require of a membership, or why it stays although it may be wrong; null if it is right. */
function planFor({ role: from, identity, ...membership }: GivenMembership, terms: SyncTerms) {
  const plan = (to: Role | null, reason: SyncReason): SyncedMembership => ({
    ...membership,
    from,
    to,
    reason,
  });
  if (membership.issuer === terms.removedIssuer) return plan(null, 'issuerRemoved');
  const issuer = terms.issuers.find(({ issuer, signIn }) => signIn && issuer === membership.issuer);
  if (!issuer) return plan(from, 'issuerUnknown');
  if (!identity) return plan(null, 'unlinked');
  if (terms.seenSince !== null && !isFuture(identity.lastUsedAt?.getTime(), terms.seenSince))
    return plan(null, 'unseen');
  const claims = readRuleClaims(identity.ruleClaims);
  const role = roleByRuleClaims(issuer.join, claims && trustedClaims(issuer, claims), membership.workspaceId);
  if (role === 'unknown') return plan(from, 'claimsUnknown');
  return role === null || outranks(from, role) ? plan(role, 'rules') : null;
}

/** Changes a membership, unless it or the identity has changed in the meantime. @returns null if nothing is wrong any more */
async function applyPlan(
  { database, credentials, audit, clock }: SyncStores,
  terms: SyncTerms,
  { workspaceId, userId }: SyncedMembership,
): Promise<SyncedMembership | null> {
  const done = await database.db.transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId, 'no key update');
    await lockUser(tx, userId, 'no key update');
    const which = and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId));
    const [membership] = await readGiven(tx, which);
    const item = membership ? planFor(membership, terms) : null;
    if (item === null || item.to === item.from) return item;
    const now = new Date(clock());
    const sponsorship = await applyJoin(tx, item, item, now);
    if (sponsorship === null) return { ...item, to: item.from, reason: 'lastOwner' as const };
    await audit.record(tx, systemActor(workspaceId), changeOf(item, sponsorship, now));
    return item;
  });
  credentials.changed({ workspace: workspaceId });
  credentials.changed({ user: userId });
  return done;
}

function changeOf(
  { userId, issuer, from, to }: SyncedMembership,
  sponsorship: EndedSponsorship,
  now: Date,
): AuditChange {
  const before = { userId, issuer, role: from, removedAt: null, ...sponsorship.before };
  const after = {
    userId,
    issuer,
    role: to ?? from,
    removedAt: to === null ? now : null,
    ...sponsorship.after,
  };
  return { action: 'users.syncMemberships', kind: 'member', subject: userId, before, after };
}
