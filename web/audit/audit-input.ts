import type { AuditSearch } from './audit-search.ts';

/** The filters of the list as the input of `audit.list`. */
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
