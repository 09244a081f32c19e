import { and, eq, isNull } from 'drizzle-orm';
import { passwordResets } from '../../drizzle/schema/accounts.ts';
import { exchangeRules } from '../../drizzle/schema/exchange.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { Db } from '../stores/database/database.ts';
import { lockKeys } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';
import { newWorkspaceId } from '../stores/secrets/random-ids.ts';
import { addMember, removeAll } from './members.ts';

/** Creates a workspace with its first owner, who is its sponsor. @returns its id */
export async function insertWorkspace(tx: Db, name: string, ownerId: string, now: Date): Promise<string> {
  const id = newWorkspaceId();
  await tx.insert(workspaces).values({ id, name, sponsorId: ownerId, createdAt: now });
  await addMember(tx, { workspaceId: id, userId: ownerId, role: 'owner', now });
  return id;
}

/**
 * Deletes a workspace that is locked: revokes its keys, deletes its exchange rules, withdraws its invitations and links, and
 * removes its members.
 * Records that refer to it stay correct. The caller must pass the workspace to `credentials.changed`.
 */
export async function deleteWorkspace(tx: Db, id: string, now: Date): Promise<void> {
  await tx.update(workspaces).set({ deletedAt: now }).where(eq(workspaces.id, id));
  const live = and(eq(keys.workspaceId, id), isNull(keys.revokedAt));
  await lockKeys(tx, live, 'no key update');
  await tx
    .update(keys)
    .set({ revokedAt: now, revokedReason: 'The workspace was deleted.', rev: raiseRev(keys.rev) })
    .where(live);
  await tx
    .update(exchangeRules)
    .set({ deletedAt: now })
    .where(and(eq(exchangeRules.workspaceId, id), isNull(exchangeRules.deletedAt)));
  await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(
      and(eq(invitations.workspaceId, id), isNull(invitations.acceptedAt), isNull(invitations.revokedAt)),
    );
  await tx
    .update(passwordResets)
    .set({ spentAt: now })
    .where(and(eq(passwordResets.workspaceId, id), isNull(passwordResets.spentAt)));
  await removeAll(tx, id, now);
}
