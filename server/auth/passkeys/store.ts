import { and, asc, count, eq } from 'drizzle-orm';
import { passkeys, sessions } from '../../../drizzle/schema/accounts.ts';
import { Refusal } from '../../lib/refusal.ts';
import { endSessions } from '../../stores/credentials/sessions.ts';
import type { Db } from '../../stores/database/database.ts';
import { newPasskeyId } from '../../stores/secrets/random-ids.ts';

export type Passkey = typeof passkeys.$inferSelect;

/** The maximum number of passkeys of one account. */
const MAX_PASSKEYS = 20;

/** The passkey of a credential id; null if no account has it. */
export async function findPasskey(db: Db, credentialId: string): Promise<Passkey | null> {
  const [found] = await db.select().from(passkeys).where(eq(passkeys.credentialId, credentialId));
  return found ?? null;
}

/** The passkeys of an account, the oldest first. */
export const passkeysOf = (db: Db, userId: string): Promise<Passkey[]> =>
  db
    .select()
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id));

/** Refuses with CONFLICT an account that has as many passkeys as it may have. */
export async function requireRoom(db: Db, userId: string): Promise<void> {
  const [has] = await db.select({ n: count() }).from(passkeys).where(eq(passkeys.userId, userId));
  if ((has?.n ?? 0) >= MAX_PASSKEYS) throw new Refusal('CONFLICT');
}

/** What is known of a passkey when it is registered. */
export type NewPasskey = Omit<Passkey, 'id' | 'disabledAt' | 'lastUsedAt'>;

/**
 * Stores a passkey of an account whose row is locked.
 * @throws Refusal CONFLICT if the account has too many, or an account has this one already
 */
export async function insertPasskey(tx: Db, values: NewPasskey): Promise<Passkey> {
  await requireRoom(tx, values.userId);
  const [made] = await tx
    .insert(passkeys)
    .values({ ...values, id: newPasskeyId() })
    .onConflictDoNothing({ target: passkeys.credentialId })
    .returning();
  if (!made) throw new Refusal('CONFLICT');
  return made;
}

/** Changes a passkey of an account. @returns null if the account does not have it */
export async function updatePasskey(
  tx: Db,
  { userId, id }: Pick<Passkey, 'userId' | 'id'>,
  values: Partial<Passkey>,
): Promise<Passkey | null> {
  const mine = and(eq(passkeys.id, id), eq(passkeys.userId, userId));
  const [changed] = await tx.update(passkeys).set(values).where(mine).returning();
  return changed ?? null;
}

/** Deletes a passkey of an account. @returns null if the account does not have it */
export async function deletePasskey(
  tx: Db,
  { userId, id }: Pick<Passkey, 'userId' | 'id'>,
): Promise<Passkey | null> {
  const mine = and(eq(passkeys.id, id), eq(passkeys.userId, userId));
  const [gone] = await tx.delete(passkeys).where(mine).returning();
  return gone ?? null;
}

/** Deletes all passkeys of an account. */
export async function deletePasskeysOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(passkeys).where(eq(passkeys.userId, userId));
}

/** Ends the sessions that began with a passkey. After the commit, call `credentials.changed` for the account. */
export async function endSessionsOf(
  tx: Db,
  { userId, id }: Pick<Passkey, 'userId' | 'id'>,
  now: Date,
): Promise<void> {
  await endSessions(tx, and(eq(sessions.userId, userId), eq(sessions.passkeyId, id)), now);
}
