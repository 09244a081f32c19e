import { isIPv6 } from 'node:net';
import { Refusal } from '../lib/refusal.ts';
import type { KeyRecord } from '../stores/credentials/credential-rows.ts';
import type { Caller } from './caller.ts';

/** Refuses with IP_DENIED a key that is used from an address that it does not allow, or from one that is not known. */
export function checkAddress(caller: Caller, address: string | null): void {
  if (caller.kind === 'key' && !allowsAddress(caller.key, address)) throw new Refusal('IP_DENIED');
}

/** Whether a key may be used from an address; null is one that is not known. */
export function allowsAddress({ addresses }: KeyRecord, address: string | null): boolean {
  if (addresses === null) return true;
  return address !== null && addresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** An IPv4 address that a dual-stack socket shows as IPv6 is the IPv4 address; a zone (RFC 4007 §11) is ours alone. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '');
}
