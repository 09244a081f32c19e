import { roleHolds } from '../../shared/roles.ts';
import type { KeyCaller, UserCaller } from '../gate/caller.ts';
import { Refusal } from '../lib/refusal.ts';

/** What a person needs to make a key that outlives their own membership. */
const NEEDED = 'workspaces:write';

/**
 * A key that belongs to the workspace is capped by nobody's live role. So it is made, given more or shown anew only by
 * a person who manages the workspace, or by another such key.
 * Refuses with PERMISSION_DENIED a person, with ESCALATION_DENIED a person's key.
 */
export function checkService(caller: KeyCaller | UserCaller): void {
  if (caller.kind === 'key') {
    if (caller.key.ownerId !== null) throw new Refusal('ESCALATION_DENIED', { missing: 'service' });
  } else if (!roleHolds(caller.role, NEEDED)) throw new Refusal('PERMISSION_DENIED', { missing: NEEDED });
}

/** Whose a new key is; null where it belongs to the workspace. Refuses as `checkService` does. */
export function ownerOf(caller: KeyCaller | UserCaller, service: boolean | undefined): string | null {
  if (service !== true) return caller.kind === 'user' ? caller.userId : caller.key.ownerId;
  checkService(caller);
  return null;
}
