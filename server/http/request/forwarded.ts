import { isIP, isIPv4, isIPv6 } from 'node:net';
import { formFault } from '../../../shared/form-rules.ts';
import { plainAddress } from '../../../shared/ip.ts';
import type { HeaderValues } from '../../../shared/request-rules.ts';
import type { AddressList } from '../../lib/address-list.ts';
import { refusalOfFault } from '../../lib/refusal.ts';

/** The client's IP address and the host that it named, as far as proxies are trusted. */
export interface ForwardedClient {
  /** Null if a trusted proxy reports it as unknown. */
  readonly address: string | null;
  /** As sent; compare it with the allowed authorities. */
  readonly host: string;
  /** The header that named the host. */
  readonly hostHeader: 'host' | 'x-forwarded-host';
}

/**
 * Trusts `x-forwarded-for` (read from the right, past trusted proxies) and exactly one `x-forwarded-host`, and only from
 * a trusted peer; without a list no peer is trusted. `forwarded` (RFC 7239) is ignored: a proxy that sets one of the two
 * headers passes on the other one as the client sent it.
 * @throws Refusal REQUEST_MALFORMED for malformed forwarding
 */
export function readForwardedClient(
  peer: string,
  values: HeaderValues,
  trusted: AddressList | null,
): ForwardedClient {
  const host = values('host')[0] ?? '';
  const nearest = plainAddress(peer);
  if (!isTrusted(nearest, trusted)) return { address: nearest, host, hostHeader: 'host' };
  const address = clientHop(nearest, values('x-forwarded-for'), trusted);
  if (address === undefined) throw refusalOfFault(formFault('forwarded-for-form', 'headers.x-forwarded-for'));
  const forwarded = hostOf(values('x-forwarded-host'));
  return forwarded === null
    ? { address, host, hostHeader: 'host' }
    : { address, host: forwarded, hostHeader: 'x-forwarded-host' };
}

/** The IP address of a request's client, or of the peer if forwarding is malformed; null if it is not known. */
export function clientAddress(
  peer: string,
  values: HeaderValues,
  trusted: AddressList | null,
): string | null {
  const nearest = plainAddress(peer);
  const address = clientHop(nearest, values('x-forwarded-for'), trusted);
  return address === undefined ? nearest : address;
}

/** @returns undefined if a hop is malformed */
function clientHop(
  peer: string,
  lines: readonly string[],
  trusted: AddressList | null,
): string | null | undefined {
  const hops = lines.flatMap((line) => line.split(','));
  let address: string | null | undefined = peer;
  while (hops.length > 0 && typeof address === 'string' && isTrusted(address, trusted)) {
    address = readHop((hops.pop() as string).trim());
  }
  return address;
}

/**
 * How a proxy says that it does not know, or does not tell, where a request comes from: not at all, `-`, `unknown` or an obfuscated
 * identifier (RFC 7239 §6), or a Unix socket. An empty element is not skipped: the values to the left of it come from an
 * untrusted sender.
 */
const UNKNOWN = /^(?:|-|unknown(?::\w+)?|_[A-Za-z0-9._-]+(?::\w+)?|unix:.*)$/i;
/** An IPv4 address, or an IPv6 address in brackets, with or without a port. */
const WITH_PORT = /^(?:\[([0-9a-f:.]+(?:%[^\]]*)?)\]|(\d+\.\d+\.\d+\.\d+))(?::\w{1,64})?$/i;

/** Reads one element of `x-forwarded-for`. @returns null for an unknown IP address, undefined if it is not an IP address */
function readHop(hop: string): string | null | undefined {
  const text = hop.replace(/^"(.*)"$/, '$1');
  if (UNKNOWN.test(text)) return null;
  const [, ipv6, ipv4] = WITH_PORT.exec(text) ?? [];
  const address = plainAddress(ipv6 ?? ipv4 ?? text);
  const isValid = ipv4 === undefined ? isIP(address) > 0 : isIPv4(address);
  if (!isValid || (ipv6 !== undefined && isIPv4(ipv6))) return undefined;
  // One spelling for each IP address (RFC 5952), as the URL standard writes it.
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}

function hostOf(lines: readonly string[]): string | null {
  const [host] = lines;
  if (host === undefined) return null;
  if (lines.length > 1 || host.includes(','))
    throw refusalOfFault(formFault('forwarded-host-repeated', 'headers.x-forwarded-host'));
  if (host === '') throw refusalOfFault(formFault('forwarded-host-empty', 'headers.x-forwarded-host'));
  return host;
}

/** Whether an IP address belongs to a trusted proxy; without a list none does. */
export function isTrusted(address: string, trusted: AddressList | null): boolean {
  return trusted?.has(address) ?? false;
}
