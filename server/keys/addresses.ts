import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Whether a text is an address or CIDR in canonical form: IPv4 in dotted decimals, IPv6 by RFC 5952, a prefix without
 * a leading zero, and no bit set behind the prefix. An IPv4 address mapped into IPv6 must be written as IPv4.
 */
export function isCanonicalAddress(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const wide = isIPv6(address);
  if (rest.length > 0 || !(wide || isIPv4(address)) || !isWrittenCanonically(address, wide)) return false;
  if (bits === undefined) return true;
  const length = wide ? 128 : 32;
  if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > length) return false;
  const behind = (1n << BigInt(length - Number(bits))) - 1n;
  return (numberOf(address, wide) & behind) === 0n;
}

/** The URL standard writes addresses canonically: RFC 5952 for IPv6, dotted decimals for IPv4. */
function isWrittenCanonically(address: string, wide: boolean): boolean {
  if (!wide) return new URL(`http://${address}/`).hostname === address;
  if (/^::ffff:/i.test(address) || !URL.canParse(`http://[${address}]/`)) return false;
  return new URL(`http://[${address}]/`).hostname === `[${address}]`;
}

/** Whether an address or CIDR lies wholly within one of others, all in canonical form. */
export function isWithin(inner: string, outers: readonly string[]): boolean {
  const [address, bits, family] = partsOf(inner);
  return outers.some((outer) => {
    const [network, prefix, outerFamily] = partsOf(outer);
    if (outerFamily !== family || prefix > bits) return false;
    const list = new BlockList();
    list.addSubnet(network, prefix, outerFamily);
    return list.check(address, family);
  });
}

function partsOf(text: string): [address: string, bits: number, family: 'ipv4' | 'ipv6'] {
  const [address = '', bits] = text.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return [address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family];
}

function numberOf(address: string, wide: boolean): bigint {
  if (!wide) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n);
}
