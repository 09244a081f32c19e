import { covers } from '../../shared/permissions.ts';
import { roleHolds } from '../../shared/roles.ts';
import type { KeyCaller, UserCaller } from '../gate/caller.ts';
import { isAhead } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';

/**
 * Nobody grants what they do not hold: a person by their role, a key by its own permissions and its owner's
 * role. A test key does not make or change a live one.
 * Refuses with ESCALATION_DENIED and what is missing.
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

/** Refuses with ENVIRONMENT_DENIED where a test key reaches for a live one. */
export function checkKeyEnvironment(caller: KeyCaller | UserCaller, environment: 'live' | 'test'): void {
  if (caller.kind === 'key' && caller.key.environment === 'test' && environment === 'live') {
    throw new Refusal('ENVIRONMENT_DENIED');
  }
}

/** Refuses with INPUT_INVALID what is no permission of this service. */
export function checkVocabulary(permissions: readonly string[], vocabulary: readonly string[]): void {
  const areas = new Set(vocabulary.map((name) => name.split(':')[0]));
  const unknown = permissions.findIndex((name) =>
    name.endsWith(':*') ? !areas.has(name.slice(0, -2)) : !vocabulary.includes(name),
  );
  if (unknown >= 0) throw invalid(`permissions.${unknown}`, 'is not a permission of this service');
}

/** Refuses with INPUT_INVALID an expiry that does not lie ahead. @param now milliseconds */
export function checkAhead(expiresAt: string | null | undefined, now: number): void {
  if (typeof expiresAt === 'string' && !isAhead(Date.parse(expiresAt), now))
    throw invalid('expiresAt', 'must lie ahead');
}

const invalid = (path: string, message: string) =>
  new Refusal('INPUT_INVALID', { issues: [{ path, message }] });
