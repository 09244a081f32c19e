/** The scheme's port, which a client may write or leave out. */
const DEFAULT_PORTS: Record<string, string> = { 'http:': '80', 'https:': '443' };

/**
 * Maps each accepted `host` header, in lowercase, to the authority that is signed for it: the public origin's
 * host and port as the URL standard writes them. Hosts are compared as text and never parsed.
 */
export function publicAuthorities(origins: readonly string[]): ReadonlyMap<string, string> {
  const authorities = new Map<string, string>();
  for (const origin of origins) {
    const { protocol, host, port } = new URL(origin);
    authorities.set(host, host);
    if (port === '') authorities.set(`${host}:${DEFAULT_PORTS[protocol]}`, host);
  }
  return authorities;
}
