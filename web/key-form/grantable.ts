import { wildcardOf } from '../../shared/permissions.ts';
import { roleHolds } from '../../shared/roles.ts';
import type { Me } from '../session/me.ts';

/**
 * What may be granted, by area: what somebody holds, with the whole of an area that has more than one verb, and what a
 * key has already, so that it can be taken away.
 */
export function grantable(
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

/** What a name alone is enough for: the sample call where it may be granted, or else all that reads. */
export function defaultPermissions({ permissions }: Me): string[] {
  const [sample] = permissions.filter((name) => name === 'exemple:read');
  return sample ? [sample] : permissions.filter((name) => name.endsWith(':read'));
}
