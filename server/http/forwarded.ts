import { isIP } from 'node:net';
import { plainAddress } from '../../shared/ip.ts';
import type { HeaderValues } from '../../shared/request-rules.ts';
import type { AddressList } from '../lib/address-list.ts';
import { Refusal } from '../lib/refusal.ts';

/** The client's address and the host it named, as far as proxies are trusted. */
export interface Origin {
  readonly address: string;
  /** As sent; compare it with the allowed authorities. */
  readonly host: string;
}

/**
 * Trusts `x-forwarded-for` (read from the right, past trusted proxies) and exactly one
 * `x-forwarded-host`, and only from a trusted peer; without a list no peer is trusted. `forwarded` (RFC 7239) is ignored.
 * Refuses malformed forwarding with REQUEST_MALFORMED.
 */
export function readOrigin(peer: string, values: HeaderValues, trusted: AddressList | null): Origin {
  const host = values('host')[0] ?? '';
  const nearest = plainAddress(peer);
  if (!isTrusted(nearest, trusted)) return { address: nearest, host };
  return {
    address: clientOf(nearest, values('x-forwarded-for'), trusted),
    host: hostOf(values('x-forwarded-host')) ?? host,
  };
}

function clientOf(peer: string, lines: readonly string[], trusted: AddressList | null): string {
  const hops = lines.flatMap((line) => line.split(','));
  let address = peer;
  while (hops.length > 0 && isTrusted(address, trusted)) {
    address = plainAddress((hops.pop() as string).trim());
    if (!isIP(address)) throw new Refusal('REQUEST_MALFORMED');
  }
  return address;
}

function hostOf(lines: readonly string[]): string | null {
  const [host] = lines;
  if (host === undefined) return null;
  if (lines.length > 1 || host === '' || host.includes(',')) throw new Refusal('REQUEST_MALFORMED');
  return host;
}

/** Whether an address is a trusted proxy's; without a list none is. */
export function isTrusted(address: string, trusted: AddressList | null): boolean {
  return trusted?.has(address) ?? false;
}
