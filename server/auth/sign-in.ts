import { Refusal } from '../refusal.ts';
import type { Service } from '../trpc.ts';
import { findAccount } from './accounts.ts';
import { paced } from './guesses.ts';
import { verifyPassword } from './passwords.ts';
import type { SignInInput } from './schemas.ts';
import { beginSession } from './session.ts';

/**
 * Begins a session for whoever has the password. An unknown e-mail address, a wrong password and a disabled
 * user are answered alike, in the same time: CREDENTIALS_INVALID.
 */
export async function signIn(service: Service, input: SignInInput, address: string) {
  const account = await paced(service, input.email, address, async () => {
    const found = await findAccount(service.stores.database.db, input.email);
    const right = await verifyPassword(input.password, found?.user.passwordHash ?? null);
    if (!found || !right || found.user.disabledAt) throw new Refusal('CREDENTIALS_INVALID');
    return found;
  });
  const { db } = service.stores.database;
  return {
    user: account.user,
    session: await beginSession(service, db, account.user.id, account.workspaceId),
  };
}
