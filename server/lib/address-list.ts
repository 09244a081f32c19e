import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * IP addresses and networks to look addresses up in. Each family has its own list: Node's `BlockList` treats an IPv4 address as
 * part of the IPv6 network `::ffff:0:0/96`, so that `::/0` would contain every IPv4 address.
 */
export class AddressList {
  readonly #v4 = new BlockList();
  readonly #v6 = new BlockList();

  /** The entries that the list was made of. */
  readonly entries: readonly string[];

  /** @param entries addresses and CIDRs, checked before; an IPv4 network inside of IPv6 counts as IPv4 */
  constructor(entries: readonly string[]) {
    this.entries = entries;
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/');
      const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
      if (mapped !== undefined && Number(bits ?? 128) >= 96) {
        this.#v4.addSubnet(mapped, Number(bits ?? 128) - 96, 'ipv4');
      } else if (isIPv6(address)) this.#v6.addSubnet(address, Number(bits ?? 128), 'ipv6');
      else this.#v4.addSubnet(address, Number(bits ?? 32), 'ipv4');
    }
  }

  /** @param address as `plainAddress` returns it; a string that is not an IP address is in no list */
  has(address: string): boolean {
    if (isIPv4(address)) return this.#v4.check(address, 'ipv4');
    return isIPv6(address) && this.#v6.check(address, 'ipv6');
  }
}
