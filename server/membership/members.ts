import { and, asc, count, eq, isNull, ne, sql } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { Role } from '../../shared/roles.ts';
import { Refusal } from '../lib/refusal.ts';
import {
  disableSomeKeysOf,
  endDelegated,
  FormerKeysLeft,
  type PersonInWorkspace,
} from '../stores/credentials/delegated-access.ts';
import type { Membership } from '../stores/credentials/may-manage.ts';
import { type EndedSponsorship, endSponsorship } from '../stores/credentials/sponsors.ts';
import type { Db } from '../stores/database/database.ts';
import { lockUser } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';
import { ROWS_PER_PART } from './run-in-parts.ts';

/** The maximum number of workspaces of one user. */
const MAX_WORKSPACES = 100;

/**
 * A membership that has not ended, joined with its workspace: when a workspace is deleted, all memberships end, even before
 * their rows are changed.
 */
const isCurrent = and(isNull(memberships.removedAt), isNull(workspaces.deletedAt));

/** A user's membership of a workspace; null if they are not a member. */
export async function memberOf(db: Db, workspaceId: string, userId: string): Promise<Membership | null> {
  const [row] = await db
    .select({ userId: memberships.userId, role: memberships.role, disabledAt: users.disabledAt })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(isMember(workspaceId, userId), isCurrent));
  return row ? { userId, role: row.role, disabled: row.disabledAt !== null } : null;
}

/** The workspaces of a user, in the order in which they joined. */
export async function workspacesOf(db: Db, userId: string) {
  return db
    .select({ workspace: workspaces, role: memberships.role })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), isCurrent))
    .orderBy(asc(memberships.createdAt), asc(memberships.workspaceId))
    .limit(MAX_WORKSPACES);
}

interface NewMember {
  readonly workspaceId: string;
  readonly userId: string;
  readonly role: Role;
  /** The issuer whose rules give the membership; absent if a user does. */
  readonly issuer?: string | null;
  readonly now: Date;
}

/**
 * Makes a user a member of a workspace that is locked. It locks the user too, so that they do not join while their
 * account is being deleted. Throws `FormerKeysLeft`, which `withoutFormerKeys` handles. Refuses with CONFLICT if they are a member
 * already, or of as many workspaces as allowed, and with SESSION_ENDED if they are disabled or deleted. The `rev` begins at 1, so that
 * a cached entry without this membership is read again.
 */
export async function addMember(
  tx: Db,
  { workspaceId, userId, role, issuer = null, now }: NewMember,
): Promise<void> {
  const user = await lockUser(tx, userId, 'no key update');
  if (!user || user.disabledAt) throw new Refusal('SESSION_ENDED');
  if (!(await hasRoomForMembership(tx, userId))) throw new Refusal('CONFLICT');
  const added = await tx
    .insert(memberships)
    .values({ workspaceId, userId, role, issuer, createdAt: now, rev: 1 })
    .onConflictDoUpdate({
      target: [memberships.workspaceId, memberships.userId],
      set: {
        role,
        issuer,
        removedAt: null,
        keysEndedAt: null,
        createdAt: now,
        rev: raiseRev(memberships.rev),
      },
      setWhere: sql`${memberships.removedAt} is not null`,
    })
    .returning({ role: memberships.role });
  if (added.length === 0) throw new Refusal('CONFLICT');
  // Keys of an earlier membership stay disabled in a new one, even if an older version of Keyseal ended it.
  const person = { workspaceId, userId };
  if (await disableSomeKeysOf(tx, person, ROWS_PER_PART)) throw new FormerKeysLeft(person);
}

/** Whether a user belongs to fewer workspaces than allowed. */
export async function hasRoomForMembership(db: Db, userId: string): Promise<boolean> {
  const [belongs] = await db
    .select({ n: count() })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), isCurrent));
  return (belongs?.n ?? 0) < MAX_WORKSPACES;
}

interface MemberChange {
  readonly workspaceId: string;
  readonly userId: string;
  /** Null removes the member. */
  readonly role: Role | null;
  readonly now: Date;
}

/**
 * Changes a member's role in a workspace that is locked `for no key update`, or removes the member. Ends whatever depends on a
 * right that they lose, and their sponsorship if they are no longer an owner. The caller must pass user and workspace to
 * `credentials.changed`.
 * @returns what the audit record shows about the sponsorship
 */
export async function changeMember(
  tx: Db,
  { workspaceId, userId, role, now }: MemberChange,
): Promise<EndedSponsorship> {
  await tx
    .update(memberships)
    .set({
      ...(role === null ? { removedAt: now, keysEndedAt: null } : { role }),
      rev: raiseRev(memberships.rev),
    })
    .where(and(isMember(workspaceId, userId), isNull(memberships.removedAt)));
  await endDelegated(tx, { workspaceId, userId, role, now });
  if (role === null) await disableFirstKeys(tx, { workspaceId, userId }, now);
  return role === 'owner' ? { before: {}, after: {} } : endSponsorship(tx, workspaceId, userId);
}

/** Disables the keys of a member who leaves. If they are many, `disableKeysOfFormerMembers` disables the others. */
async function disableFirstKeys(tx: Db, person: PersonInWorkspace, now: Date): Promise<void> {
  if (await disableSomeKeysOf(tx, person, ROWS_PER_PART)) return;
  const { workspaceId, userId } = person;
  await tx.update(memberships).set({ keysEndedAt: now }).where(isMember(workspaceId, userId));
}

/** Whether a workspace has other members, and among them owners who can sign in. */
export async function otherMembersOf(
  db: Db,
  workspaceId: string,
  userId: string,
): Promise<{ hasMembers: boolean; hasOwners: boolean }> {
  const others = and(
    eq(memberships.workspaceId, workspaceId),
    ne(memberships.userId, userId),
    isNull(memberships.removedAt),
  );
  const members = await db.select({ id: memberships.userId }).from(memberships).where(others).limit(1);
  const owners = await db
    .select({ id: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(others, eq(memberships.role, 'owner'), isNull(users.disabledAt)))
    .limit(1);
  return { hasMembers: members.length > 0, hasOwners: owners.length > 0 };
}

const isMember = (workspaceId: string, userId: string) =>
  and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId));
