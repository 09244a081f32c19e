import { coalesce } from '../lib/concurrency/coalesce.ts';
import { type Pace, Pacer } from '../lib/concurrency/pacer.ts';

/** More than a few scrapers need, even in bursts. */
const BUILDS: Pace = { perSecond: 50, burst: 200 };

/**
 * Builds a text for many readers at a limited rate: concurrent readers share it, and above the rate they wait together for the
 * next one, 20 ms at most. So no reader blocks another, and none gets an outdated text.
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
