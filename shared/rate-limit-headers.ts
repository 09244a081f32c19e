import type { LimitState } from './limits.ts';

/**
 * The fields `ratelimit-policy` and `ratelimit` (draft-ietf-httpapi-ratelimit-headers-10 §3 and §4): for each limit
 * its quota `q` and window `w`, the remaining calls `r`, and the seconds `t` until the next one becomes free. Limit
 * names need no escape in a structured string (RFC 9651 §3.3.3).
 * @param states the states after every call of the request; for each limit the lowest one counts
 * @param now milliseconds
 */
export function rateLimitHeaders(states: readonly LimitState[], now: number): Record<string, string> {
  if (states.length === 0) return {};
  const least = new Map<string, LimitState>();
  for (const state of states) {
    const known = least.get(state.name);
    if (!known || state.remaining < known.remaining) least.set(state.name, state);
  }
  const limits = [...least.values()];
  const seconds = (ms: number) => Math.max(0, Math.ceil((ms - now) / 1000));
  return {
    'ratelimit-policy': limits
      .map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(', '),
    ratelimit: limits
      .map(({ name, remaining, resetAt }) => `"${name}";r=${remaining};t=${seconds(resetAt)}`)
      .join(', '),
  };
}
