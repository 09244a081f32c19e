/** The permissions of this service's procedures. `KEYSEAL_PERMISSIONS` adds names of other services. */
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

/** The syntax of a permission's name: `area:verb`, or `area:*` in a grant. */
export const PERMISSION_FORM = /^[a-z][a-z0-9-]{0,31}:(?:[a-z][a-z0-9-]{0,31}|\*)$/;

/** `area:*`, the grant that covers every verb of a permission's area. */
export function wildcardOf(permission: string): string {
  return `${permission.slice(0, permission.indexOf(':'))}:*`;
}

/** Whether grants cover a wanted permission; only `area:*` itself covers a wanted `area:*`. */
export function covers(grants: readonly string[], wanted: string): boolean {
  return grants.includes(wanted) || grants.includes(wildcardOf(wanted));
}
