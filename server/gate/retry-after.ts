/** What a refusal tells of the moment from which the call is worth making again. @param at, now milliseconds */
export function retryAfterMoment(at: number, now: number): { resetAt: string; retryAfter: number } {
  return { resetAt: new Date(at).toISOString(), retryAfter: Math.max(1, Math.ceil((at - now) / 1000)) };
}
