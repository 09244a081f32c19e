import { covers } from '../../shared/permissions.ts';
import { roleHolds } from '../../shared/roles.ts';
import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { isFuture } from '../lib/clock.ts';
import { inputRefusal, Refusal } from '../lib/refusal.ts';

/**
 * Checks that callers grant only what they have: a user by their role, a key by its own permissions and its owner's
 * role. A test key cannot create or change a live one.
 * @throws Refusal ESCALATION_DENIED with what is missing
 */
export function checkPrivilegeEscalation(
  caller: KeyCaller | UserCaller,
  permissions: readonly string[],
): void {
  for (const permission of permissions) {
    if (!mayGrant(caller, permission)) throw new Refusal('ESCALATION_DENIED', { missing: permission });
  }
}

function mayGrant(caller: KeyCaller | UserCaller, permission: string): boolean {
  if (caller.kind === 'user') return roleHolds(caller.role, permission);
  const { key } = caller;
  return (
    covers(key.granted, permission) && (key.ownerId === null || roleHolds(key.role ?? 'viewer', permission))
  );
}

/** @throws Refusal ENVIRONMENT_DENIED if a test key acts on a live one */
export function checkKeyEnvironment(caller: KeyCaller | UserCaller, environment: 'live' | 'test'): void {
  if (caller.kind === 'key' && caller.key.environment === 'test' && environment === 'live') {
    throw new Refusal('ENVIRONMENT_DENIED');
  }
}

/** @throws Refusal INPUT_INVALID for a name that is not a permission of this service */
export function checkVocabulary(permissions: readonly string[], vocabulary: readonly string[]): void {
  const areas = new Set(vocabulary.map((name) => name.split(':')[0]));
  const unknown = permissions.findIndex((name) =>
    name.endsWith(':*') ? !areas.has(name.slice(0, -2)) : !vocabulary.includes(name),
  );
  if (unknown >= 0) throw inputRefusal(`permissions.${unknown}`, 'is not a permission of this service');
}

/**
 * @param now milliseconds
 * @throws Refusal INPUT_INVALID if the expiry is not in the future
 */
export function checkAhead(expiresAt: string | null | undefined, now: number): void {
  if (typeof expiresAt === 'string' && !isFuture(Date.parse(expiresAt), now))
    throw inputRefusal('expiresAt', 'must be in the future');
}
