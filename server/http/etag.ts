/** Whether an `if-none-match` matches: one tag or several, weak ones too (RFC 9110 §13.1.2). */
export function etagMatches(etag: string, ifNoneMatch: string | undefined): boolean {
  return ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) === true;
}
