import { roleHolds } from '../../shared/roles.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Caller } from './caller.ts';

/**
 * Refuses with PERMISSION_DENIED and what is missing, with WORKSPACE_DENIED whoever does not belong to the workspace:
 * a permission is one within it.
 */
export function requirePermission(caller: Caller, permission: string): void {
  if (caller.kind === 'user' && caller.role === null) throw new Refusal('WORKSPACE_DENIED');
  if (!holds(caller, permission)) throw new Refusal('PERMISSION_DENIED', { missing: permission });
}

/** What the key holds and, beside it, what the user's role holds: a user adds nothing to a weak key. */
export function holds(caller: Caller, permission: string): boolean {
  if (caller.kind === 'session') return false;
  if (caller.kind === 'user') return caller.role !== null && roleHolds(caller.role, permission);
  return (
    caller.key.permissions.has(permission) &&
    (caller.user === null || roleHolds(caller.user.role, permission))
  );
}
