import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/durations.ts';
import type { client } from '../api/service.ts';
import type { RangeName } from './range-names.ts';

/** How calls ended in a range, as `usage.key` and `usage.workspace` return it. */
export type UsageSeries = Awaited<ReturnType<typeof client.usage.key.query>>;
export type UsageStep = UsageSeries['step'];

/** The range in the input of both procedures. */
export interface Span {
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly step: UsageStep;
}

/** Milliseconds of a bucket. */
export const BUCKET_MS: Readonly<Record<UsageStep, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** Each range is a number of buckets, up to the current one. */
const RANGES = {
  '1h': { step: 'minute', steps: 60 },
  '24h': { step: 'hour', steps: 24 },
  '7d': { step: 'day', steps: 7 },
  '30d': { step: 'day', steps: 30 },
} as const satisfies Record<RangeName, { step: UsageStep; steps: number }>;

/** The whole buckets in UTC of a range, at a time. @param now milliseconds */
export function spanOf(name: RangeName, now: number): Span {
  const { step, steps } = RANGES[name];
  const to = (Math.floor(now / BUCKET_MS[step]) + 1) * BUCKET_MS[step];
  return { step, from: new Date(to - steps * BUCKET_MS[step]).toISOString(), to: new Date(to).toISOString() };
}

/** The range of the same length that ends where this one begins. @param now milliseconds */
export function spanBefore(name: RangeName, now: number): Span {
  const { step, steps } = RANGES[name];
  return spanOf(name, now - steps * BUCKET_MS[step]);
}
