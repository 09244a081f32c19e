import {
  latencies,
  latencyDays,
  latencyHours,
  usage,
  usageDays,
  usageHours,
} from '../../../drizzle/schema/usage.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/durations.ts';

/** The buckets by which calls are counted, in UTC: how long each is, and how long it is kept, in milliseconds. */
export const BUCKETS = {
  minute: { ms: MINUTE_MS, keptMs: 7 * DAY_MS },
  hour: { ms: HOUR_MS, keptMs: 90 * DAY_MS },
  day: { ms: DAY_MS, keptMs: 730 * DAY_MS },
} as const;

/** The tables of each size of bucket. */
export const USAGE_TABLES = { minute: usage, hour: usageHours, day: usageDays } as const;
export const LATENCY_TABLES = { minute: latencies, hour: latencyHours, day: latencyDays } as const;

export type BucketSize = keyof typeof BUCKETS;
export const BUCKET_SIZES = ['minute', 'hour', 'day'] as const satisfies readonly BucketSize[];

/** The beginning of the oldest bucket that is kept, in milliseconds. */
export function oldestRetained(step: BucketSize, now: number): number {
  const { ms, keptMs } = BUCKETS[step];
  return Math.floor((now - keptMs) / ms) * ms;
}
