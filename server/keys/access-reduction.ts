import { isWithin } from '../../shared/ip.ts';
import type { Limit } from '../../shared/limits.ts';
import { covers } from '../../shared/permissions.ts';
import type { CreditPolicy } from '../stores/limits/credit-policy.ts';
import type { KeyRow } from './find.ts';
import type { UpdateKeyInput } from './schemas.ts';

/** How a value compares with the previous one: the key may do less, the same, or something else. */
type Comparison = 'narrower' | 'same' | 'other';

/** The fields of an update that decide what a key may do. */
type Field = Exclude<keyof UpdateKeyInput, 'id' | 'name' | 'metadata'>;

/** For each field, how a new value compares with the current one. */
const CHANGE: {
  readonly [F in Field]: (row: KeyRow, value: Exclude<UpdateKeyInput[F], undefined>) => Comparison;
} = {
  // Enabling is never harmless: another user may have disabled the key.
  enabled: (_, enabled) => (enabled ? 'other' : 'narrower'),
  permissions: ({ permissions }, wanted) => compareSets(permissions, wanted, (one, all) => covers(all, one)),
  authorities: ({ authorities }, wanted) => compareSets(authorities, wanted, (one, all) => all.includes(one)),
  allowedAddresses: ({ allowedAddresses }, wanted) =>
    compareSets(anywhere(allowedAddresses), anywhere(wanted), isWithin),
  expiresAt: ({ expiresAt }, wanted) =>
    compareNumbers(
      expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
      wanted === null ? Number.POSITIVE_INFINITY : Date.parse(wanted),
    ),
  externalId: ({ externalId }, wanted) => (externalId === wanted ? 'same' : 'other'),
  limits: ({ limits }, wanted) => compareLimits(limits, wanted),
  credits: ({ credits }, wanted) => compareCredits(credits, wanted),
};

function changesOf(row: KeyRow, input: UpdateKeyInput): Comparison[] {
  return (Object.keys(CHANGE) as Field[]).flatMap((field) =>
    input[field] === undefined ? [] : [CHANGE[field](row, input[field] as never)],
  );
}

/** Whether an update lets a key do more, or something else, than before. */
export const widensAccess = (row: KeyRow, input: UpdateKeyInput): boolean =>
  changesOf(row, input).includes('other');

/**
 * Whether an update only narrows a key: then `keys:write` is enough for it. An update that changes nothing does not count.
 */
export function narrowsAccess(row: KeyRow, input: UpdateKeyInput): boolean {
  const changes = changesOf(row, input);
  return changes.includes('narrower') && !changes.includes('other');
}

/** @param has whether a value is covered by a list */
function compareSets(
  before: readonly string[],
  after: readonly string[],
  has: (one: string, all: readonly string[]) => boolean,
): Comparison {
  if (!after.every((one) => has(one, before))) return 'other';
  return before.every((one) => has(one, after)) ? 'same' : 'narrower';
}

const ANYWHERE = ['0.0.0.0/0', '::/0'] as const;
const anywhere = (addresses: readonly string[]): readonly string[] =>
  addresses.length === 0 ? ANYWHERE : addresses;

/** Compares two amounts of which a smaller one grants less. NaN is 'other'. */
function compareNumbers(before: number, after: number): Comparison {
  if (after === before) return 'same';
  return after < before ? 'narrower' : 'other';
}

/** Compares limits: each old limit must be kept or lowered, and new ones narrow too. */
export function compareLimits(before: readonly Limit[], after: readonly Limit[]): Comparison {
  const changes = before.map(({ name, windowSeconds, limit }) => {
    const kept = after.find((one) => one.name === name && one.windowSeconds === windowSeconds);
    return kept ? compareNumbers(limit, kept.limit) : 'other';
  });
  if (changes.includes('other')) return 'other';
  return after.length > before.length || changes.includes('narrower') ? 'narrower' : 'same';
}

export function compareCredits(before: CreditPolicy | null, after: CreditPolicy | null): Comparison {
  if (after === null) return before === null ? 'same' : 'other';
  if (before === null) return 'narrower';
  const changes = [
    compareNumbers(before.remaining, after.remaining),
    compareRefills(before.refill, after.refill),
  ];
  if (changes.includes('other')) return 'other';
  return changes.includes('narrower') ? 'narrower' : 'same';
}

function compareRefills(before: CreditPolicy['refill'], after: CreditPolicy['refill']): Comparison {
  if (!after) return before ? 'narrower' : 'same';
  if (before?.every !== after.every) return 'other';
  return compareNumbers(before.amount, after.amount);
}
