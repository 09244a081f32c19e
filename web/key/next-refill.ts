/**
 * When the next day or month begins in UTC, and with it the next refill. @param now milliseconds @returns
 * milliseconds
 */
export function nextRefill(every: 'day' | 'month', now: number): number {
  const at = new Date(now);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return every === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1);
}
