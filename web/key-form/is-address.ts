/**
 * Whether a text looks like an address or CIDR in canonical form. The service checks that no bit is set behind the
 * prefix.
 */
export function isAddress(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const isWide = address.includes(':');
  if (rest.length > 0 || !isCanonical(address, isWide)) return false;
  return bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (isWide ? 128 : 32));
}

/** The URL standard writes addresses canonically: RFC 5952 for IPv6, dotted decimals for IPv4. */
function isCanonical(address: string, isWide: boolean): boolean {
  if (!isWide && !/^[\d.]+$/.test(address)) return false;
  const host = isWide ? `[${address}]` : address;
  return URL.canParse(`http://${host}/`) && new URL(`http://${host}/`).hostname === host;
}
