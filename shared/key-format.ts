/** A test key reaches only what its owner allows for tests; it never makes or changes a live one. */
export const ENVIRONMENTS = ['live', 'test'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** The letters of ids, secrets and checksums. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What the text of an API key says about itself. */
export interface KeyText {
  readonly environment: Environment;
  /** Twelve base62 characters; public. */
  readonly id: string;
}

const BODY = /^_(live|test)_([0-9A-Za-z]{12})_[0-9A-Za-z]{38}$/;

/**
 * `<brand>_<live|test>_<id>_<secret><checksum>`.
 * @param secret 32 base62 characters
 */
export function formatKey(brand: string, environment: Environment, id: string, secret: string): string {
  const unsealed = `${brand}_${environment}_${id}_${secret}`;
  return unsealed + checksum(unsealed);
}

/** Reads an API key's id and environment, or returns null where the form or the checksum is wrong. */
export function parseKey(brand: string, text: string): KeyText | null {
  if (!text.startsWith(brand)) return null;
  const match = BODY.exec(text.slice(brand.length));
  if (!match || checksum(text.slice(0, -6)) !== text.slice(-6)) return null;
  return { environment: match[1] as Environment, id: match[2] as string };
}

/** Six base62 characters of CRC-32 (ISO 3309, as in zlib) over ASCII text, left-padded with `0`. */
export function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < 6; place++) {
    digits = BASE62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ text.charCodeAt(i)) & 0xff] as number);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
