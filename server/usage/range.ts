import { inputRefusal } from '../lib/refusal.ts';
import { BUCKETS, type BucketSize, oldestRetained } from '../stores/usage/usage-buckets.ts';

/** Points of one response. */
const MAX_POINTS = 1_500;
/** Points of one response about several keys: a page of fifty keys has a week by the hour. */
const MAX_POINTS_OF_KEYS = 10_000;

/** Whole buckets in UTC: `from` is the beginning of the first, `to` the end of the last, in milliseconds. */
export interface Range {
  readonly step: BucketSize;
  readonly from: number;
  readonly to: number;
}

/** Buckets that consist of whole buckets of another size, whose counts are written together with theirs. */
const LARGER: Readonly<Record<BucketSize, BucketSize | null>> = { minute: 'hour', hour: 'day', day: null };

/** Splits a range into parts of at most `buckets` buckets. */
export function inParts({ step, from, to }: Range, buckets: number): Range[] {
  const length = buckets * BUCKETS[step].ms;
  return Array.from({ length: Math.ceil((to - from) / length) }, (_, n) => ({
    step,
    from: from + n * length,
    to: Math.min(to, from + (n + 1) * length),
  }));
}

/** The same range in as few buckets as possible. */
export function inLargestBuckets({ step, from, to }: Range): Range[] {
  const larger = LARGER[step];
  if (larger === null) return [{ step, from, to }];
  const { ms } = BUCKETS[larger];
  const [first, last] = [Math.ceil(from / ms) * ms, Math.floor(to / ms) * ms];
  if (first >= last) return [{ step, from, to }];
  const parts = [
    { step, from, to: first },
    ...inLargestBuckets({ step: larger, from: first, to: last }),
    { step, from: last, to },
  ];
  return parts.filter((part) => part.from < part.to);
}

/**
 * The whole buckets that a range touches.
 * @param now milliseconds
 * @throws Refusal INPUT_INVALID with the path, if the range is empty or backwards, has more than 1,500 points, or
 *   begins before the retention period
 */
export function readRange(input: { from: string; to: string; step: BucketSize }, now: number): Range {
  const { step } = input;
  const { ms } = BUCKETS[step];
  const [first, last] = [Date.parse(input.from), Date.parse(input.to)];
  if (first >= last) throw inputRefusal('from', 'must be before to');
  const from = Math.floor(first / ms) * ms;
  const to = Math.ceil(last / ms) * ms;
  const oldest = oldestRetained(step, now);
  if (from < oldest) {
    throw inputRefusal(
      'from',
      `must not be before ${new Date(oldest).toISOString()}, the oldest time that is stored for this step`,
    );
  }
  if ((to - from) / ms > MAX_POINTS) throw inputRefusal('step', 'makes more than 1,500 points of this range');
  return { step, from, to };
}

/** As `readRange`, for several keys, which may have 10,000 points together. */
export function readRangeOf(keys: number, input: Parameters<typeof readRange>[0], now: number): Range {
  const range = readRange(input, now);
  const { step, from, to } = range;
  if (((to - from) / BUCKETS[step].ms) * keys > MAX_POINTS_OF_KEYS)
    throw inputRefusal('step', 'makes more than 10,000 points of this range for this many keys');
  return range;
}
