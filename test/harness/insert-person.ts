import { randomUUID } from 'node:crypto';
import { type Account, insertAccount, insertUser } from '../../server/auth/accounts.ts';
import { beginSession } from '../../server/auth/session.ts';
import { acceptInvitation } from '../../server/membership/accept-invitation.ts';
import type { Service } from '../../server/rpc/trpc.ts';
import type { Db } from '../../server/stores/database/database.ts';
import type { Person } from './people.ts';
import type { TestService } from './service.ts';

/** The password of test accounts, and its hash at the cost that the service uses. */
export const PASSWORD = 'correct horse battery';
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$hp2c4+nE0QuI067tIpAqtw$/wTX1f4hwbK+3/XE/SSB/eOukpSR9DIc+qL2GZ9Gh/Q';

/**
 * Inserts what `auth.signUp` creates: the account, a session and the audit record. Over HTTP each would cost a hash, 30
 * ms of a core, and after the first forty the service paces them.
 * @param invitationToken for a person who belongs to the workspace of an invitation; otherwise to a new one
 */
export async function insertPerson(
  { running: { service } }: TestService,
  email: string,
  invitationToken?: string,
): Promise<Person> {
  const { database, audit } = service.stores;
  const request = { id: randomUUID(), address: '127.0.0.1', userAgent: null };
  return database.db.transaction(async (tx) => {
    const { user, workspaceId } = await insertUserAndWorkspace(service, tx, email, invitationToken);
    const session = await beginSession(
      { service, request },
      tx,
      { user, workspaceId },
      { method: 'password' },
    );
    const actor = { caller: { kind: 'user', userId: user.id, workspaceId }, request } as const;
    const change =
      invitationToken === undefined
        ? ({ kind: 'workspace', subject: workspaceId, after: { ownerId: user.id } } as const)
        : ({ kind: 'member', subject: user.id, after: { userId: user.id } } as const);
    await audit.record(tx, actor, { action: 'auth.signUp', ...change });
    const { id, signingSecret, accessToken: token, refreshToken } = session;
    return {
      id,
      apiKey: null,
      signingSecret,
      email,
      password: PASSWORD,
      userId: user.id,
      token,
      refreshToken,
    };
  });
}

async function insertUserAndWorkspace(
  { stores }: Service,
  tx: Db,
  email: string,
  invitationToken: string | undefined,
): Promise<Account> {
  const createdAt = new Date(stores.clock());
  const input = { email, name: email.slice(0, email.indexOf('@')), passwordHash: PASSWORD_HASH, createdAt };
  if (invitationToken === undefined) return insertAccount(tx, input);
  const user = await insertUser(tx, input);
  const { workspaceId } = await acceptInvitation(tx, stores, invitationToken, user);
  return { user, workspaceId };
}
