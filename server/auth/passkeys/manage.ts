import { and, eq, ne } from 'drizzle-orm';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import { requireLiveSession } from '../../gate/lock-caller.ts';
import { isoOf, isoOrEpoch } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import { recordForAllWorkspaces } from '../../membership/audit-all-workspaces.ts';
import { endSessions } from '../../stores/credentials/sessions.ts';
import { lockUser } from '../../stores/database/locks.ts';
import type { Stores } from '../../stores/stores.ts';
import { type AccountProof, type UserContext, withProof } from '../second-factor/proof.ts';
import { deletePasskey, endSessionsOf, type Passkey, passkeysOf, updatePasskey } from './store.ts';

/** A passkey as its owner sees it. */
export const viewOfPasskey = ({ id, name, backedUp, createdAt, lastUsedAt, disabledAt }: Passkey) => ({
  id,
  name,
  backedUp,
  createdAt: isoOrEpoch(createdAt),
  lastUsedAt: isoOf(lastUsedAt),
  // A passkey counts as disabled even if the time of disabling cannot be read.
  disabledAt: disabledAt && isoOrEpoch(disabledAt),
});

/** The passkeys of the caller's account. */
export const listPasskeys = async ({ service, caller }: UserContext) => ({
  items: await listPasskeysOf(service.stores, caller.userId),
});

/** The passkeys of a user, for an operator. */
export async function listPasskeysOf({ database }: Pick<Stores, 'database'>, userId: string) {
  return (await passkeysOf(database.db, userId)).map(viewOfPasskey);
}

/** Renames a passkey of the caller's account. The audit record has the time, not the name. Refuses with NOT_FOUND. */
export async function renamePasskey(
  { service, caller, request }: UserContext,
  { id, name }: Pick<Passkey, 'id' | 'name'>,
): Promise<Passkey> {
  const { stores } = service;
  const { userId } = caller;
  return stores.writes.transaction(caller.session.payer, async (tx) => {
    await lockUser(tx, userId, 'no key update');
    await requireLiveSession(tx, stores, caller);
    const renamed = await updatePasskey(tx, { userId, id }, { name });
    if (!renamed) throw new Refusal('NOT_FOUND');
    const states = { before: {}, after: { renamedAt: new Date(stores.clock()) } };
    const change = { action: 'passkeys.rename', kind: 'passkey', subject: id, ...states } as const;
    await recordForAllWorkspaces(tx, stores.audit, { userId, request }, change);
    return renamed;
  });
}

/**
 * Removes a passkey of the caller's account, and ends the other sessions that began with it, at once on every instance.
 * Refuses as `withProof`, and with NOT_FOUND.
 */
export async function removePasskey(
  ctx: UserContext,
  { id, ...proof }: AccountProof & { readonly id: string },
): Promise<void> {
  const { caller, request, service } = ctx;
  const { audit, credentials } = service.stores;
  const { userId, session } = caller;
  await withProof(ctx, proof, async (tx, { now, used }) => {
    const gone = await deletePasskey(tx, { userId, id });
    if (!gone) throw new Refusal('NOT_FOUND');
    const others = and(eq(sessions.passkeyId, id), ne(sessions.id, session.id));
    await endSessions(tx, and(eq(sessions.userId, userId), others), now);
    const states = { before: { userId, removedAt: null }, after: { userId, removedAt: now, ...used } };
    const change = { action: 'passkeys.remove', kind: 'passkey', subject: id, ...states } as const;
    await recordForAllWorkspaces(tx, audit, { userId, request }, change);
  });
  credentials.changed({ user: userId });
}

/**
 * Removes a passkey of a user, and ends the sessions that began with it, for an operator.
 * @returns false if the account does not have it
 */
export async function removePasskeyOf(
  { database, clock, audit, credentials }: Pick<Stores, 'database' | 'clock' | 'audit' | 'credentials'>,
  userId: string,
  id: string,
): Promise<boolean> {
  const removed = await database.db.transaction(async (tx) => {
    await lockUser(tx, userId, 'no key update');
    if (!(await deletePasskey(tx, { userId, id }))) return false;
    const now = new Date(clock());
    await endSessionsOf(tx, { userId, id }, now);
    const states = { before: { userId, removedAt: null }, after: { userId, removedAt: now } };
    const change = { action: 'users.removePasskey', kind: 'passkey', subject: id, ...states } as const;
    await recordForAllWorkspaces(tx, audit, { userId, request: null }, change);
    return true;
  });
  if (removed) credentials.changed({ user: userId });
  return removed;
}
