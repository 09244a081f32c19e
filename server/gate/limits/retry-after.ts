/** When a refused call can be retried, as a timestamp and in seconds from now. @param at, now unix time in milliseconds */
export function retryAfterReset(at: number, now: number): { resetAt: string; retryAfter: number } {
  return { resetAt: new Date(at).toISOString(), retryAfter: Math.max(1, Math.ceil((at - now) / 1000)) };
}
