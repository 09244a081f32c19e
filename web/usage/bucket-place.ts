import { DAY_MS } from '../../shared/durations.ts';
import { BUCKET_MS, type UsageStep } from '../charts/ranges.ts';

/** Milliseconds for which the request log has single calls. */
const RETENTION_MS = DAY_MS;

/** A beginning and an end in UTC as the request log expects them, or a day that is shown by its hours. */
export type BucketPlace = { readonly from: string; readonly to: string } | { readonly day: string };

/**
 * Where there is more about the calls of a bucket: in the request log, or by the hour of its day. Null if nothing has
 * more. @param now milliseconds
 */
export function placeOfBucket(at: string, step: UsageStep, now: number): BucketPlace | null {
  const begin = Date.parse(at);
  const end = begin + BUCKET_MS[step];
  if (!(begin <= now)) return null;
  if (end > now - RETENTION_MS) return { from: minuteOf(begin), to: minuteOf(end) };
  return step === 'day' ? { day: at.slice(0, 10) } : null;
}

const minuteOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
