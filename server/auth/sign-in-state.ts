import type { z } from 'zod';
import { finishedSignIns } from '../../drizzle/schema/identities.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Db } from '../stores/database/database.ts';
import type { EncryptionContext, Vault } from '../stores/secrets/vault.ts';

/**
 * What the service must remember between two steps of a sign-in. The client keeps it, encrypted, so that callers who begin
 * sign-ins and never finish them use no memory here.
 */
interface SignInState<T> {
  /** Where the encrypted string belongs: that of another step cannot be decrypted. */
  readonly place: EncryptionContext;
  readonly schema: z.ZodType<T>;
  /** The maximum length of the encrypted string, without the version. */
  readonly maxLength: number;
}

/** The state as the client gets it: the version of the master key, a dot, and the encrypted state in base64url. */
export function encryptState<T>(vault: Vault, { place }: SignInState<T>, state: T): string {
  const { text, version } = vault.encrypt(JSON.stringify(state), place);
  return `${version}.${Buffer.from(text, 'base64').toString('base64url')}`;
}

/** The state that a client kept; null if it was forged, or encrypted under a master key that is gone. */
export function decryptState<T>(
  vault: Vault,
  { place, schema, maxLength }: SignInState<T>,
  encrypted: string,
): T | null {
  const [, digits, text = ''] = /^([1-9]\d{0,8})\.([A-Za-z0-9_-]{40,})$/.exec(encrypted) ?? [];
  const version = Number(digits);
  if (text.length > maxLength || !vault.has(version)) return null;
  try {
    return schema.parse(JSON.parse(vault.decrypt({ text, version }, place)));
  } catch {
    return null;
  }
}

/** Uses up a state: each sign-in finishes once, on whichever instance. @throws Refusal SIGN_IN_INVALID */
export async function claimState(tx: Db, state: string, now: Date): Promise<void> {
  const claimed = await tx
    .insert(finishedSignIns)
    .values({ state, finishedAt: now })
    .onConflictDoNothing()
    .returning({ state: finishedSignIns.state });
  if (claimed.length === 0) throw new Refusal('SIGN_IN_INVALID', {}, 'the sign-in was finished before');
}
