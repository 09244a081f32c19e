import { and, eq } from 'drizzle-orm';
import { sessions, users } from '../../drizzle/schema/accounts.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { requireLiveSession } from '../gate/lock-caller.ts';
import { Refusal } from '../lib/refusal.ts';
import { changeMember, otherMembersOf, workspacesOf } from '../membership/members.ts';
import { revokeResetLinks } from '../membership/users.ts';
import { deleteWorkspace } from '../membership/workspaces.ts';
import type { Context, Service } from '../rpc/trpc.ts';
import { endSessions } from '../stores/credentials/sessions.ts';
import type { EndedSponsorship } from '../stores/credentials/sponsors.ts';
import type { Db } from '../stores/database/database.ts';
import { lockUser, lockWorkspaces } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';
import { eraseIdentities } from './external/identities.ts';
import { deletePasskeysOf } from './passkeys/store.ts';
import { reauthenticate } from './password-change.ts';
import { deleteFactor } from './second-factor/factor.ts';

/**
 * Deletes the caller's account: erases name, e-mail address and password, ends their sessions, disables their keys, and
 * ends their memberships. Deletes each workspace of which they are the only member.
 * Refuses with CREDENTIALS_INVALID, and with CONFLICT the last owner of a workspace that has other members.
 */
export async function deleteAccount(
  service: Service,
  { caller, request }: Pick<Context, 'request'> & { readonly caller: SessionUserCaller },
  password: string,
): Promise<void> {
  const { writes, credentials, clock, audit } = service.stores;
  const { id, email, passwordHash } = await reauthenticate(service, caller, password, request.address);
  const left = await writes.transaction(caller.session.payer, async (tx) => {
    const all = await lockPersonAndWorkspaces(tx, id);
    const now = new Date(clock());
    await requireLiveSession(tx, service.stores, caller);
    await requirePassword(tx, id, passwordHash);
    const sponsored = new Map<string, EndedSponsorship>();
    for (const workspaceId of all) {
      const others = await otherMembersOf(tx, workspaceId, id);
      if (!others.hasMembers) await deleteWorkspace(tx, workspaceId, now);
      else sponsored.set(workspaceId, await leaveWorkspace(tx, { workspaceId, userId: id, now }, others));
    }
    await erasePerson(tx, id, email, now);
    // The person's former workspaces: the memberships have ended by now.
    for (const workspaceId of all) {
      const actor = { caller: { kind: 'user', userId: id, workspaceId }, request } as const;
      const change = { action: 'auth.deleteAccount', kind: 'user', subject: id } as const;
      const sponsorship = sponsored.get(workspaceId);
      const before = { deletedAt: null, ...sponsorship?.before };
      await audit.record(tx, actor, { ...change, before, after: { deletedAt: now, ...sponsorship?.after } });
    }
    return all;
  });
  for (const workspace of left) credentials.changed({ workspace });
  credentials.changed({ user: id });
}

/** Refuses with CREDENTIALS_INVALID a password that was changed since it was verified. */
async function requirePassword(tx: Db, userId: string, passwordHash: string): Promise<void> {
  const [same] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), eq(users.passwordHash, passwordHash)));
  if (!same) throw new Refusal('CREDENTIALS_INVALID');
}

/** Locks the workspaces of a person, and the person, until the transaction ends. */
async function lockPersonAndWorkspaces(tx: Db, userId: string): Promise<string[]> {
  const idsOf = async () => (await workspacesOf(tx, userId)).map(({ workspace }) => workspace.id).sort();
  const before = await idsOf();
  await lockWorkspaces(tx, before, 'no key update');
  await lockUser(tx, userId, 'update');
  const after = await idsOf();
  // Joining a workspace locks the person too, so nothing can change from this point.
  if (after.some((id) => !before.includes(id)))
    throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'joined a workspace in the meantime');
  return after;
}

/** Refuses with CONFLICT if the person is the last owner. */
async function leaveWorkspace(
  tx: Db,
  { workspaceId, userId, now }: { workspaceId: string; userId: string; now: Date },
  { hasOwners }: { readonly hasOwners: boolean },
): Promise<EndedSponsorship> {
  const mine = (await workspacesOf(tx, userId)).find(({ workspace }) => workspace.id === workspaceId);
  if (mine?.role === 'owner' && !hasOwners) throw new Refusal('CONFLICT');
  return changeMember(tx, { workspaceId, userId, role: null, now });
}

/** Erases what the service knows about a person, and ends everything that they could use. */
async function erasePerson(tx: Db, id: string, email: string, now: Date): Promise<void> {
  /** An email address that cannot exist (RFC 2606 §2), and a hash that no password has. */
  const unusable = `${id}@deleted.invalid`;
  await tx
    .update(users)
    .set({
      email: unusable,
      name: 'Deleted',
      passwordHash: '',
      disabledAt: now,
      deletedAt: now,
      rev: raiseRev(users.rev),
    })
    .where(eq(users.id, id));
  await eraseIdentities(tx, id);
  await deleteFactor(tx, id);
  await deletePasskeysOf(tx, id);
  await tx.update(sessions).set({ address: null, userAgent: null }).where(eq(sessions.userId, id));
  await endSessions(tx, eq(sessions.userId, id), now);
  await tx.update(invitations).set({ email: unusable }).where(eq(invitations.email, email));
  await revokeResetLinks(tx, id, now);
}
