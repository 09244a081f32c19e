/** The OIDs of keys in DER (RFC 5480 §2.1.1, RFC 8017 A.1). */
const OIDS = {
  ec: '06072a8648ce3d0201',
  'P-256': '06082a8648ce3d030107',
  'P-384': '06052b81040022',
  rsa: '06092a864886f70d010101',
} as const;
const NULL = '0500';
/** The version of PKCS #8. */
const VERSION = [2, 1, 0];

/** The algorithms that a key of an older format may have: such a file does not always say it. */
const KINDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'EC PRIVATE KEY': [
    [OIDS.ec, OIDS['P-256']],
    [OIDS.ec, OIDS['P-384']],
  ],
  'RSA PRIVATE KEY': [[OIDS.rsa, NULL]],
};

/**
 * A private key as PKCS #8 (RFC 5958), which is all that WebCrypto reads.
 * @param label of the PEM: that of PKCS #8, of SEC 1 (RFC 5915) or of PKCS #1 (RFC 8017)
 * @returns each encoding that it may have: only the right one can be imported
 */
export function pkcs8Of(label: string, der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  if (label === 'PRIVATE KEY') return [der];
  const kinds = KINDS[label] ?? [];
  return kinds.map((oids) => {
    const algorithm = element(0x30, oids.flatMap(bytesOf));
    return Uint8Array.from(element(0x30, [...VERSION, ...algorithm, ...element(4, [...der])]));
  });
}

/** An element of DER: its tag, its length, and what it has. */
function element(tag: number, content: readonly number[]): number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  return length < 0x100
    ? [tag, 0x81, length, ...content]
    : [tag, 0x82, length >> 8, length & 0xff, ...content];
}

const bytesOf = (hex: string): number[] => (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
