import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { setupTokens, users } from '../../drizzle/schema/accounts.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { Refusal } from '../lib/refusal.ts';
import { insertWorkspace } from '../membership/workspaces.ts';
import type { Db } from '../stores/database/database.ts';
import { newUserId } from '../stores/secrets/random-ids.ts';
import type { Vault } from '../stores/secrets/vault.ts';
import type { Stores } from '../stores/stores.ts';

type User = typeof users.$inferSelect;

/** An account and the workspace in which its sessions begin. */
export interface Account {
  readonly user: User;
  readonly workspaceId: string;
}

interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly createdAt: Date;
}

/** Creates an account and a workspace that it owns. Refuses with CONFLICT if the e-mail address is taken. */
export async function insertAccount(db: Db, input: NewUser): Promise<Account> {
  const user = await insertUser(db, input);
  return { user, workspaceId: await insertWorkspace(db, input.name, user.id, input.createdAt) };
}

/** Creates an account without a workspace. Refuses with CONFLICT if the e-mail address is taken. */
export async function insertUser(db: Db, input: NewUser): Promise<User> {
  const [user] = await db
    .insert(users)
    .values({ ...input, id: newUserId() })
    .onConflictDoNothing({ target: users.email })
    .returning();
  if (!user) throw new Refusal('CONFLICT');
  return user;
}

/**
 * The account of an e-mail address and, of its workspaces, the one that it joined first; one that it left
 * if it has none. Null if there is no account.
 */
export const findAccount = (db: Db, email: string): Promise<Account | null> =>
  findAccountWhere(db, eq(users.email, email));

/** The same for the id of a user. */
export const findAccountById = (db: Db, id: string): Promise<Account | null> =>
  findAccountWhere(db, eq(users.id, id));

async function findAccountWhere(db: Db, which: SQL): Promise<Account | null> {
  const [row] = await db
    .select()
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(which, isNull(users.deletedAt)))
    .orderBy(
      sql`${memberships.removedAt} is not null or ${workspaces.deletedAt} is not null`,
      asc(memberships.createdAt),
      asc(memberships.workspaceId),
    )
    .limit(1);
  return row ? { user: row.users, workspaceId: row.memberships.workspaceId } : null;
}

/** Whether this is a valid, unused set-up token. */
export async function isSetupToken({ database, vault }: Stores, token: string): Promise<boolean> {
  const [row] = await database.db.select().from(setupTokens).where(isNull(setupTokens.spentAt));
  return row !== undefined && vault.matches('pepper', setupText(token), row.hash, row.pepperVersion);
}

/** Uses up the set-up token, inside the transaction that creates the first account. Refuses with ACCESS_DENIED. */
export async function spendSetupToken(db: Db, vault: Vault, token: string, now: Date): Promise<void> {
  const [row] = await db.select().from(setupTokens).where(isNull(setupTokens.spentAt)).for('update');
  const isValid = row !== undefined && vault.matches('pepper', setupText(token), row.hash, row.pepperVersion);
  if (!isValid) throw new Refusal('ACCESS_DENIED');
  await db.update(setupTokens).set({ spentAt: now }).where(eq(setupTokens.hash, row.hash));
}

/** The email address of the account that the first startup outside production creates. */
export const DEMO_EMAIL = 'demo@example.com';

/** Whether there has never been an account: a deleted one remains as a row. */
export async function isEmpty(db: Db): Promise<boolean> {
  const accounts = await db.select({ id: users.id }).from(users).limit(1);
  return accounts.length === 0;
}

/** Whether an account is the only one that there has ever been: a deleted one remains as a row. */
export async function isOnlyAccount(db: Db, email: string): Promise<boolean> {
  const [account, ...others] = await db.select({ email: users.email }).from(users).limit(2);
  return account?.email === email && others.length === 0;
}

/**
 * Stores the hash of a set-up token for the first account.
 * @param replace whether it replaces an unused one
 * @returns false if another is already stored
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
    .values({ hash: vault.mac('pepper', setupText(token)), pepperVersion: vault.newest })
    .onConflictDoNothing()
    .returning();
  return kept.length > 0;
}

const setupText = (token: string) => `setup ${token}`;
