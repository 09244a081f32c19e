import type { LimitState } from '../../../shared/limits.ts';
import type { Clock } from '../../lib/clock.ts';
import { Pacer } from '../../lib/concurrency/pacer.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Caller } from '../caller/caller.ts';
import { retryAfterReset } from './retry-after.ts';

/** A user may have several sessions. Together they may make at most twice as many calls as one. */
const PERSON_TO_SESSION_RATIO = 2;
const WINDOW_SECONDS = 60;

/**
 * Limits the calls of sessions, which have no limits of their own as keys do. It keeps one user's machine from starving other
 * workspaces. Each instance counts by itself, without a query.
 */
export class SessionRateLimit {
  readonly #clock: Clock;
  readonly #pacer: Pacer;
  readonly #limits: Record<'person' | 'session', { readonly name: string; readonly limit: number }>;

  /** @param callsPerMinute calls a minute of one session, which may come in a single burst */
  constructor(callsPerMinute: number, clock: Clock) {
    this.#clock = clock;
    const [person, session] = [
      { name: 'person', limit: PERSON_TO_SESSION_RATIO * callsPerMinute },
      { name: 'session', limit: callsPerMinute },
    ];
    this.#limits = { person, session };
    this.#pacer = new Pacer(
      [person, session].map(({ limit }) => ({ perSecond: limit / WINDOW_SECONDS, burst: limit })),
    );
  }

  /**
   * @param onLimits called with the limit that resets last, if the call is refused
   * @throws Refusal RATE_LIMITED if the caller's session, or the session's user, called too often
   */
  take(caller: Caller | null, onLimits: (states: readonly LimitState[]) => void): void {
    if (caller === null || caller.kind === 'key') return;
    const { userId, id } = caller.session;
    const wait = this.#pacer.take([userId, id]);
    if (wait === 0) return;
    const now = this.#clock();
    const resetAt = now + Math.ceil(wait);
    const [ofPerson = 0, ofSession = 0] = this.#pacer.waits([userId, id]);
    const { name, limit } = this.#limits[ofPerson > ofSession ? 'person' : 'session'];
    onLimits([{ name, limit, windowSeconds: WINDOW_SECONDS, remaining: 0, resetAt }]);
    throw new Refusal('RATE_LIMITED', { limit, remaining: 0, ...retryAfterReset(resetAt, now) });
  }
}
