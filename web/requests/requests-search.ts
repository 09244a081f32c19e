import { ENVIRONMENTS, type Environment } from '../../shared/key-format.ts';
import { isUtc } from '../ui/filters/utc-time.ts';

/** The filters of the list, as the URL of the page keeps them. */
export interface RequestsSearch {
  readonly requestId?: string;
  readonly key?: string;
  readonly procedure?: string;
  readonly environment?: Environment;
  /** `accepted`, `refused` or a reason. */
  readonly outcome?: string;
  /** Times in UTC, such as 2026-11-25T14:05. */
  readonly from?: string;
  readonly to?: string;
  /** The id of the request whose details are open; no part of the filter. */
  readonly call?: string;
}

export const FIELDS = ['requestId', 'key', 'procedure', 'environment', 'outcome', 'from', 'to'] as const;

/** The longest value of each field that the service accepts. */
export const MAX_LENGTHS = { requestId: 300, key: 64, procedure: 300 } as const;

function isKept(name: (typeof FIELDS)[number], value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  if (name === 'from' || name === 'to') return isUtc('minute', value);
  if (name === 'environment') return ENVIRONMENTS.some((environment) => environment === value);
  return value.length <= (name === 'outcome' ? 64 : MAX_LENGTHS[name]);
}

export function requestsSearch(search: Record<string, unknown>): RequestsSearch {
  // The router parses an id of digits as a number.
  const texts = FIELDS.map(
    (name) => [name, typeof search[name] === 'number' ? String(search[name]) : search[name]] as const,
  );
  const call = typeof search['call'] === 'number' ? String(search['call']) : search['call'];
  const isId = typeof call === 'string' && call !== '' && call.length <= MAX_LENGTHS.requestId;
  return {
    ...Object.fromEntries(texts.filter(([name, value]) => isKept(name, value))),
    ...(isId ? { call } : {}),
  };
}
