import { Refusal } from '../lib/refusal.ts';
import type { AuditActor } from '../stores/audit/audit.ts';
import { type ExternalOwner, lockExternalOwners } from '../stores/credentials/external-owners.ts';
import type { Db } from '../stores/database/database.ts';
import {
  lockKeysIn,
  lockSession,
  lockUsers,
  lockWorkspaces,
  type WorkspaceRow,
} from '../stores/database/locks.ts';
import type { Stores } from '../stores/stores.ts';
import type { KeyCaller, SessionUserCaller } from './caller/caller.ts';
import { issuerUserOf, revalidateFromRecords } from './revalidate.ts';
import { checkAddress } from './rights/address.ts';
import { requireFreshProof } from './rights/fresh-proof.ts';
import { requirePermission } from './rights/permission.ts';

/** What a transaction locks in addition to its caller. `lockCaller` takes all locks in a fixed order. */
interface AdditionalLocks {
  /** Whether the transaction changes the workspace or its members. */
  readonly updatesWorkspace?: boolean;
  /** Other workspaces in which no role may change in the meantime. */
  readonly workspaces?: readonly string[];
  /** The account that the transaction changes. */
  readonly userId?: string;
  /** The external owner that the transaction changes or ties a key to; created if there is none. */
  readonly externalId?: string | null | undefined;
  /** Whether it changes that external owner. */
  readonly updatesExternalOwner?: boolean;
  /** Whether it changes all keys tied to it, too. */
  readonly updatesKeysOfExternalOwner?: boolean;
  /** The key that it changes. */
  readonly keyId?: string;
}

interface LockOptions extends AdditionalLocks {
  /** The permission that the procedure's guard requires; null for none. */
  readonly permission: string | null;
  /** Whether the procedure's guard requires a fresh proof. */
  readonly stepUp?: boolean | undefined;
}

/** A caller whose rights cannot be taken away before the transaction ends. */
interface LockedCaller<C> {
  readonly caller: C;
  readonly workspace: WorkspaceRow;
  readonly externalOwner: ExternalOwner | null;
}

/**
 * Reads the caller again inside a transaction and locks what their rights depend on: the workspace (and with it every
 * membership), the account, and the session or the key. A removal that was committed before is visible here, whichever
 * instance committed it; a removal that comes later waits until this transaction ends.
 *
 * Decide by the caller that this returns, never by the one that was admitted. Call it before anything else in the transaction.
 * @throws Refusal as `admit` and `authorize` would refuse the caller now
 */
export async function lockCaller<C extends KeyCaller | SessionUserCaller>(
  tx: Db,
  { credentials, clock }: Pick<Stores, 'credentials' | 'clock'>,
  { caller, request }: AuditActor & { readonly caller: C },
  { permission, stepUp = false, ...additional }: LockOptions,
): Promise<LockedCaller<C>> {
  const workspace = await lockMembership(tx, caller, additional);
  const externalOwner = await lockOwner(tx, caller, additional);
  await lockKeyRows(tx, caller, additional, externalOwner);
  const { workspaceId } = caller;
  const key = caller.kind === 'key' ? await credentials.readKeyInTransaction(tx, caller.key.id) : null;
  const session =
    caller.kind === 'user' ? await credentials.sessionWithin(tx, caller.session.id, workspaceId) : null;
  const person = issuerUserOf(caller);
  const account = person && (await credentials.linked.within(tx, person.account));
  const at = clock();
  const now = revalidateFromRecords(caller, { key, session, account }, at);
  if (permission !== null) requirePermission(now, permission);
  if (stepUp) requireFreshProof(now, at);
  if (!workspace) throw new Refusal('WORKSPACE_DENIED');
  checkAddress(now, request?.address ?? null);
  // Of the same kind as the caller, and with a role if a permission was required.
  return { caller: now as C, workspace, externalOwner };
}

/**
 * Locks a user's session inside a transaction that has locked their account, for procedures that need no workspace.
 * @throws Refusal SESSION_ENDED if the session was ended in the meantime
 */
export async function requireLiveSession(
  tx: Db,
  { credentials, clock }: Pick<Stores, 'credentials' | 'clock'>,
  caller: SessionUserCaller,
): Promise<void> {
  const { session, workspaceId } = caller;
  await lockSession(tx, session.id);
  const record = await credentials.sessionWithin(tx, session.id, workspaceId);
  revalidateFromRecords(caller, { key: null, session: record, account: null }, clock());
}

/** Locks workspaces, accounts and the session. @returns the caller's workspace; null if it was deleted */
async function lockMembership(
  tx: Db,
  caller: KeyCaller | SessionUserCaller,
  { updatesWorkspace = false, workspaces = [], userId }: AdditionalLocks,
): Promise<WorkspaceRow | null> {
  const { workspaceId } = caller;
  const all = [workspaceId, ...workspaces];
  const locked = await lockWorkspaces(tx, all, updatesWorkspace ? 'no key update' : 'share');
  const person = caller.kind === 'key' ? caller.key.ownerId : caller.userId;
  await lockUsers(
    tx,
    new Map([
      ...(person === null ? [] : [[person, 'share'] as const]),
      ...(userId === undefined ? [] : [[userId, 'no key update'] as const]),
    ]),
  );
  if (caller.kind === 'user') await lockSession(tx, caller.session.id);
  return locked.find(({ id }) => id === workspaceId) ?? null;
}

/**
 * Locks the external owners of the calling key and of the change. On Postgres a change of an owner locks all keys that are tied
 * to it, so the calls of these keys wait for it here.
 */
async function lockOwner(
  tx: Db,
  caller: KeyCaller | SessionUserCaller,
  { externalId, updatesExternalOwner = false }: AdditionalLocks,
): Promise<ExternalOwner | null> {
  const callerOwner = caller.kind === 'key' ? caller.key.externalId : null;
  const wanted = new Map([
    ...(callerOwner === null ? [] : [[callerOwner, 'share'] as const]),
    ...(externalId ? [[externalId, updatesExternalOwner ? 'update' : 'share'] as const] : []),
  ]);
  const locked = await lockExternalOwners(tx, caller.workspaceId, wanted);
  return locked.find((owner) => owner.externalId === externalId) ?? null;
}

/** Locks the calling key and the changed keys in one statement, in the order of their ids. */
async function lockKeyRows(
  tx: Db,
  caller: KeyCaller | SessionUserCaller,
  { keyId, updatesKeysOfExternalOwner = false }: AdditionalLocks,
  owner: ExternalOwner | null,
): Promise<void> {
  const callerKey = caller.kind === 'key' ? [caller.key.id] : [];
  const ids = keyId === undefined ? callerKey : [...callerKey, keyId];
  const changes = keyId !== undefined || updatesKeysOfExternalOwner;
  if (ids.length === 0 && !changes) return;
  const which = { ids, externalOwnerId: updatesKeysOfExternalOwner ? owner?.id : undefined };
  await lockKeysIn(tx, caller.workspaceId, which, changes ? 'no key update' : 'share');
}
