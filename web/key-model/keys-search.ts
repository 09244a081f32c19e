import { ENVIRONMENTS, type Environment } from '../../shared/key-format.ts';
import type { ConsoleKey } from './key.ts';

export const STATUSES = [
  'active',
  'disabled',
  'expired',
  'revoked',
] as const satisfies ConsoleKey['status'][];
export const SORTS = ['newest', 'oldest', 'name', 'lastUsed'] as const;
export { ENVIRONMENTS };

/** Which keys are shown, and in which order, as the address of the page says it. */
export interface KeysSearch {
  readonly search?: string | undefined;
  readonly status?: ConsoleKey['status'] | undefined;
  readonly environment?: Environment | undefined;
  /** `newest` without it. */
  readonly sort?: (typeof SORTS)[number] | undefined;
}

const among = <T>(values: readonly T[], asked: unknown): T | undefined =>
  values.find((value) => value === asked);

/** Characters that the service searches by. */
export const MOST_SEARCHED = 100;

/** Text of an address: digits alone and words such as `true` arrive as what they are in JSON. */
const textOf = (asked: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof asked)
    ? String(asked).replaceAll('\0', '').slice(0, MOST_SEARCHED) || undefined
    : undefined;

/** What of an address is understood; the rest is as if it were not there. */
export function readKeysSearch({ search, status, environment, sort }: Record<string, unknown>): KeysSearch {
  return {
    search: textOf(search),
    status: among(STATUSES, status),
    environment: among(ENVIRONMENTS, environment),
    sort: among(SORTS.slice(1), sort),
  };
}

/** Whether only some of the keys are asked for. */
export const isFiltered = ({ search, status, environment }: KeysSearch): boolean =>
  Boolean(search?.trim() || status || environment);
