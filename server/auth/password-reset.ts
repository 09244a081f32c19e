import { and, eq, inArray, isNull } from 'drizzle-orm';
import { passwordResets, sessions, users } from '../../drizzle/schema/accounts.ts';
import { DAY_MS } from '../../shared/durations.ts';
import type { UserCaller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { lockCaller } from '../gate/lock-caller.ts';
import { unauthenticatedCaller } from '../gate/request/throttle.ts';
import { Refusal } from '../lib/refusal.ts';
import { recordForAllWorkspaces } from '../membership/audit-all-workspaces.ts';
import { memberOf, workspacesOf } from '../membership/members.ts';
import { revokeResetLinks } from '../membership/users.ts';
import type { Context, Service } from '../rpc/trpc.ts';
import type { AuditActor } from '../stores/audit/audit.ts';
import { mayManage } from '../stores/credentials/may-manage.ts';
import { endSessions } from '../stores/credentials/sessions.ts';
import type { Db } from '../stores/database/database.ts';
import { isFutureSql } from '../stores/database/is-future.ts';
import { lockUsers, lockWorkspaces } from '../stores/database/locks.ts';
import { hashesOf, isIssuedToken, newLink } from '../stores/secrets/link-tokens.ts';
import type { Stores } from '../stores/stores.ts';
import { queueUnauthenticated, queueUnauthenticatedWrite } from './password-queue.ts';
import { hashPassword, refuseCommon } from './passwords.ts';

/** How long a link is valid. */
const LIFETIME_MS = DAY_MS;

interface ResetLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Creates a link with which a member sets a new password; earlier links end.
 * Refuses with MEMBER_NOT_FOUND. Refuses with ESCALATION_DENIED the caller's own account, because the caller can use
 * their password, and a member of a workspace in which the caller does not manage them, so that no manager can take over an
 * account elsewhere.
 */
export async function createReset(
  stores: Stores,
  actor: AuditActor & { readonly caller: UserCaller },
  userId: string,
): Promise<ResetLink> {
  const { userId: madeBy, workspaceId } = actor.caller;
  // A caller without a right over the member locks none of that member's rows.
  await checkMayReset(stores.database.db, actor.caller, userId);
  return stores.writes.transaction(payerOfCaller(actor.caller), async (tx) => {
    const workspaces = await idsOf(tx, userId);
    await lockCaller(tx, stores, actor, {
      permission: 'members:write',
      stepUp: true,
      workspaces,
      userId,
    });
    await requireLocked(tx, userId, [workspaceId, ...workspaces]);
    await checkMayReset(tx, actor.caller, userId);
    const link = await insertReset(stores, tx, userId, { madeBy, workspaceId });
    await stores.audit.record(tx, actor, {
      action: 'auth.createReset',
      kind: 'user',
      subject: userId,
      before: {},
      after: { resetExpiresAt: link.expiresAt },
    });
    return link;
  });
}

/** The creator of a link, and the workspace in which they managed the link's user. */
interface LinkCreator {
  readonly madeBy: string;
  readonly workspaceId: string;
}

/** @param creator null for the command line */
export async function insertReset(
  { vault, clock }: Pick<Stores, 'vault' | 'clock'>,
  tx: Db,
  userId: string,
  creator: LinkCreator | null,
): Promise<ResetLink> {
  const now = new Date(clock());
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const { token, ...kept } = newLink(vault, 'reset');
  await revokeResetLinks(tx, userId, now);
  await tx.insert(passwordResets).values({ ...kept, userId, ...creator, expiresAt, createdAt: now });
  return { token, expiresAt };
}

/** Refuses with MEMBER_NOT_FOUND or ESCALATION_DENIED a caller who may not make a link for a user. */
async function checkMayReset(
  db: Db,
  { userId: madeBy, workspaceId }: Pick<UserCaller, 'userId' | 'workspaceId'>,
  userId: string,
): Promise<void> {
  if (!(await memberOf(db, workspaceId, userId))) throw new Refusal('MEMBER_NOT_FOUND');
  if (madeBy === userId || !(await mayReset(db, madeBy, userId))) throw new Refusal('ESCALATION_DENIED');
}

/** Whether a user manages a person in every workspace of that person, of which there is at least one. */
async function mayReset(db: Db, madeBy: string, userId: string): Promise<boolean> {
  const belongsTo = await workspacesOf(db, userId);
  for (const { workspace, role } of belongsTo) {
    if (!mayManage(await memberOf(db, workspace.id, madeBy), role)) return false;
  }
  return belongsTo.length > 0;
}

const idsOf = async (db: Db, userId: string): Promise<string[]> =>
  (await workspacesOf(db, userId)).map(({ workspace }) => workspace.id);

/**
 * Locks a person and all of the person's workspaces, and returns these.
 * Refuses with UNAVAILABLE if the person joined another one before they were locked.
 */
async function requireLocked(tx: Db, userId: string, locked: readonly string[]): Promise<string[]> {
  const ids = await idsOf(tx, userId);
  if (ids.every((id) => locked.includes(id))) return ids;
  throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'joined a workspace in the meantime');
}

/**
 * Locks the user of a link, and the rows on which its creator's right depends.
 * Refuses with RESET_INVALID if one of the two has left the workspace in which it was made, or the creator may no longer
 * make it.
 */
async function checkLink(
  tx: Db,
  { userId, madeBy, workspaceId }: typeof passwordResets.$inferSelect,
): Promise<void> {
  const workspaces = madeBy === null ? [] : await idsOf(tx, userId);
  if (workspaceId !== null) workspaces.push(workspaceId);
  await lockWorkspaces(tx, workspaces, 'share');
  const creator = madeBy === null ? [] : [[madeBy, 'share'] as const];
  await lockUsers(tx, new Map([...creator, [userId, 'no key update']]));
  if (madeBy === null) return;
  const belongsTo = await requireLocked(tx, userId, workspaces);
  const left = workspaceId !== null && !belongsTo.includes(workspaceId);
  if (left || !(await mayReset(tx, madeBy, userId))) throw new Refusal('RESET_INVALID');
}

/**
 * Sets a new password with a link, once, and ends all sessions of its user. Refuses every invalid link with RESET_INVALID:
 * unknown, used, expired, its user disabled, its creator no longer allowed to make it, or made in a workspace that one of the
 * two has left. Refuses with TOO_MANY_FAILURES an IP address that tries too often.
 */
export async function resetPassword(
  { stores, gate }: Pick<Service, 'stores' | 'gate'>,
  { token, newPassword }: { readonly token: string; readonly newPassword: string },
  request: Context['request'],
): Promise<void> {
  const { database, vault, credentials, clock, audit } = stores;
  const isGood = (now: Date) =>
    and(
      inArray(passwordResets.tokenHash, hashesOf(vault, 'reset', token)),
      isNull(passwordResets.spentAt),
      isFutureSql(passwordResets.expiresAt, now),
    );
  // A forged link uses no turn of callers with a password to hash. The link is read again when it is used.
  const read = async () => {
    const links = database.db
      .select()
      .from(passwordResets)
      .innerJoin(users, eq(users.id, passwordResets.userId));
    return (await links.where(isGood(new Date(clock()))))[0] ?? null;
  };
  const issued = isIssuedToken(vault, 'reset', token);
  const found = await gate.lookups.readByToken(unauthenticatedCaller(request.address), token, issued, read);
  if (!found) throw new Refusal('RESET_INVALID');
  const { password_resets: link, users: person } = found;
  const passwordHash = await queueUnauthenticated(request.address, async () => {
    await refuseCommon(newPassword, 'newPassword', [person.email, person.name]);
    return hashPassword(newPassword);
  });
  const { userId } = link;
  await queueUnauthenticatedWrite(database, request.address, async (tx) => {
    await checkLink(tx, link);
    // The hash and the locks may have taken seconds.
    const now = new Date(clock());
    const [user] = await tx
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.id, userId), isNull(users.disabledAt)))
      .returning({ id: users.id });
    const spent = await tx.update(passwordResets).set({ spentAt: now }).where(isGood(now)).returning();
    if (!user || spent.length === 0) throw new Refusal('RESET_INVALID');
    await revokeResetLinks(tx, userId, now);
    await endSessions(tx, eq(sessions.userId, userId), now);
    const change = { action: 'auth.reset', before: {}, after: { passwordChangedAt: now } };
    await recordForAllWorkspaces(tx, audit, { userId, request }, change);
  });
  credentials.changed({ user: userId });
}
