import { covers } from '../../shared/permissions.ts';

/** Which permission each procedure of the service needs; null if none. */
export type Needs = ReadonlyMap<string, string | null>;

/** How often a key called a procedure. */
interface Calls {
  readonly procedure: string;
  readonly accepted: number;
}

/**
 * The permissions of a key that none of its accepted calls needed. A permission that no procedure of this service needs
 * is left out: other services ask `verify` for it, which records no permission.
 */
export function unusedPermissions(
  held: readonly string[],
  calls: readonly Calls[],
  needs: Needs,
): readonly string[] {
  const used = calls.filter(({ accepted }) => accepted > 0).map(({ procedure }) => needs.get(procedure));
  const known = [...needs.values()].filter((need) => need !== null);
  return held.filter((permission) => {
    const isOf = (wanted: string | null | undefined) =>
      typeof wanted === 'string' && covers([permission], wanted);
    return known.some(isOf) && !used.some(isOf);
  });
}
