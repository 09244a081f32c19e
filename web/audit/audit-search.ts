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

/** The same as the input of `audit.list`. */
export function askedOf({ action, actor, subject, from, to }: AuditSearch) {
  return {
    ...(action ? { action } : {}),
    ...(actor ? { actorId: actor } : {}),
    ...(subject ? { subject } : {}),
    ...(from ? { from: beginningOf(from, 0) } : {}),
    ...(to ? { to: beginningOf(to, 1) } : {}),
  };
}

/** The start of the day that is `later` days later, in UTC. */
function beginningOf(day: string, later: number): string {
  const at = new Date(`${day}T00:00Z`);
  at.setUTCDate(at.getUTCDate() + later);
  return at.toISOString();
}
