import { roleHolds } from '../../../shared/roles.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Caller, KeyCaller } from '../caller/caller.ts';
import { membershipRefusal } from '../caller/membership-refusal.ts';

/**
 * @throws Refusal PERMISSION_DENIED with the missing permission; WORKSPACE_DENIED for a user who is not a member, since a
 *   permission is valid within a workspace
 */
export function requirePermission(caller: Caller, permission: string): void {
  if (caller.kind === 'user' && caller.role === null) throw membershipRefusal(caller.session);
  if (!hasPermission(caller, permission)) throw new Refusal('PERMISSION_DENIED', { missing: permission });
}

/** If their issuer has no `join` rules, only the key decides what a person who is not a member may do. */
function userHasPermission(user: KeyCaller['user'], permission: string): boolean {
  if (user === null || ('identity' in user && user.role === null)) return true;
  return user.role !== null && roleHolds(user.role, permission);
}

/**
 * Whether the caller has a permission. A key on behalf of a user needs it in both the key and the user's role: a user adds no
 * permission to a weak key.
 */
export function hasPermission(caller: Caller, permission: string): boolean {
  if (caller.kind === 'session') return false;
  if (caller.kind === 'user') return caller.role !== null && roleHolds(caller.role, permission);
  return caller.key.permissions.has(permission) && userHasPermission(caller.user, permission);
}
