import { coalesce } from '../lib/concurrency/coalesce.ts';
import { type Pace, Pacer } from '../lib/concurrency/pacer.ts';

/** More than a few scrapers need, in bursts too. */
const BUILDS: Pace = { perSecond: 50, burst: 200 };

/**
 * Builds a text for many readers, at most so often: readers at the same time share it, and beyond the pace they get the last
 * one, which is then 20 ms old at most. So no reader keeps another from it.
 */
export function pacedText(build: () => Promise<string>): () => Promise<string> {
  const pacer = new Pacer([BUILDS]);
  let last: string | null = null;
  return coalesce(async () => {
    if (last !== null && pacer.take(['text']) > 0) return last;
    last = await build();
    return last;
  });
}
