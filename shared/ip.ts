import { parseUrl } from './parse-url.ts';

/** IP addresses and networks as strings, for the service, the guards of other services and the console. */

/** An address or a CIDR. An address is a network whose prefix has all of its bits. */
export interface Network {
  /** Bits of an address of its family: 32 of IPv4, 128 of IPv6. */
  readonly bits: 32 | 128;
  readonly prefix: number;
  /** The address before the `/`, as a number. */
  readonly address: bigint;
}

/**
 * Returns the IPv4 address of one that is mapped into IPv6 (RFC 4291 §2.5.5.2), as a dual-stack socket reports it, in any
 * spelling, and drops a zone (RFC 4007 §11): a zone has a meaning on this host only.
 */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  if (!/:0*ffff:/i.test(bare)) return bare;
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (dotted !== undefined) return dotted;
  const groups = expandIPv6(bare);
  if (groups.length !== 8 || groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return bare;
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Parses a canonical address or CIDR: an IPv4 address in four decimals, an IPv6 address as RFC 5952
 * requires, a prefix without a leading zero.
 * @returns null for anything else
 */
export function parseNetwork(text: string): Network | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const isWide = address.includes(':');
  if (rest.length > 0 || !isWrittenCanonically(address, isWide)) return null;
  const bits = isWide ? 128 : 32;
  if (prefix !== undefined && !(/^(0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= bits)) return null;
  return { bits, prefix: Number(prefix ?? bits), address: numberOf(address, isWide) };
}

/**
 * Whether a string is an IP address or a CIDR in the format that keys store: canonical, with no bit set
 * after the prefix. An IPv4 address inside IPv6 is written as IPv4.
 */
export function isCanonicalNetwork(text: string): boolean {
  const network = parseNetwork(text);
  if (network === null || /^::ffff:/.test(text)) return false;
  return (network.address & ((1n << hostBits(network)) - 1n)) === 0n;
}

/**
 * Whether an IP address or CIDR lies wholly within one of several others, all in canonical form.
 * @param outers a list that never changes: its parsed form is cached
 */
export function isWithin(inner: string, outers: readonly string[]): boolean {
  const network = parseNetwork(inner);
  return network !== null && networksOf(outers).some((outer) => contains(outer, network));
}

/** Lists are compared with lists: each is parsed once, and not for each member of the other. */
const networks = new WeakMap<readonly string[], readonly (Network | null)[]>();

function networksOf(texts: readonly string[]): readonly (Network | null)[] {
  const known = networks.get(texts);
  if (known) return known;
  const parsed = texts.map(parseNetwork);
  networks.set(texts, parsed);
  return parsed;
}

/**
 * The eight groups of an IPv6 address, without leading zeros: `::` is expanded, a zone is dropped, and a dotted tail
 * (RFC 4291 §2.2) is two groups.
 */
export function expandIPv6(address: string): string[] {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail ?? '');
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right];
}

function contains(outer: Network | null, inner: Network): boolean {
  if (outer?.bits !== inner.bits || outer.prefix > inner.prefix) return false;
  return (outer.address ^ inner.address) >> hostBits(outer) === 0n;
}

const hostBits = ({ bits, prefix }: Network): bigint => BigInt(bits - prefix);

/** The URL standard writes addresses canonically: RFC 5952 for IPv6, four decimals for IPv4. */
function isWrittenCanonically(address: string, isWide: boolean): boolean {
  if (!isWide && !/^\d+(\.\d+){3}$/.test(address)) return false;
  const host = isWide ? `[${address}]` : address;
  return parseUrl(`http://${host}/`)?.hostname === host;
}

function numberOf(address: string, isWide: boolean): bigint {
  return isWide
    ? expandIPv6(address).reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
    : address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function groupsOf(part: string): string[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => (group.includes('.') ? pairOf(group) : [inHex(group, 16)]));
}

/** A dotted tail (RFC 4291 §2.2) as the two groups that it stands for. */
function pairOf(dotted: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return [inHex(256 * a + b), inHex(256 * c + d)];
}

const inHex = (value: string | number, radix = 10): string => Number.parseInt(`${value}`, radix).toString(16);
