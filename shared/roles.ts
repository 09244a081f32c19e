import { covers } from './permissions.ts';

/** The roles of a workspace's members. */
export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const everything = () => true;

/** What each role holds: the cap of a member's keys, and the ceiling of what the member grants. */
const HOLDS: Record<Role, (permission: string) => boolean> = {
  owner: everything,
  admin: everything,
  developer: everything,
  viewer: (permission) => permission.endsWith(':read'),
};

/** Whether a role holds a permission; a wildcard is held only by a role that holds the whole area. */
export function roleHolds(role: Role, permission: string): boolean {
  return HOLDS[role](permission);
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
