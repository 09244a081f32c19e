import { roleHolds } from '../../shared/roles.ts';
import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { Refusal } from '../lib/refusal.ts';

/** The permission that a user needs to create a key that outlives their own membership. */
const NEEDED = 'workspaces:write';

/**
 * No live role caps a service key. So only a user who manages the workspace, or another service key, may create one, extend one
 * or see its new secrets. @throws Refusal PERMISSION_DENIED for a user, ESCALATION_DENIED for a user's key
 */
export function requireMayManageServiceKeys(caller: KeyCaller | UserCaller): void {
  if (caller.kind === 'key') {
    if (caller.key.ownerId !== null) throw new Refusal('ESCALATION_DENIED', { missing: 'service' });
  } else if (!roleHolds(caller.role, NEEDED)) throw new Refusal('PERMISSION_DENIED', { missing: NEEDED });
}

/**
 * The owner of a new key; null for a service key.
 * @throws Refusal as `requireMayManageServiceKeys`
 */
export function ownerOf(caller: KeyCaller | UserCaller, service: boolean | undefined): string | null {
  if (service !== true) return caller.kind === 'user' ? caller.userId : caller.key.ownerId;
  requireMayManageServiceKeys(caller);
  return null;
}
