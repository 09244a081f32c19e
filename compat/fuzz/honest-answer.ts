import type { WireAnswer } from './exchange.ts';
import type { Sample } from './samples.ts';
import { classifyAnswer, reasonIn } from './verdict.ts';

/** Milliseconds: an honest request always gets a response, even on a busy machine. */
export const HONEST_PATIENCE_MS = 20_000;
/** A proxy may find out with one request each that the service closed a connection which it kept. */
const STALE_CONNECTIONS = 5;

/**
 * Sends an honest request, and again while the proxy responds in place of the service.
 * @returns null if it gets its own response
 */
export async function honestAnswer(
  send: () => Promise<WireAnswer | null>,
  sample: Sample,
): Promise<string | null> {
  let words = '';
  for (let tries = 0; tries < STALE_CONNECTIONS; tries++) {
    const answer = await send();
    const verdict = classifyAnswer(answer, sample);
    if (verdict.kind === 'as signed') return null;
    words = verdict.words;
    // The proxy's own page: the request never got a response of the service.
    const own = answer === null || (!(answer.status < 500) && reasonIn(answer.body) === '');
    if (!own) return words;
  }
  return words;
}
