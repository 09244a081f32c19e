import { DAY_MS, HOUR_MS } from '../../shared/durations.ts';
import { type Span, spanBefore, spanOf } from '../charts/ranges.ts';
import { isUtc } from '../ui/filters/utc-time.ts';
import type { UsageSearch } from './usage-search.ts';

/** The days that a reader chose, in UTC and both included: `2026-11-25`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** What a page of usage shows: one of the ranges, or some days. */
export interface Period {
  /** The period in the URL, in the name of a file, and as a cache key. */
  readonly name: string;
  /** Null for a range that ends now. */
  readonly days: Days | null;
  readonly span: (now: number) => Span;
  /** The period of the same length that ends when this one begins. */
  readonly before: (now: number) => Span;
}

/** Days up to which a period is shown by the hour, if the hours are still stored: the service keeps them for 90 days. */
const [HOURLY_DAYS, HOURS_KEPT] = [3, 89];
/** The service keeps the sums of days for two years. */
const DAYS_KEPT = 729;
/** Days that are shown at first. */
const FIRST_DAYS = 7;

const startOf = (day: string): number => (isUtc('day', day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What is wrong with days: malformed or in the wrong order, in the future, or no longer stored. @param now milliseconds */
export function wrongDays({ from, to }: Days, now: number): 'order' | 'future' | 'old' | null {
  const [first, last] = [startOf(from), startOf(to)];
  if (!(first <= last)) return 'order';
  if (last > now) return 'future';
  return now - first > DAYS_KEPT * DAY_MS ? 'old' : null;
}

/** The period that a URL names; if its days are wrong, the last seven. @param now milliseconds */
export function periodOf({ range = '24h', from = '', to = '' }: UsageSearch, now: number): Period {
  if (range !== 'days') {
    return {
      name: range,
      days: null,
      span: (at) => spanOf(range, at),
      before: (at) => spanBefore(range, at),
    };
  }
  const latest = { from: dayOf(now - (FIRST_DAYS - 1) * DAY_MS), to: dayOf(now) };
  const days = wrongDays({ from, to }, now) === null ? { from, to } : latest;
  const [first, end] = [startOf(days.from), startOf(days.to) + DAY_MS];
  const isHourly = end - first <= HOURLY_DAYS * DAY_MS && now - first < HOURS_KEPT * DAY_MS;
  const spanFrom = (begin: number, finish: number): Span => ({
    from: new Date(begin).toISOString(),
    to: new Date(finish).toISOString(),
    step: isHourly ? 'hour' : 'day',
  });
  return {
    name: `${days.from}-${days.to}`,
    days,
    // The hours of today that have not begun are left out.
    span: (at) => spanFrom(first, Math.min(end, Math.ceil((at + 1) / HOUR_MS) * HOUR_MS)),
    before: () => spanFrom(2 * first - end, first),
  };
}
