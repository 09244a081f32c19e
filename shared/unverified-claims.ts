/**
 * The claims of a JWT, of which nothing is verified: for what a client reads in its own token, and to select what is then
 * verified with the token. Strings outside ASCII are not decoded.
 * @param token three parts in base64url (RFC 7519 §3)
 * @throws SyntaxError, or DOMException, if the payload is not JSON in base64url
 */
export function unverifiedClaims(token: string): Readonly<Record<string, unknown>> {
  const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
  return Object(JSON.parse(atob(payload)));
}
