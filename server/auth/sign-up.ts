import { Refusal } from '../refusal.ts';
import type { Service } from '../trpc.ts';
import { insertAccount, isSetupToken, spendSetupToken } from './accounts.ts';
import { hashPassword } from './passwords.ts';
import type { SignUpInput } from './schemas.ts';
import { beginSession } from './session.ts';

/**
 * Makes an account with its workspace and its first session, in one transaction.
 * Refuses with CONFLICT where the e-mail address is taken, ACCESS_DENIED where sign-up is closed or the
 * set-up token is not right.
 */
export async function signUp(service: Service, input: SignUpInput) {
  const { stores, config } = service;
  const { database, vault, clock } = stores;
  const first = config.signUp === 'first';
  // Asked before anything costly is done for a stranger, and once more where it is spent.
  if (first && !(await isSetupToken(stores, input.setupToken ?? ''))) throw new Refusal('ACCESS_DENIED');
  const passwordHash = await hashPassword(input.password);
  return database.db.transaction(async (tx) => {
    const createdAt = new Date(clock());
    if (first) await spendSetupToken(tx, vault, input.setupToken ?? '', createdAt);
    const name = input.name ?? input.email.slice(0, input.email.indexOf('@')).slice(0, 100);
    const { user, workspaceId } = await insertAccount(tx, {
      email: input.email,
      name,
      passwordHash,
      createdAt,
    });
    return { user, session: await beginSession(service, tx, user.id, workspaceId) };
  });
}
