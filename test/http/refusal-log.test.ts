import { expect, it } from 'vitest';
import { createLogger } from '../../server/app/log.ts';
import { RefusalLog } from '../../server/http/refusal-log.ts';
import { Refusal } from '../../server/lib/refusal.ts';

const CALLS = 500;
/** The lines of a second of calls that one procedure, and that all of them may have at once. */
const [OF_PROCEDURE, OF_ALL] = [10, 50];

/** The lines of a log after calls. @param pathOf of each call */
function linesOf(refusal: Refusal, pathOf: (n: number) => string): string[] {
  const lines: string[] = [];
  const logger = createLogger(
    { logLevel: 'info', logFormat: 'json' },
    { write: (line) => void lines.push(line) },
  );
  const log = new RefusalLog(logger);
  for (let n = 0; n < CALLS; n++) log.record(refusal, `request ${n}`, pathOf(n));
  return lines;
}

it('calls that anyone has refused with 503 do not fill the log', () => {
  const full = new Refusal('UNAVAILABLE', { retryAfter: 1 }, new Error('the queue is full'));
  const lines = linesOf(full, () => 'auth.signIn');
  expect(lines.length).toBeLessThanOrEqual(OF_PROCEDURE + 2);
  expect(lines[0]).toContain('the queue is full');
  expect(linesOf(full, (n) => `own.procedure${n}`).length).toBeLessThanOrEqual(OF_ALL + 5);
});

it('each error of the service itself is logged', () => {
  expect(linesOf(new Refusal('INTERNAL', {}, new Error('a mistake')), () => 'echo')).toHaveLength(CALLS);
});
