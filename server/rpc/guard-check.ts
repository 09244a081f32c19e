import type { GuardTexts, ProcedureGuard } from '../../shared/guard.ts';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { MAX_COST } from '../../shared/limits.ts';
import { PERMISSION_FORM } from '../../shared/permissions.ts';
import { copyPlainObject } from '../../shared/plain-object.ts';
import { REFUSALS } from '../../shared/refusals.ts';

/** Guards that `freezeGuard` made. The gate authorizes calls by these objects, and they cannot be changed. */
const DECLARED = new WeakSet<object>();

/**
 * Copies a guard, so that nothing can change it after the check.
 * @param defaults the members that it has unless it sets them
 * @throws TypeError if it is an object whose properties a check would not see, such as a Promise
 */
export function freezeGuard<G extends object>(guard: G, defaults: Partial<ProcedureGuard> = {}): G {
  const declared: G =
    Object(guard) === guard ? copyPlainObject(guard, 'The guard of a procedure') : { ...guard };
  const whole: G = Object.freeze(Object.assign({ ...defaults }, declared));
  DECLARED.add(whole);
  return whole;
}

type Member =
  | 'access'
  | 'permission'
  | 'environment'
  | 'cost'
  | 'stepUp'
  | 'batch'
  | 'maxInput'
  | keyof GuardTexts;

/** What each value of `access` allows in addition to `access` itself, and what it requires. */
const MEMBERS: Readonly<
  Record<
    ProcedureGuard['access'],
    { readonly allowed: readonly Member[]; readonly required: readonly Member[] }
  >
> = {
  public: { allowed: [], required: [] },
  session: { allowed: [], required: [] },
  user: { allowed: ['permission', 'stepUp'], required: [] },
  any: { allowed: ['permission', 'environment', 'cost', 'stepUp'], required: [] },
  key: { allowed: ['permission', 'environment', 'cost'], required: ['permission'] },
  'key-for-user': { allowed: ['permission', 'environment', 'cost'], required: ['permission'] },
  'key-or-user': { allowed: ['permission', 'environment', 'cost', 'stepUp'], required: ['permission'] },
};
const COMMON_MEMBERS: readonly string[] = [
  'access',
  'batch',
  'maxInput',
  'description',
  'refusals',
  'example',
  'shapes',
] satisfies Member[];

/** The kind of value of each property, and its check. */
const VALUES: Readonly<Record<Member, readonly [takes: string, isValid: (value: unknown) => boolean]>> = {
  access: [`one of ${Object.keys(MEMBERS).join(', ')}`, (value) => isName(value, MEMBERS)],
  permission: ['a permission written as area:verb', isPermission],
  environment: [ENVIRONMENTS.join(' or '), (value) => (ENVIRONMENTS as readonly unknown[]).includes(value)],
  cost: [`a whole number from 0 to ${MAX_COST}`, isCost],
  stepUp: ['true, or nothing', (value) => value === true],
  batch: ['false, or nothing', (value) => value === false],
  maxInput: ['a number of bytes', (value) => Number.isSafeInteger(value) && Number(value) > 0],
  description: ['a string', (value) => typeof value === 'string'],
  refusals: [
    'a list of reasons',
    (value) => Array.isArray(value) && value.every((reason) => isName(reason, REFUSALS)),
  ],
  example: ['{ input, output }', (value) => hasOnly(value, ['input', 'output'])],
  shapes: ['{ input, output }', (value) => hasOnly(value, ['input', 'output'])],
};

/**
 * Checks the guard of a procedure at startup. Types check the same, except in plain JavaScript.
 * @param guard the `meta` of the procedure
 * @throws TypeError that names the procedure and the error
 */
export function checkGuard(name: string, guard: unknown): asserts guard is ProcedureGuard<string> {
  const fail = (what: string): never => {
    throw new TypeError(`The procedure ${name} ${what}.`);
  };
  if (typeof guard !== 'object' || guard === null || !('access' in guard)) return fail('declares no guard');
  if (!DECLARED.has(guard)) fail('must begin with procedure(guard), and must not change its meta');
  const given = new Map(Object.entries(guard));
  const check = (member: Member) => {
    const [takes, isValid] = VALUES[member];
    const value = given.get(member);
    if (!isValid(value)) fail(`has a guard whose ${member} is ${describeValue(value)}: it must be ${takes}`);
  };
  check('access');
  const { allowed, required } = MEMBERS[given.get('access') as ProcedureGuard['access']];
  for (const member of given.keys()) {
    if (!COMMON_MEMBERS.includes(member) && !(allowed as readonly string[]).includes(member)) {
      fail(
        `has a guard with the member ${member}, which access ${describeValue(given.get('access'))} does not take`,
      );
    }
    check(member as Member);
  }
  for (const member of required) check(member);
}

const hasOnly = (value: unknown, members: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).every((name) => members.includes(name));

const isName = (value: unknown, table: object): boolean =>
  typeof value === 'string' && Object.hasOwn(table, value);

function isPermission(value: unknown): boolean {
  return typeof value === 'string' && PERMISSION_FORM.test(value) && !value.endsWith(':*');
}

/** JSON has no -0; as a cost it would be a mistake. */
function isCost(value: unknown): boolean {
  return (
    Number.isSafeInteger(value) && !Object.is(value, -0) && Number(value) >= 0 && Number(value) <= MAX_COST
  );
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  return Object.is(value, -0)
    ? '-0'
    : typeof value === 'object' && value !== null
      ? 'an object'
      : String(value);
}
