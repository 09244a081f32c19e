import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { Refusal } from '../lib/refusal.ts';
import { checkRestrictions, isPreviousPair, type KeyRestrictions } from './key-restrictions.ts';
import { checkKeyEnvironment, checkPrivilegeEscalation } from './privilege-escalation.ts';
import { requireMayManageServiceKeys } from './service-keys.ts';

/** The attributes of a key that decide who may receive its secrets. */
interface Credential extends KeyRestrictions {
  readonly id: string;
  /** The member to whom the key belongs; null for a service key. */
  readonly ownerId: string | null;
  readonly environment: 'live' | 'test';
  readonly permissions: readonly string[];
  /** The last caller who removed a right from the key without having it themselves; null for none. */
  readonly reducedBy: string | null;
}

/**
 * The one decision on a key's secrets: who may receive them, and who may let their holders do more, or for longer.
 *
 * Only its owner may receive a personal key's secrets, or another key of that owner within what that key allows. Any caller who
 * may make service keys may receive a service key's. Extending another user's key requires the same right as receiving its
 * secrets: the caller would otherwise extend what others can do with secrets that the caller may not see.
 *
 * A caller with the secrets from before a rotation receives no secrets of the key and extends none of its rights: the rotation
 * is meant to end those secrets, and their holder could otherwise keep the key beyond the grace period.
 *
 * @param key the current key if its secrets are received, the changed key if it is extended
 * @throws Refusal ENVIRONMENT_DENIED, PERMISSION_DENIED, or ESCALATION_DENIED with what is missing
 */
export function checkCredentialRight(
  caller: KeyCaller | UserCaller,
  key: Credential,
  use: 'receive' | 'extend',
): void {
  checkKeyEnvironment(caller, key.environment);
  if (key.ownerId === null) requireMayManageServiceKeys(caller);
  else if (personOf(caller) !== key.ownerId) throw new Refusal('ESCALATION_DENIED', { missing: 'ownerId' });
  if (isPreviousPair(caller) && caller.key.id === key.id) {
    throw new Refusal('ESCALATION_DENIED', { missing: 'expiresAt' });
  }
  // Rights that were removed from the key may be restored later: then its secrets become worth more than they are
  // now.
  if (use === 'receive' && key.reducedBy !== null && !isKeyOfCaller(caller, key)) {
    throw new Refusal('ESCALATION_DENIED', { missing: 'ownerId' });
  }
  checkPrivilegeEscalation(caller, key.permissions);
  if (use === 'extend' || !isItself(caller, key)) checkRestrictions(caller, key);
}

/** Whether the caller could receive the key's secrets as the key is now. */
export function mayReceive(caller: KeyCaller | UserCaller, key: Credential): boolean {
  try {
    checkCredentialRight(caller, key, 'receive');
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The user on whose behalf a caller acts; null for a service key. */
export const personOf = (caller: KeyCaller | UserCaller): string | null =>
  caller.kind === 'user' ? caller.userId : caller.key.ownerId;

/** Whether the key is the caller's own: the caller is its owner, an owner of its workspace, or the key itself. */
export function isKeyOfCaller(
  caller: KeyCaller | UserCaller,
  key: Pick<Credential, 'id' | 'ownerId'>,
): boolean {
  if (caller.kind === 'key') return isItself(caller, key);
  return key.ownerId === null ? caller.role === 'owner' : caller.userId === key.ownerId;
}

/** Whether a key calls for itself with its current secrets. */
const isItself = (caller: KeyCaller | UserCaller, { id }: Pick<Credential, 'id'>): boolean =>
  caller.kind === 'key' && caller.key.id === id && !isPreviousPair(caller);
