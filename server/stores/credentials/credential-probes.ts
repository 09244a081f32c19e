import { eq } from 'drizzle-orm';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { Db } from '../database/database.ts';
import type { Vault } from '../secrets/vault.ts';

/** Takes the place of a missing secret's hash, so that the same comparisons run. */
export const NO_HASH = '0'.repeat(64);

/**
 * Whether a string is the current or the previous secret of a key. It reads one row of one table, while loading a key
 * joins five.
 * @throws if the row needs a master key that is newer than all loaded ones
 */
export async function hasSecret(db: Db, vault: Vault, id: string, text: string): Promise<boolean> {
  const [row] = await db
    .select({
      hash: keys.secretHash,
      version: keys.pepperVersion,
      previousHash: keys.previousSecretHash,
      previousVersion: keys.previousPepperVersion,
    })
    .from(keys)
    .where(eq(keys.id, id));
  const current = matches(vault, text, row?.hash ?? null, row?.version ?? null);
  const previous = matches(vault, text, row?.previousHash ?? null, row?.previousVersion ?? null);
  return current || previous;
}

/** Whether a session with this id exists. */
export async function hasSession(db: Db, id: string): Promise<boolean> {
  const rows = await db.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, id));
  return rows.length > 0;
}

function matches(vault: Vault, text: string, hash: string | null, version: number | null): boolean {
  const known = version === null || vault.canVerify(version);
  const pepperVersion = version !== null && known ? version : vault.newest;
  return vault.matches('pepper', text, known && hash !== null ? hash : NO_HASH, pepperVersion);
}
