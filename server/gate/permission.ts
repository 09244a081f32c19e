import { roleHolds } from '../../shared/roles.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Caller } from './caller.ts';

/**
 * @throws Refusal PERMISSION_DENIED with the missing permission; WORKSPACE_DENIED for a person who is not a member,
 *   since a permission is valid within a workspace
 */
export function requirePermission(caller: Caller, permission: string): void {
  if (caller.kind === 'user' && caller.role === null) throw new Refusal('WORKSPACE_DENIED');
  if (!holds(caller, permission)) throw new Refusal('PERMISSION_DENIED', { missing: permission });
}

/**
 * Whether the caller has a permission. A key on behalf of a user needs it in both the key and the user's role: a user
 * adds nothing to a weak key.
 */
export function holds(caller: Caller, permission: string): boolean {
  if (caller.kind === 'session') return false;
  if (caller.kind === 'user') return caller.role !== null && roleHolds(caller.role, permission);
  return (
    caller.key.permissions.has(permission) &&
    (caller.user === null || roleHolds(caller.user.role, permission))
  );
}
