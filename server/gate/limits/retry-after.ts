/** When a refused call is worth a retry. @param at, now milliseconds */
export function retryAfterReset(at: number, now: number): { resetAt: string; retryAfter: number } {
  return { resetAt: new Date(at).toISOString(), retryAfter: Math.max(1, Math.ceil((at - now) / 1000)) };
}
