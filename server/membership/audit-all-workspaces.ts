import { Pacer } from '../lib/concurrency/pacer.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Audit, AuditActor, AuditChange } from '../stores/audit/audit.ts';
import type { Db } from '../stores/database/database.ts';
import { workspacesOf } from './members.ts';

/**
 * Changes of one kind that users make to their accounts: each writes a permanent record into up to a hundred audit logs, most of
 * which belong to others. Each kind has its own pace, so that a stolen session does not keep the user from changing the password.
 */
const accountChanges = new Pacer([{ perSecond: 0.1, burst: 30 }]);

/** Who changes an account: its own user. */
interface AccountActor {
  readonly userId: string;
  /** The user's own call; null for the command line. */
  readonly request: AuditActor['request'];
  /** Whether the service makes the change to protect the account: it has no limit. */
  readonly isProtective?: boolean;
}

/**
 * Records the change of an account in every workspace that its user belongs to. Call it last in the transaction.
 * @throws Refusal RATE_LIMITED if the user makes too many changes of this kind
 */
export async function recordForAllWorkspaces(
  tx: Db,
  audit: Audit,
  { userId, request, isProtective = request === null }: AccountActor,
  change: Omit<AuditChange, 'kind' | 'subject'> & Partial<AuditChange>,
): Promise<void> {
  const wait = isProtective ? 0 : accountChanges.take([`${userId} ${change.action}`]);
  if (wait > 0) throw new Refusal('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
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
