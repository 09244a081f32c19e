import { formFault } from '../../../shared/form-rules.ts';
import type { HeaderValues } from '../../../shared/request-rules.ts';
import { refusalOfFault } from '../../lib/refusal.ts';
import type { ForwardedClient } from './forwarded.ts';

/** The scheme's port, which a client may write or leave out. */
const DEFAULT_PORTS: Record<string, string> = { 'http:': '80', 'https:': '443' };

/**
 * Maps each accepted `host` header, in lowercase, to the authority that is signed for it: the public origin's
 * host and port as the URL standard writes them. Hosts are compared as strings and never parsed.
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

/** Maps each authority to the schemes of its public origins. */
export function publicSchemes(origins: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const schemes = new Map<string, readonly string[]>();
  for (const origin of origins) {
    const { protocol, host } = new URL(origin);
    schemes.set(host, [...(schemes.get(host) ?? []), protocol.slice(0, -1)]);
  }
  return schemes;
}

/**
 * The authority that is signed for the host of a request.
 * @throws Refusal AUTHORITY_UNKNOWN, which names the host that arrived
 */
export function knownAuthority(
  { host, hostHeader }: ForwardedClient,
  values: HeaderValues,
  authorities: ReadonlyMap<string, string>,
): string {
  const authority = authorities.get(host.toLowerCase());
  if (authority !== undefined) return authority;
  const unread = hostHeader === 'host' ? unreadHostHint(values) : '';
  const message = `is "${printableHost(host)}", which is not the host of a public origin${unread}`;
  throw refusalOfFault(formFault('authority', `headers.${hostHeader}`, 'AUTHORITY_UNKNOWN', message));
}

/** Headers in which some proxies put the host of the caller, and which Keyseal does not read. */
const NEVER_READ = ['forwarded', 'x-original-host', 'x-host'] as const;

/** A hint if a header that is not read may have the right host; empty if there is none. */
function unreadHostHint(values: HeaderValues): string {
  if (values('x-forwarded-host').length > 0)
    return '; x-forwarded-host was not read, since its sender is not one of KEYSEAL_TRUSTED_PROXIES';
  const other = NEVER_READ.find((name) =>
    values(name).some((value) => name !== 'forwarded' || /host=/i.test(value)),
  );
  return other === undefined
    ? ''
    : `; ${other} is not read: the proxy must pass on host, or set x-forwarded-host`;
}

/** Characters of a host in a message: the longest name in DNS with a port (RFC 1035 §2.3.4). */
const MAX_PRINTED = 260;

/** A host for a message: characters that cannot occur in a host are replaced, and what could be a password is left out. */
function printableHost(host: string): string {
  const bare = host.slice(host.lastIndexOf('@') + 1).slice(0, MAX_PRINTED);
  return bare.replace(/[^A-Za-z0-9.:\-_[\]]/g, '?');
}
