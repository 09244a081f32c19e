import { and, eq, gt, inArray, isNull } from 'drizzle-orm';
import { passwordResets, sessions, users } from '../../drizzle/schema.ts';
import type { UserCaller } from '../gate/caller.ts';
import { Refusal } from '../refusal.ts';
import type { Doing } from '../stores/audit.ts';
import { recordOfUser } from '../stores/audit-of-user.ts';
import type { Db } from '../stores/database.ts';
import { hashesOf, newLink } from '../stores/link-tokens.ts';
import { mayManage, memberOf, workspacesOf } from '../stores/members.ts';
import { endSessions } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import { voidResets } from '../stores/users.ts';
import type { Context } from '../trpc.ts';

import { hashPassword } from './passwords.ts';

/** A link is good for a day. */
const LIFETIME_MS = 24 * 3_600_000;

interface ResetLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Makes a link by which a member sets a new password; links that were made before end.
 * Refuses with MEMBER_NOT_FOUND; with ESCALATION_DENIED the caller themselves, who have a password to show, and whoever
 * belongs to a workspace where the caller does not manage them: nobody takes over an account elsewhere.
 */
export async function createReset(
  stores: Stores,
  doing: Doing & { readonly caller: UserCaller },
  userId: string,
): Promise<ResetLink> {
  const { userId: madeBy, workspaceId } = doing.caller;
  return stores.database.db.transaction(async (tx) => {
    if (!(await memberOf(tx, workspaceId, userId))) throw new Refusal('MEMBER_NOT_FOUND');
    if (madeBy === userId || !(await mayReset(tx, madeBy, userId))) throw new Refusal('ESCALATION_DENIED');
    const link = await insertReset(stores, tx, userId, madeBy);
    await stores.audit.record(tx, doing, {
      ...{ action: 'auth.createReset', kind: 'user', subject: userId },
      ...{ before: {}, after: { resetExpiresAt: link.expiresAt } },
    });
    return link;
  });
}

/** @param madeBy null where it is the command line */
export async function insertReset(
  { vault, clock }: Pick<Stores, 'vault' | 'clock'>,
  tx: Db,
  userId: string,
  madeBy: string | null,
): Promise<ResetLink> {
  const now = new Date(clock());
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const { token, ...kept } = newLink(vault, 'reset');
  await voidResets(tx, userId, now);
  await tx.insert(passwordResets).values({ ...kept, userId, madeBy, expiresAt, createdAt: now });
  return { token, expiresAt };
}

/** Whether somebody manages a person in every workspace that the person belongs to. */
async function mayReset(db: Db, madeBy: string, userId: string): Promise<boolean> {
  for (const { workspace, role } of await workspacesOf(db, userId)) {
    if (!mayManage(await memberOf(db, workspace.id, madeBy), role)) return false;
  }
  return true;
}

/**
 * Sets a new password by a link, once, and ends all sessions of its person.
 * Refuses with RESET_INVALID whatever is wrong with the link: unknown, spent, expired, its person disabled, made by
 * somebody who might not make it any more.
 */
export async function resetPassword(
  stores: Stores,
  { token, newPassword }: { readonly token: string; readonly newPassword: string },
  request: Context['request'],
): Promise<void> {
  const { database, vault, credentials, clock, audit } = stores;
  const isGood = and(
    inArray(passwordResets.tokenHash, hashesOf(vault, 'reset', token)),
    isNull(passwordResets.spentAt),
    gt(passwordResets.expiresAt, new Date(clock())),
  );
  // Asked before anything costly is done for a stranger, and once more where it is spent.
  const [link] = await database.db.select().from(passwordResets).where(isGood);
  if (!link) throw new Refusal('RESET_INVALID');
  const { userId, madeBy } = link;
  const passwordHash = await hashPassword(newPassword);
  await database.db.transaction(async (tx) => {
    const now = new Date(clock());
    const [user] = await tx
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.id, userId), isNull(users.disabledAt)))
      .returning({ id: users.id });
    const spent = await tx.update(passwordResets).set({ spentAt: now }).where(isGood).returning();
    if (!user || spent.length === 0) throw new Refusal('RESET_INVALID');
    if (madeBy !== null && !(await mayReset(tx, madeBy, userId))) throw new Refusal('RESET_INVALID');
    await voidResets(tx, userId, now);
    await endSessions(tx, eq(sessions.userId, userId), now);
    const change = { action: 'auth.reset', before: {}, after: { passwordChangedAt: now } };
    await recordOfUser(tx, audit, userId, request, change);
  });
  credentials.changed({ user: userId });
}
