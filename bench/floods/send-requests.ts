import { setTimeout as wait } from 'node:timers/promises';
import { Client } from './client.ts';
import type { Tally } from './outcomes.ts';
import type { Target } from './target.ts';

/** The trusted proxy: a request through it states its client's address in `x-forwarded-for`. */
export const PROXY = '127.0.0.1';
/** An IP address that shares no network with an honest caller. */
export const OWN_ADDRESS = '127.0.20.1';
const PATIENCE_MS = 10_000;

interface RequestLoad {
  readonly connections: number;
  readonly perSecond: number;
  readonly from?: string;
  /** Requests in one write. */
  readonly atOnce?: number;
  /** The bytes of a request, or of all requests in one write. */
  readonly make: (nth: number) => string;
}

/**
 * Sends requests at a pace, as long as the responses keep up: each connection waits for the responses to what it has
 * sent.
 */
export async function sendRequests(
  target: Target,
  tally: Tally,
  stop: AbortSignal,
  { connections, perSecond, from = OWN_ADDRESS, atOnce = 1, make }: RequestLoad,
): Promise<void> {
  const clients = Array.from({ length: connections }, () => new Client(target.port, from, PATIENCE_MS));
  const closeAll = () => {
    for (const client of clients) client.close();
  };
  stop.addEventListener('abort', closeAll);
  const pace = target.perSecond ?? perSecond;
  const begun = performance.now();
  const keepSending = async (client: Client) => {
    while (tally.sent < target.max) {
      const nth = tally.sent;
      const due = begun + (nth * 1000) / pace;
      tally.sent += atOnce;
      const early = due - performance.now();
      if (early > 0) await wait(early);
      if (stop.aborted) break;
      const outcomes = await client.exchange(make(nth), atOnce);
      // Outcomes after the end of the flood say nothing about the service.
      if (!stop.aborted) for (const outcome of outcomes) tally.note(outcome);
    }
  };
  await Promise.all(clients.map(keepSending));
  stop.removeEventListener('abort', closeAll);
  closeAll();
}
