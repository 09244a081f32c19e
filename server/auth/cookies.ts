/** `__Host-` binds a cookie to exactly this host, Secure and Path=/ (RFC 6265bis §4.1.3.2). */
type HostCookie = `__Host-${string}`;

/** A `set-cookie` line. @param maxAge seconds; 0 makes the browser forget the cookie */
export const hostCookie = (name: HostCookie, value: string, maxAge: number): string =>
  `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=${maxAge}`;

/** The value of a cookie in a `cookie` header; null if it is absent. */
export function cookieOf(header: string | null, name: HostCookie): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
