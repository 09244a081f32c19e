/**
 * Whether an `if-none-match` matches a representation that exists: `*`, or one or several tags, including weak ones (RFC 9110
 * §13.1.2).
 */
export function etagMatches(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch?.trim() === '*') return true;
  return ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) === true;
}
