/** What the procedures of this service ask for. `KEYSEAL_PERMISSIONS` adds names of other services. */
export const PERMISSIONS = [
  'keys:read',
  'keys:write',
  'requests:verify',
  'members:read',
  'members:write',
  'workspaces:write',
  'workspaces:delete',
  'usage:read',
  'audit:read',
  'exemple:read',
  'echo:write',
  'profile:read',
  'clock:read',
  'upload:write',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** The form of a permission's name: `area:verb`, or `area:*` where it is granted. */
export const PERMISSION_FORM = /^[a-z][a-z0-9-]{0,31}:(?:[a-z][a-z0-9-]{0,31}|\*)$/;

/** `area:*`, the grant that covers every verb of a permission's area. */
export function wildcardOf(permission: string): string {
  return `${permission.slice(0, permission.indexOf(':'))}:*`;
}

/** Whether what is held covers `wanted`; an `area:*` that is wanted is covered by itself alone. */
export function covers(held: readonly string[], wanted: string): boolean {
  return held.includes(wanted) || held.includes(wildcardOf(wanted));
}
