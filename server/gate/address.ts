import { isIPv6 } from 'node:net';
import { Refusal } from '../refusal.ts';
import type { Caller } from './caller.ts';

/** Refuses with IP_DENIED a key that is used from an address that it does not allow. */
export function checkAddress(caller: Caller, address: string): void {
  if (caller.kind !== 'key' || caller.key.addresses === null) return;
  if (!caller.key.addresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) throw new Refusal('IP_DENIED');
}
