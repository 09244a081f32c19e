import { and, eq, isNull } from 'drizzle-orm';
import { users } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Db } from '../stores/database.ts';
import type { Service } from '../trpc.ts';
import { type Account, findAccount } from './accounts.ts';
import { paced } from './guesses.ts';
import { verifyPassword } from './passwords.ts';
import type { SignInInput } from './schemas.ts';
import { beginSession, type From } from './session.ts';

/**
 * Begins a session for whoever has the password. An unknown e-mail address, a wrong password and a disabled
 * user are answered alike, in the same time: CREDENTIALS_INVALID.
 */
export async function signIn(service: Service, input: SignInInput, from: From) {
  const account = await paced(service, input.email, from.address, async () => {
    const found = await findAccount(service.stores.database.db, input.email);
    const right = await verifyPassword(input.password, found?.user.passwordHash ?? null);
    if (!found || !right || found.user.disabledAt) throw new Refusal('CREDENTIALS_INVALID');
    return found;
  });
  const session = await service.stores.database.db.transaction(async (tx) => {
    await holdAsProven(tx, account);
    return beginSession(service, tx, account, from);
  });
  return { user: account.user, session };
}

/**
 * Nobody begins a session by a password that was changed since it was looked at: the change ends the sessions that it
 * finds, and waits for those that are being begun.
 */
async function holdAsProven(tx: Db, { user }: Account): Promise<void> {
  const [held] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash), isNull(users.disabledAt)))
    .for('share');
  if (!held) throw new Refusal('CREDENTIALS_INVALID');
}
