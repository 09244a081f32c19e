import { and, eq, isNull } from 'drizzle-orm';
import { users } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Db } from '../stores/database.ts';
import type { Context, Service } from '../trpc.ts';
import { type Account, findAccount } from './accounts.ts';
import { paced } from './guesses.ts';
import { verifyPassword } from './passwords.ts';
import type { SignInInput } from './schemas.ts';
import { beginSession } from './session.ts';

/**
 * Begins a session for whoever has the password. An unknown e-mail address, a wrong password and a disabled
 * user are answered alike, in the same time: CREDENTIALS_INVALID.
 */
export async function signIn(service: Service, input: SignInInput, request: Context['request']) {
  const account = await paced(service, input.email, request.address, async () => {
    const found = await findAccount(service.stores.database.db, input.email);
    const right = await verifyPassword(input.password, found?.user.passwordHash ?? null);
    if (!found || !right || found.user.disabledAt) throw new Refusal('CREDENTIALS_INVALID');
    return found;
  });
  const { database, audit } = service.stores;
  const { user, workspaceId } = account;
  const session = await database.db.transaction(async (tx) => {
    await holdAsProven(tx, account);
    const begun = await beginSession(service, tx, account, request);
    const doing = { caller: { kind: 'user', userId: user.id, workspaceId }, request } as const;
    const after = { userId: user.id, workspaceId };
    await audit.record(tx, doing, { action: 'auth.signIn', kind: 'session', subject: begun.id, after });
    return begun;
  });
  return { user, session };
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
