import { and, asc, eq, gt, ilike, inArray, isNull, or } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { insertReset } from '../../server/auth/password-reset.ts';
import { isoOrEpoch } from '../../server/lib/clock.ts';
import { recordForAllWorkspaces } from '../../server/membership/audit-all-workspaces.ts';
import type { Role } from '../../shared/roles.ts';
import type { CliContext } from '../context.ts';
import { CommandError } from '../output/failure.ts';

type User = typeof users.$inferSelect;

/** An account and its workspaces. */
export interface ListedAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly createdAt: string;
  readonly workspaces: readonly { readonly id: string; readonly name: string; readonly role: Role }[];
}

/** Lists accounts by e-mail address, a page at a time. @param after the last e-mail address of the previous page */
export async function listAccounts(
  { database: { db } }: CliContext,
  { limit, search, after }: { limit: number; search?: string | undefined; after?: string | undefined },
): Promise<{ items: ListedAccount[]; nextCursor: string | null }> {
  const part = search && `%${search.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const condition = and(
    isNull(users.deletedAt),
    after === undefined ? undefined : gt(users.email, after),
    part ? or(ilike(users.email, part), ilike(users.name, part)) : undefined,
  );
  const rows = await db
    .select()
    .from(users)
    .where(condition)
    .orderBy(asc(users.email))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const belongs = await membershipsOf(
    db,
    page.map(({ id }) => id),
  );
  return {
    items: page.map((user) => ({
      id: user.id,
      email: user.email,
      name: user.name,
      disabled: user.disabledAt !== null,
      createdAt: isoOrEpoch(user.createdAt),
      workspaces: belongs
        .filter(({ userId }) => userId === user.id)
        .map(({ userId: _, ...membership }) => membership),
    })),
    nextCursor: rows.length > limit ? (page.at(-1)?.email ?? null) : null,
  };
}

function membershipsOf(db: CliContext['database']['db'], userIds: readonly string[]) {
  return db
    .select({
      userId: memberships.userId,
      id: workspaces.id,
      name: workspaces.name,
      role: memberships.role,
    })
    .from(memberships)
    .innerJoin(workspaces, and(eq(workspaces.id, memberships.workspaceId), isNull(workspaces.deletedAt)))
    .where(and(inArray(memberships.userId, [...userIds]), isNull(memberships.removedAt)))
    .orderBy(asc(memberships.createdAt), asc(workspaces.id));
}

/** Finds an account by its id or e-mail address. @throws CommandError if there is none */
export async function findUser({ database: { db } }: CliContext, who: string): Promise<User> {
  const named = or(eq(users.id, who), eq(users.email, who.toLowerCase()));
  const [user] = await db
    .select()
    .from(users)
    .where(and(named, isNull(users.deletedAt)));
  if (user) return user;
  throw new CommandError(`There is no account "${who}". Run keyseal users list to see the accounts.`);
}

/**
 * Creates a single-use token that sets a new password, and revokes earlier tokens.
 * @param show receives the token before the transaction commits
 */
export async function makePasswordLink(
  context: CliContext,
  userId: string,
  show: (link: { token: string; expiresAt: string }) => void,
): Promise<void> {
  await context.database.db.transaction(async (tx) => {
    const { token, expiresAt } = await insertReset(context, tx, userId, null);
    const change = { action: 'users.resetPassword', before: {}, after: { resetExpiresAt: expiresAt } };
    await recordForAllWorkspaces(tx, context.audit, { userId, request: null }, change);
    show({ token, expiresAt: expiresAt.toISOString() });
  });
}

/** @throws CommandError if there is no such workspace */
export async function requireWorkspace({ database: { db } }: CliContext, id: string): Promise<void> {
  const [row] = await db
    .select()
    .from(workspaces)
    .where(and(eq(workspaces.id, id), isNull(workspaces.deletedAt)));
  if (!row)
    throw new CommandError(`There is no workspace "${id}". Run keyseal users list to see the workspaces.`);
}

/** The id of a member of a workspace. @throws CommandError if the account is not a member */
export async function requireMember(context: CliContext, workspaceId: string, who: string): Promise<string> {
  const { id, email } = await findUser(context, who);
  const belongs = await membershipsOf(context.database.db, [id]);
  if (belongs.some((membership) => membership.id === workspaceId)) return id;
  throw new CommandError(`${email} is not a member of the workspace ${workspaceId}.`);
}
