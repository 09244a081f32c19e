import { LIMIT_NAME, MAX_CALLS, MAX_COST, MAX_WINDOW } from '../../shared/limits.ts';
import { PERMISSION_FORM } from '../../shared/permissions.ts';
import { copyPlainObject } from '../../shared/plain-object.ts';
import type { RouteRequirements } from './options.ts';

/** The kind of value of each property of `RouteRequirements`, and its check. */
const VALUES: Readonly<
  Record<keyof RouteRequirements, readonly [takes: string, isValid: (value: unknown) => boolean]>
> = {
  user: ['true or false', (value) => typeof value === 'boolean'],
  permission: ['a permission, written area:verb', isPermission],
  cost: [`a whole number from 0 to ${MAX_COST}`, (value) => isIntegerWithin(value, 0, MAX_COST)],
  limit: ['an object with a valid name, limit and windowSeconds', isLimit],
};

/**
 * Checks the requirements of a route, so that a mistake in them admits no caller. `{}` accepts any admitted caller.
 * @throws TypeError that names the property and the kind of value that it must have
 */
export function checkRequirements(requirements: RouteRequirements): RouteRequirements {
  const copy = copyPlainObject(requirements, 'The requirements of a guard');
  for (const [name, value] of Object.entries(copy)) {
    if (!Object.hasOwn(VALUES, name)) {
      throw new TypeError(
        `${name} is not a requirement of a guard, which accepts ${Object.keys(VALUES).join(', ')}`,
      );
    }
    const [kind, isValid] = VALUES[name as keyof RouteRequirements];
    if (!isValid(value)) throw new TypeError(`${name} is ${describeValue(value)}: it must be ${kind}`);
  }
  return copy;
}

/** @throws TypeError if it is not a permission that a caller can have */
export function checkPermissionName(permission: string): string {
  return checkRequirements({ permission }).permission as string;
}

function isPermission(value: unknown): boolean {
  return typeof value === 'string' && PERMISSION_FORM.test(value) && !value.endsWith(':*');
}

function isIntegerWithin(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
}

function isLimit(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return false;
  const { name, limit, windowSeconds } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    LIMIT_NAME.test(name) &&
    isIntegerWithin(limit, 1, MAX_CALLS) &&
    isIntegerWithin(windowSeconds, 1, MAX_WINDOW)
  );
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
