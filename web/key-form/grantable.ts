import { wildcardOf } from '../../shared/permissions.ts';
import { roleHolds } from '../../shared/roles.ts';
import type { Me } from '../session/me.ts';

/**
 * The permissions to offer, by area: those that the user has, an area's wildcard if it has more than one verb, and
 * those that the key already has, so that they can be removed.
 */
export function listGrantable(
  { permissions, workspace: { role } }: Me,
  granted: readonly string[],
): readonly (readonly string[])[] {
  const all = [...new Set([...permissions, ...granted])];
  return [...new Set(all.map(wildcardOf))].map((whole) => {
    const verbs = all.filter((name) => name !== whole && wildcardOf(name) === whole);
    const mayWhole = verbs.length > 1 && role !== null && roleHolds(role, whole);
    return mayWhole || granted.includes(whole) ? [...verbs, whole] : verbs;
  });
}

/**
 * The permissions of a key of which only the name is chosen: the sample call if the user may grant it, otherwise
 * every read permission.
 */
export function defaultPermissions({ permissions }: Me): string[] {
  const [sample] = permissions.filter((name) => name === 'exemple:read');
  return sample ? [sample] : permissions.filter((name) => name.endsWith(':read'));
}
