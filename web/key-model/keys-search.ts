import { ENVIRONMENTS, type Environment } from '../../shared/key-format.ts';
import type { ConsoleKey } from './key.ts';

export const STATUSES = [
  'active',
  'disabled',
  'expired',
  'revoked',
] as const satisfies ConsoleKey['status'][];
export const SORTS = ['newest', 'oldest', 'name', 'lastUsed'] as const;

/** Filter and order of the keys, as the URL of the page keeps them. */
export interface KeysSearch {
  readonly search?: string | undefined;
  readonly status?: ConsoleKey['status'] | undefined;
  readonly environment?: Environment | undefined;
  /** `newest` by default. */
  readonly sort?: (typeof SORTS)[number] | undefined;
  /** Only active keys to which the finding of this name applies: `findingOf` reads it, outside of the first script. */
  readonly finding?: string | undefined;
  /** Opens the form for a new key. */
  readonly create?: true | undefined;
}

const among = <T>(values: readonly T[], text: unknown): T | undefined =>
  values.find((value) => value === text);

/** Characters that the service searches by. */
export const MAX_SEARCH_LENGTH = 100;

/** A string from a URL: the router parses digits and words such as `true` as JSON. */
const searchText = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value)
    ? String(value).replaceAll('\0', '').slice(0, MAX_SEARCH_LENGTH) || undefined
    : undefined;

/** Parses the parameters of a URL, and ignores unknown ones. */
export function readKeysSearch({
  search,
  status,
  environment,
  sort,
  finding,
  create,
}: Record<string, unknown>): KeysSearch {
  return {
    search: searchText(search),
    status: among(STATUSES, status),
    environment: among(ENVIRONMENTS, environment),
    sort: among(SORTS.slice(1), sort),
    finding: searchText(finding),
    create: create === true || undefined,
  };
}
