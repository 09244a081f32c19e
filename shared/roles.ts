import { covers } from './permissions.ts';

/** The roles of a workspace's members. */
export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What is for those alone who run the workspace; of everything else a developer may do all, a viewer read all. */
const RESERVED: Readonly<Record<string, readonly Role[]>> = {
  'members:write': ['owner', 'admin'],
  'workspaces:write': ['owner', 'admin'],
  'workspaces:delete': ['owner'],
  'audit:read': ['owner', 'admin'],
};

const reserved = (permission: string): readonly Role[] | undefined => {
  if (!permission.endsWith(':*')) return RESERVED[permission];
  // A wildcard is held by those who hold the whole area.
  const area = Object.keys(RESERVED).filter((name) => covers([permission], name));
  return area.length === 0
    ? undefined
    : ROLES.filter((role) => area.every((name) => RESERVED[name]?.includes(role)));
};

/** What each role holds of what is not reserved: the cap of a member's keys, the ceiling of what they grant. */
const HOLDS: Record<Role, (permission: string) => boolean> = {
  owner: () => true,
  admin: () => true,
  developer: () => true,
  viewer: (permission) => permission.endsWith(':read'),
};

/** Whether a role holds a permission; a wildcard is held only by a role that holds the whole area. */
export function roleHolds(role: Role, permission: string): boolean {
  return reserved(permission)?.includes(role) ?? HOLDS[role](permission);
}

/**
 * The names of a vocabulary that both a grant and a role cover: what a caller may do in the end.
 * Without a role, nothing.
 */
export function effective(
  vocabulary: readonly string[],
  granted: readonly string[],
  role: Role | null,
): string[] {
  return role === null ? [] : vocabulary.filter((name) => covers(granted, name) && roleHolds(role, name));
}
