import { and, eq, isNull } from 'drizzle-orm';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import { memberOf, workspacesOf } from '../membership/members.ts';
import type { AuditActor } from '../stores/audit/audit.ts';
import type { Db } from '../stores/database/database.ts';
import type { WorkspaceRow } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';
import type { Stores } from '../stores/stores.ts';

/** @throws Refusal WORKSPACE_DENIED if the workspace was deleted since the call was admitted */
export async function findWorkspace(db: Db, id: string): Promise<WorkspaceRow> {
  const [row] = await db
    .select()
    .from(workspaces)
    .where(and(eq(workspaces.id, id), isNull(workspaces.deletedAt)));
  if (!row) throw new Refusal('WORKSPACE_DENIED');
  return row;
}

/** The workspaces of a user, and the one in which their session acts. */
export async function listWorkspaces(db: Db, { userId, workspaceId }: SessionUserCaller) {
  return (await workspacesOf(db, userId)).map(({ workspace: { id, name, createdAt }, role }) => ({
    id,
    name,
    createdAt: isoOrEpoch(createdAt),
    role,
    active: id === workspaceId,
  }));
}

/**
 * Switches a session to another workspace of its user, as of the next request.
 * @throws Refusal WORKSPACE_NOT_FOUND if they are not a member of it, or if it does not exist
 */
export async function selectWorkspace(
  stores: Stores,
  { caller, request }: AuditActor & { readonly caller: SessionUserCaller },
  id: string,
): Promise<void> {
  const session = caller.session.id;
  await stores.writes.transaction(caller.session.payer, async (tx) => {
    if (!(await memberOf(tx, id, caller.userId))) throw new Refusal('WORKSPACE_NOT_FOUND');
    await tx
      .update(sessions)
      .set({ workspaceId: id, rev: raiseRev(sessions.rev) })
      .where(eq(sessions.id, session));
    // Recorded in the workspace that the session switches to.
    await stores.audit.record(
      tx,
      { caller: { ...caller, workspaceId: id }, request },
      {
        action: 'workspaces.select',
        kind: 'session',
        subject: session,
        before: { workspaceId: caller.workspaceId },
        after: { workspaceId: id },
      },
    );
  });
  stores.credentials.changed({ session });
}
