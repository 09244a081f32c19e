import { and, eq, sql } from 'drizzle-orm';
import { sessions, users } from '../../../drizzle/schema/accounts.ts';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import { workspacePath } from '../../../shared/fairness/fairness-path.ts';
import type { Db } from '../database/database.ts';
import { isExact, sumOfRevs } from '../database/rev.ts';
import type { Vault } from '../secrets/vault.ts';
import type { SessionRecord } from './credential-rows.ts';
import { signInRuleOf, unmetRequirements } from './sign-in-method.ts';
import { signingMaterial } from './signing-material.ts';

/** Reads a session with its user's role in a workspace (the active one if it is null). */
export async function loadSession(
  db: Db,
  vault: Vault,
  id: string,
  workspaceId: string | null,
): Promise<SessionRecord | null> {
  const within = workspaceId === null ? sessions.workspaceId : sql`${workspaceId}`;
  const [row] = await db
    .select()
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(workspaces, eq(workspaces.id, within))
    .leftJoin(memberships, and(eq(memberships.userId, sessions.userId), eq(memberships.workspaceId, within)))
    .where(eq(sessions.id, id));
  if (!row || !vault.canVerify(row.sessions.signingVersion)) return null;
  const { sessions: session, users: user, memberships: member, workspaces: workspace } = row;
  const membership = member && !member.removedAt && !workspace.deletedAt ? member : null;
  const unmet = membership ? unmetRequirements(signInRuleOf(workspace), session.method) : [];
  const role = unmet.length === 0 ? (membership?.role ?? null) : null;
  const { signingSecret, publicKey } = signingMaterial(session.publicKey, () =>
    vault.decrypt(
      { text: session.signingSealed, version: session.signingVersion },
      { table: 'sessions', column: 'signing', row: session.id },
    ),
  );
  const rev = sumOfRevs(session.rev, workspace.rev, user.rev, member?.rev ?? 0);
  return {
    id: session.id,
    userId: session.userId,
    workspaceId: workspace.id,
    payer: workspacePath(role === null ? user.id : workspace.sponsorId, workspace.id, session.id),
    signingSecret,
    publicKey,
    signingVersion: session.signingVersion,
    refreshedAt: session.refreshedAt.getTime(),
    expiresAt: session.expiresAt.getTime(),
    provenAt: session.provenAt?.getTime() ?? null,
    ended: session.endedAt !== null || user.disabledAt !== null || !isExact(rev),
    method: session.method,
    unmet,
    role,
    rev,
  };
}
