import { isUtc } from '../ui/filters/utc-time.ts';

/** The filters of the list, as the URL of the page keeps them. */
export interface AuditSearch {
  readonly action?: string;
  readonly actor?: string;
  readonly subject?: string;
  /** Days in UTC, such as 2026-11-25; both are included. */
  readonly from?: string;
  readonly to?: string;
}

export const FILTERS = ['action', 'actor', 'subject', 'from', 'to'] as const;

const isKept = (name: (typeof FILTERS)[number], value: unknown): value is string =>
  name === 'from' || name === 'to'
    ? isUtc('day', value)
    : typeof value === 'string' && value !== '' && value.length <= 200;

export function auditSearch(search: Record<string, unknown>): AuditSearch {
  // The router parses an id of digits as a number.
  const texts = FILTERS.map(
    (name) => [name, typeof search[name] === 'number' ? String(search[name]) : search[name]] as const,
  );
  return Object.fromEntries(texts.filter(([name, value]) => isKept(name, value)));
}
