/** Whether a client has what an `if-none-match` names: one tag or several, weak ones too (RFC 9110 §13.1.2). */
export function etagMatches(etag: string, ifNoneMatch: string | undefined): boolean {
  return ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) === true;
}
