import { Refusal } from '../refusal.ts';
import { oldestKept, STEPS, type Step } from '../stores/usage-steps.ts';

/** Points of one answer. */
const MOST_POINTS = 1_500;

/** Whole steps of UTC: `from` is the beginning of the first, `to` the end of the last, in milliseconds. */
export interface Range {
  readonly step: Step;
  readonly from: number;
  readonly to: number;
}

/**
 * The whole steps that a range touches.
 * Refuses with INPUT_INVALID, and says where: a range that is empty or backwards, that has more than 1,500 points, or
 * that begins before what is kept.
 * @param now milliseconds
 */
export function readRange(asked: { from: string; to: string; step: Step }, now: number): Range {
  const { step } = asked;
  const { ms } = STEPS[step];
  const [first, last] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (first >= last) throw wrong('from', 'must lie before to');
  const from = Math.floor(first / ms) * ms;
  const to = Math.ceil(last / ms) * ms;
  const oldest = oldestKept(step, now);
  if (from < oldest) {
    throw wrong(
      'from',
      `must not lie before ${new Date(oldest).toISOString()}, since when this step is kept`,
    );
  }
  if ((to - from) / ms > MOST_POINTS) throw wrong('step', 'makes more than 1,500 points of this range');
  return { step, from, to };
}

const wrong = (path: string, message: string) =>
  new Refusal('INPUT_INVALID', { issues: [{ path, message }] });
