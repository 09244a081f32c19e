import { Refusal } from '../../lib/refusal.ts';
import type { KeyRecord } from '../../stores/credentials/credential-rows.ts';
import type { Caller } from '../caller/caller.ts';

/**
 * @throws Refusal IP_DENIED if the key does not allow the IP address, or if the key restricts IP addresses and this one is
 *   unknown
 */
export function checkAddress(caller: Caller, address: string | null): void {
  if (caller.kind === 'key' && !allowsAddress(caller.key, address)) throw new Refusal('IP_DENIED');
}

/** Whether a key may be used from an IP address. @param address null if it is not known */
export function allowsAddress({ addresses }: KeyRecord, address: string | null): boolean {
  if (addresses === null) return true;
  return address !== null && addresses.has(address);
}
