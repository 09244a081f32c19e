import { eq } from 'drizzle-orm';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { membershipRefusal } from '../gate/caller/membership-refusal.ts';
import { inputRefusal } from '../lib/refusal.ts';
import { systemActor } from '../stores/audit/audit.ts';
import { type SignInRule, signInRuleOf, unmetRequirements } from '../stores/credentials/sign-in-method.ts';
import type { Db } from '../stores/database/database.ts';
import { lockWorkspace } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';
import type { Stores } from '../stores/stores.ts';
import type { LockedWorkspace } from './change-workspace.ts';

/** What an input changes of a rule. */
type RuleChange = { readonly [F in keyof SignInRule]?: SignInRule[F] | undefined };

/**
 * Changes the sign-in rule of a workspace, with effect from the next request of every session on every instance.
 * @throws Refusal INPUT_INVALID for an issuer with which nobody can sign in; SIGN_IN_RULE if the caller's own session does not meet
 *   the new rule: they would lock themselves out
 */
export async function changeSignInRule(
  { issuers }: Pick<Stores, 'issuers'>,
  { tx, workspace, session, record }: LockedWorkspace,
  change: RuleChange,
): Promise<SignInRule> {
  const before = signInRuleOf(workspace);
  const rule = {
    secondFactor: change.secondFactor ?? before.secondFactor,
    issuer: change.issuer === undefined ? before.issuer : change.issuer,
  };
  const known = rule.issuer === null || issuers.forSignIn.some(({ name }) => name === rule.issuer);
  if (!known) throw inputRefusal('signIn.issuer', 'is not known');
  const unmet = unmetRequirements(rule, session.method);
  if (unmet.length > 0) throw membershipRefusal({ unmet });
  const columns = columnsOf(rule);
  await setRule(tx, workspace.id, columns);
  const states = { before: workspace, after: { ...workspace, ...columns } };
  await record({ action: 'workspaces.update', kind: 'workspace', subject: workspace.id, ...states });
  return rule;
}

/**
 * Removes the sign-in rule of a workspace whose members can no longer meet it, for an operator.
 * @returns false if there is no such workspace
 */
export async function clearSignInRule(
  { database, credentials, audit }: Pick<Stores, 'database' | 'credentials' | 'audit'>,
  workspaceId: string,
): Promise<boolean> {
  const found = await database.db.transaction(async (tx) => {
    const workspace = await lockWorkspace(tx, workspaceId, 'no key update');
    if (!workspace) return false;
    const columns = columnsOf({ secondFactor: false, issuer: null });
    await setRule(tx, workspaceId, columns);
    const states = { before: workspace, after: { ...workspace, ...columns } };
    const cleared = {
      action: 'workspaces.clearSignInRule',
      kind: 'workspace',
      subject: workspaceId,
    } as const;
    await audit.record(tx, systemActor(workspaceId), { ...cleared, ...states });
    return true;
  });
  credentials.changed({ workspace: workspaceId });
  return found;
}

/** Sets the columns of a rule. Every instance then reads again what the workspace's sessions may do, before their next call. */
async function setRule(tx: Db, workspaceId: string, columns: ReturnType<typeof columnsOf>): Promise<void> {
  await tx
    .update(workspaces)
    .set({ ...columns, rev: raiseRev(workspaces.rev) })
    .where(eq(workspaces.id, workspaceId));
}

const columnsOf = ({ secondFactor, issuer }: SignInRule) => ({
  signInSecondFactor: secondFactor,
  signInIssuer: issuer,
});
