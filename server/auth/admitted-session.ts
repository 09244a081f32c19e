import type { Context } from '../rpc/trpc.ts';
import type { AuditChange } from '../stores/audit/audit.ts';
import { evictIdleSessions } from '../stores/credentials/sessions.ts';
import type { Db } from '../stores/database/database.ts';
import type { Account } from './accounts.ts';
import { beginSession, type IssuedSession, type PresentedIdentity, type SignInProof } from './session.ts';

/** An identity of an account at an identity provider. */
export interface LinkedIdentity {
  readonly id: string;
  readonly issuer: string;
}

/** How the session begins. */
interface SignInOrigin extends SignInProof {
  /** The procedure, for the audit log. */
  readonly action: string;
  /** The identity with which the person signed in; null for a password or a passkey. */
  readonly identity: PresentedIdentity | null;
}

interface Admitted {
  readonly session: IssuedSession & { readonly signingSecret: string };
  /** The sessions that ended because there were too many. After the commit, pass them to `credentials.changed`. */
  readonly ended: readonly string[];
  /** For the audit log of the account's workspace. */
  readonly changes: readonly AuditChange[];
}

/**
 * Begins the session of a person who has proven who they are, and ends the most idle one if there are too many. The caller
 * holds the lock on the person's row.
 */
export async function admitPerson(
  { service, request }: Pick<Context, 'service' | 'request'>,
  tx: Db,
  account: Account,
  { action, ...proof }: SignInOrigin,
): Promise<Admitted> {
  const { user, workspaceId } = account;
  const endedAt = new Date(service.stores.clock());
  const ended = await evictIdleSessions(tx, user.id, endedAt);
  const session = await beginSession({ service, request }, tx, account, proof);
  const change = { action, kind: 'session' } as const;
  const over = { before: { endedAt: null }, after: { endedAt, reason: 'too many sessions' } };
  const after = { userId: user.id, workspaceId, issuer: proof.identity?.issuer, passkeyId: proof.passkeyId };
  const changes = [
    ...ended.map((subject) => ({ ...change, subject, ...over })),
    { ...change, subject: session.id, after },
  ];
  return { session, ended, changes };
}
