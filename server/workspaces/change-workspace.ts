import type { Permission } from '../../shared/permissions.ts';
import type { Role } from '../../shared/roles.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { membershipRefusal } from '../gate/caller/membership-refusal.ts';
import { lockCaller } from '../gate/lock-caller.ts';
import { memberOf } from '../membership/members.ts';
import type { AuditActor, AuditChange } from '../stores/audit/audit.ts';
import type { SessionRecord } from '../stores/credentials/credential-rows.ts';
import type { Db } from '../stores/database/database.ts';
import type { WorkspaceRow } from '../stores/database/locks.ts';
import type { Stores } from '../stores/stores.ts';

/** What a change of a workspace works with until its transaction ends. */
export interface LockedWorkspace {
  readonly tx: Db;
  readonly workspace: WorkspaceRow;
  /** The caller's current role: it may have been reduced since the call was admitted. */
  readonly role: Role;
  /** The caller's session as it is now. */
  readonly session: SessionRecord;
  readonly now: Date;
  /** Records the change. Call it last. */
  record(change: AuditChange): Promise<void>;
}

interface ChangeOptions {
  /** The permission that the procedure's guard requires; null for none. */
  readonly permission: Permission | null;
  /** Whether the procedure's guard requires a fresh proof. */
  readonly stepUp?: true;
  /** Whether the workspace's sign-in rule is ignored: for a change that only gives up a right. */
  readonly despiteRule?: boolean;
}

/**
 * Changes the workspace in which a user's session acts, one change after the other, by the user's current rights. @throws
 * Refusal WORKSPACE_DENIED, SESSION_ENDED or PERMISSION_DENIED if they lost the right in the meantime; STEP_UP_REQUIRED
 */
export async function changeWorkspace<T>(
  stores: Stores,
  actor: AuditActor & { readonly caller: SessionUserCaller },
  { permission, stepUp, despiteRule = false }: ChangeOptions,
  change: (locked: LockedWorkspace) => Promise<T>,
): Promise<T> {
  const { writes, clock, audit } = stores;
  // A user who is no longer a member locks nothing of the workspace.
  requireMember(actor.caller, despiteRule);
  return writes.transaction(actor.caller.session.payer, async (tx) => {
    const options = { permission, stepUp, updatesWorkspace: true };
    const { caller, workspace } = await lockCaller(tx, stores, actor, options);
    requireMember(caller, despiteRule);
    const { session, userId } = caller;
    const role = caller.role ?? (await memberOf(tx, workspace.id, userId))?.role;
    if (!role) throw membershipRefusal(session);
    const record = (changed: AuditChange) => audit.record(tx, actor, changed);
    return change({
      tx,
      workspace,
      role,
      session,
      now: new Date(clock()),
      record,
    });
  });
}

/** A session that does not meet the sign-in rule has no role either. @throws Refusal WORKSPACE_DENIED, SIGN_IN_RULE */
function requireMember({ role, session }: SessionUserCaller, despiteRule: boolean): void {
  const isOnlyRuleUnmet = despiteRule && session.unmet.length > 0;
  if (role === null && !isOnlyRuleUnmet) throw membershipRefusal(session);
}
