import { coalesce } from '../lib/concurrency/coalesce.ts';
import { type Pace, Pacer } from '../lib/concurrency/pacer.ts';

/** More than a few scrapers need, in bursts too. */
const BUILDS: Pace = { perSecond: 50, burst: 200 };

/**
 * Builds a text for many readers, at most so often: readers at the same time share it, and beyond the pace they wait together
 * for the next one, 20 ms at most. So no reader keeps another from it, and none gets an old one.
 */
export function pacedText(build: () => Promise<string>): () => Promise<string> {
  const pacer = new Pacer([BUILDS]);
  return coalesce(async () => {
    for (let wait = pacer.take(['text']); wait > 0; wait = pacer.take(['text'])) {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    return build();
  });
}
