import type { Permission } from '../../shared/permissions.ts';
import { type Role, roleHolds } from '../../shared/roles.ts';
import type { PersonCaller } from '../gate/caller.ts';
import { Refusal } from '../refusal.ts';
import type { Change, Doing } from '../stores/audit.ts';
import type { Db } from '../stores/database.ts';
import { memberOf } from '../stores/members.ts';
import type { Stores } from '../stores/stores.ts';
import { holdWorkspace, type Workspace } from '../stores/workspaces.ts';

/** On what a change of a workspace stands, until its transaction ends. */
interface Held {
  readonly tx: Db;
  readonly workspace: Workspace;
  /** The caller's role as it is now: it may have been taken away since the call was admitted. */
  readonly role: Role;
  readonly now: Date;
  /** Records what was changed: the last thing to be done. */
  record(change: Change): Promise<void>;
}

/**
 * Changes the workspace that a person's session acts in, one change after the other.
 * Refuses with WORKSPACE_DENIED, SESSION_ENDED or PERMISSION_DENIED what they may not do any more.
 */
export function changeWorkspace<T>(
  { database, clock, audit }: Stores,
  doing: Doing & { readonly caller: PersonCaller },
  permission: Permission | null,
  change: (held: Held) => Promise<T>,
): Promise<T> {
  const { workspaceId, userId } = doing.caller;
  return database.db.transaction(async (tx) => {
    const workspace = await holdWorkspace(tx, workspaceId, 'to change');
    const member = workspace && (await memberOf(tx, workspaceId, userId));
    if (!workspace || !member) throw new Refusal('WORKSPACE_DENIED');
    if (member.disabled) throw new Refusal('SESSION_ENDED');
    if (permission !== null && !roleHolds(member.role, permission))
      throw new Refusal('PERMISSION_DENIED', { missing: permission });
    const record = (changed: Change) => audit.record(tx, doing, changed);
    return change({ tx, workspace, role: member.role, now: new Date(clock()), record });
  });
}
