/**
 * The seconds that a response asks the client to wait (RFC 9110 §10.2.3); null if it does not. A date is compared with the
 * `date` of the same response, because the clock of the client may be wrong.
 */
export function retryAfterOf(headers: Headers): number | null {
  const value = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const sent = Date.parse(headers.get('date') ?? '');
  const seconds = Math.ceil((Date.parse(value) - (Number.isNaN(sent) ? Date.now() : sent)) / 1_000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
