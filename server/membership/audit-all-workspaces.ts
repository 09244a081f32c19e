import type { Audit, AuditActor, AuditChange } from '../stores/audit/audit.ts';
import type { Db } from '../stores/database/database.ts';
import { workspacesOf } from './members.ts';

/** Who changes an account: its own user. */
interface AccountActor {
  readonly userId: string;
  /** The user's own call; null for the command line. */
  readonly request: AuditActor['request'];
}

/**
 * Records the change of an account in every workspace that its user belongs to. Call it last in the transaction.
 */
export async function recordForAllWorkspaces(
  tx: Db,
  audit: Audit,
  { userId, request }: AccountActor,
  change: Omit<AuditChange, 'kind' | 'subject'> & Partial<AuditChange>,
): Promise<void> {
  const ids = (await workspacesOf(tx, userId)).map(({ workspace }) => workspace.id);
  const changes = [{ kind: 'user', subject: userId, ...change } as const];
  const parts = ids.map((workspaceId) => {
    const caller = request
      ? { kind: 'user' as const, userId, workspaceId }
      : { kind: 'system' as const, workspaceId };
    return { actor: { caller, request }, changes };
  });
  await audit.recordInChains(tx, parts);
}
