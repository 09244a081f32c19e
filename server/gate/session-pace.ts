import { Pacer } from '../fairness/pacer.ts';
import { Refusal } from '../refusal.ts';
import type { Caller } from './caller.ts';

/** A person has several sessions; together they make at most twice as many calls as one. */
const OF_PERSON = 2;

/**
 * Limits the calls of sessions, which have no limits of their own as keys have: a person who sends whatever their
 * machine can send does not take the instance from other workspaces. It is counted by each instance, without a query.
 */
export class SessionPace {
  readonly #pacer: Pacer;

  /** @param callsPerMinute of one session; as many may come at once */
  constructor(callsPerMinute: number) {
    const perSecond = callsPerMinute / 60;
    this.#pacer = new Pacer([
      { perSecond: OF_PERSON * perSecond, burst: OF_PERSON * callsPerMinute },
      { perSecond, burst: callsPerMinute },
    ]);
  }

  /** @throws Refusal RATE_LIMITED a caller whose session, or whose person, called too often */
  take(caller: Caller | null): void {
    if (caller === null || caller.kind === 'key') return;
    const { userId, id } = caller.session;
    const wait = this.#pacer.take([userId, id]);
    if (wait > 0) throw new Refusal('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
  }
}
