import { and, asc, count, eq, isNull } from 'drizzle-orm';
import { memberships, setupTokens, users, workspaces } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Db } from '../stores/database.ts';
import { newUserId, newWorkspaceId } from '../stores/random.ts';
import type { Stores } from '../stores/stores.ts';
import type { Vault } from '../stores/vault.ts';

type User = typeof users.$inferSelect;

/** An account and the workspace that it begins with, of which it is the owner. */
export interface Account {
  readonly user: User;
  readonly workspaceId: string;
}

/** Makes an account and its workspace. Refuses with CONFLICT where the e-mail address is taken. */
export async function insertAccount(
  db: Db,
  input: { email: string; name: string; passwordHash: string; createdAt: Date },
): Promise<Account> {
  const [user] = await db
    .insert(users)
    .values({ ...input, id: newUserId() })
    .onConflictDoNothing({ target: users.email })
    .returning();
  if (!user) throw new Refusal('CONFLICT');
  const workspaceId = newWorkspaceId();
  await db.insert(workspaces).values({ id: workspaceId, name: input.name, createdAt: input.createdAt });
  await db
    .insert(memberships)
    .values({ workspaceId, userId: user.id, role: 'owner', createdAt: input.createdAt });
  return { user, workspaceId };
}

/** The account of an e-mail address and the workspace it joined first; null where there is none. */
export async function findAccount(db: Db, email: string): Promise<Account | null> {
  const [row] = await db
    .select()
    .from(users)
    .innerJoin(memberships, and(eq(memberships.userId, users.id), isNull(memberships.removedAt)))
    .where(eq(users.email, email))
    .orderBy(asc(memberships.createdAt), asc(memberships.workspaceId))
    .limit(1);
  return row ? { user: row.users, workspaceId: row.memberships.workspaceId } : null;
}

/** Whether this is a set-up token that is not spent. */
export async function isSetupToken({ database, vault }: Stores, token: string): Promise<boolean> {
  const [row] = await database.db.select().from(setupTokens).where(isNull(setupTokens.spentAt));
  return row !== undefined && vault.matches('pepper', setupText(token), row.hash, row.pepperVersion);
}

/** Spends the set-up token, inside the transaction that makes the first account. Refuses with ACCESS_DENIED. */
export async function spendSetupToken(db: Db, vault: Vault, token: string, now: Date): Promise<void> {
  const [row] = await db.select().from(setupTokens).where(isNull(setupTokens.spentAt)).for('update');
  const right = row !== undefined && vault.matches('pepper', setupText(token), row.hash, row.pepperVersion);
  if (!right) throw new Refusal('ACCESS_DENIED');
  await db.update(setupTokens).set({ spentAt: now }).where(eq(setupTokens.hash, row.hash));
}

/** Whether nobody has an account yet. */
export async function isEmpty(db: Db): Promise<boolean> {
  const [accounts] = await db.select({ n: count() }).from(users);
  return accounts?.n === 0;
}

/**
 * Keeps the hash of a set-up token for the first account.
 * @param replace whether it takes the place of one that is not spent
 * @returns false where another is kept already
 */
export async function offerSetupToken(
  db: Db,
  vault: Vault,
  token: string,
  replace: boolean,
): Promise<boolean> {
  if (replace) await db.delete(setupTokens).where(isNull(setupTokens.spentAt));
  const kept = await db
    .insert(setupTokens)
    .values({ hash: vault.hash('pepper', setupText(token)), pepperVersion: vault.newest })
    .onConflictDoNothing()
    .returning();
  return kept.length > 0;
}

const setupText = (token: string) => `setup ${token}`;
