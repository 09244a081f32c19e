import { and, count, eq, isNotNull, isNull, lt, or } from 'drizzle-orm';
import { recoveryCodes, secondFactors } from '../../../drizzle/schema/accounts.ts';
import type { Db } from '../../stores/database/database.ts';
import type { Vault } from '../../stores/secrets/vault.ts';
import { newRecoveryCodes, recoveryCodeOf, recoveryMac } from './recovery-codes.ts';
import { stepOfCode } from './totp.ts';

export type SecondFactor = typeof secondFactors.$inferSelect;

const encryptionContext = (userId: string) => ({ table: 'second_factors', column: 'secret', row: userId });

/** The second factor of an account, confirmed or not; null if it has none. */
export async function findFactor(db: Db, userId: string): Promise<SecondFactor | null> {
  const [found] = await db.select().from(secondFactors).where(eq(secondFactors.userId, userId));
  return found ?? null;
}

/** Whether a sign-in with the password also requires a code. */
export const hasSecondFactor = async (db: Db, userId: string): Promise<boolean> =>
  (await findFactor(db, userId))?.confirmedAt instanceof Date;

/** Stores a secret that no code has confirmed, in place of an earlier unconfirmed one. */
export async function insertFactor(
  tx: Db,
  vault: Vault,
  { userId, secret, now }: { readonly userId: string; readonly secret: string; readonly now: Date },
): Promise<void> {
  const { text, version } = vault.encrypt(secret, encryptionContext(userId));
  const values = { secretSealed: text, secretVersion: version, lastStep: null, createdAt: now };
  await tx
    .insert(secondFactors)
    .values({ ...values, userId })
    .onConflictDoUpdate({
      target: secondFactors.userId,
      set: values,
      setWhere: isNull(secondFactors.confirmedAt),
    });
}

/** Deletes a second factor and its recovery codes. @returns false if there is none */
export async function deleteFactor(tx: Db, userId: string): Promise<boolean> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  const gone = await tx.delete(secondFactors).where(eq(secondFactors.userId, userId)).returning();
  return gone.length > 0;
}

/** A code and its arrival time. */
interface GivenCode {
  readonly code: string;
  readonly now: Date;
}

/**
 * Confirms a second factor with one of its codes, which is used up.
 * @returns false if the code is wrong
 */
export async function confirmFactor(
  tx: Db,
  vault: Vault,
  factor: SecondFactor,
  { code, now }: GivenCode,
): Promise<boolean> {
  const step = stepOfCode(secretOf(vault, factor), code, now.getTime(), null);
  if (step === null) return false;
  const confirmed = await tx
    .update(secondFactors)
    .set({ confirmedAt: now, lastStep: step })
    .where(and(eq(secondFactors.userId, factor.userId), isNull(secondFactors.confirmedAt)))
    .returning();
  return confirmed.length > 0;
}

/** New recovery codes in place of all earlier ones. Only their MACs are stored. */
export async function replaceRecoveryCodes(tx: Db, vault: Vault, factor: SecondFactor): Promise<string[]> {
  const { userId } = factor;
  const secret = secretOf(vault, factor);
  const codes = newRecoveryCodes();
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  const macOf = (code: string) => recoveryMac(secret, userId, recoveryCodeOf(code) ?? code);
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ userId, hash: macOf(code) })));
  return codes;
}

export async function countRecoveryCodes(db: Db, userId: string): Promise<number> {
  const [row] = await db.select({ n: count() }).from(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  return row?.n ?? 0;
}

/**
 * Uses up a code of a confirmed second factor, or one of its recovery codes: each is accepted once, on whichever instance.
 * @returns which of the two it was; null if it is wrong or used
 */
export async function spendCode(
  tx: Db,
  vault: Vault,
  factor: SecondFactor,
  { code, now }: GivenCode,
): Promise<'code' | 'recovery code' | null> {
  const { userId } = factor;
  const secret = secretOf(vault, factor);
  const recovery = recoveryCodeOf(code);
  if (recovery !== null) {
    const mac = recoveryMac(secret, userId, recovery);
    const mine = and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.hash, mac));
    const used = await tx.delete(recoveryCodes).where(mine).returning();
    return used.length > 0 ? 'recovery code' : null;
  }
  const step = stepOfCode(secret, code, now.getTime(), factor.lastStep);
  if (step === null) return null;
  const { lastStep, confirmedAt } = secondFactors;
  const isUnused = or(isNull(lastStep), lt(lastStep, step));
  const used = await tx
    .update(secondFactors)
    .set({ lastStep: step })
    .where(and(eq(secondFactors.userId, userId), isNotNull(confirmedAt), isUnused))
    .returning();
  return used.length > 0 ? 'code' : null;
}

const secretOf = (vault: Vault, { userId, secretSealed, secretVersion }: SecondFactor): string =>
  vault.decrypt({ text: secretSealed, version: secretVersion }, encryptionContext(userId));
