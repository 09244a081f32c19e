import { Refusal } from '../refusal.ts';
import type { Context, Service } from '../trpc.ts';
import { insertAccount, isSetupToken, spendSetupToken } from './accounts.ts';
import { hashPassword } from './passwords.ts';
import type { SignUpInput } from './schemas.ts';
import { beginSession } from './session.ts';

/**
 * Makes an account with its workspace and its first session, in one transaction.
 * Refuses with CONFLICT where the e-mail address is taken, ACCESS_DENIED where sign-up is closed or the
 * set-up token is not right.
 */
export async function signUp(service: Service, input: SignUpInput, request: Context['request']) {
  const { stores, config } = service;
  const { database, vault, clock, audit } = stores;
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
    const session = await beginSession(service, tx, user.id, workspaceId);
    const doing = { caller: { kind: 'user', userId: user.id, workspaceId }, request } as const;
    // Not the workspace's name: it is the person's to begin with, and a record is for ever.
    const after = { ownerId: user.id };
    await audit.record(tx, doing, { action: 'auth.signUp', kind: 'workspace', subject: workspaceId, after });
    return { user, session };
  });
}
