import { covers } from './permissions.ts';

/** The roles of a workspace's members, the highest first. */
export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const EVERYONE = ROLES;
const MAKERS = ['owner', 'admin', 'developer'] as const;
const MANAGERS = ['owner', 'admin'] as const;
const OWNERS = ['owner'] as const;

/**
 * The permissions of each role: they cap a member's keys, and what the member may grant. A permission that has no
 * line here, such as another service's, is decided by its verb.
 */
const ROLES_WITH: Readonly<Record<string, readonly Role[]>> = {
  'members:write': MANAGERS,
  'workspaces:write': MANAGERS,
  'workspaces:delete': OWNERS,
  'audit:read': MANAGERS,
  '…:read': EVERYONE,
  '…:*': MAKERS,
};

/** The roles that have a permission; for a whole area, those that have all of it. */
function rolesWith(permission: string): readonly Role[] {
  const byVerb = ROLES_WITH[permission.endsWith(':read') ? '…:read' : '…:*'] ?? [];
  if (!permission.endsWith(':*')) return ROLES_WITH[permission] ?? byVerb;
  const area = Object.keys(ROLES_WITH).filter((name) => covers([permission], name));
  return byVerb.filter((role) => area.every((name) => ROLES_WITH[name]?.includes(role)));
}

/** Whether a role has a permission; only a role with the whole area has its wildcard. */
export function roleHolds(role: Role, permission: string): boolean {
  return rolesWith(permission).includes(role);
}

/** Whether a role ranks above another: a lower role can neither give it nor change its members. */
export function outranks(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) < ROLES.indexOf(other);
}

/**
 * The permissions of a vocabulary that both the grants and the role cover: what a caller may do in the end.
 * Without a role, nothing.
 */
export function effectivePermissions(
  vocabulary: readonly string[],
  granted: readonly string[],
  role: Role | null,
): string[] {
  return role === null ? [] : vocabulary.filter((name) => covers(granted, name) && roleHolds(role, name));
}
