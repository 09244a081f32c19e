/** A test key reaches only what its owner allows for tests; it never creates or changes a live key. */
export const ENVIRONMENTS = ['live', 'test'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** The letters of ids, secrets and checksums. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The parsed parts of an API key. */
export interface KeyText {
  readonly environment: Environment;
  /** Twelve base62 characters; public. */
  readonly id: string;
}

/** Characters of the checksum, at the end of a key. */
export const CHECKSUM_LENGTH = 6;

const BODY = /^_(live|test)_([0-9A-Za-z]{12})_[0-9A-Za-z]{38}$/;
const ID = /^[0-9A-Za-z]{12}$/;
/** Matches a key of any brand; the only group is its id. */
const PREFIX = '[a-z][a-z0-9]*_(?:live|test)_([0-9A-Za-z]{12})_';
const SECRET = '[0-9A-Za-z]{38}';
const STARTS_AS_KEY = /* @__PURE__ */ new RegExp(`^${PREFIX}`);
const IS_KEY = /* @__PURE__ */ new RegExp(`^${PREFIX}${SECRET}$`);
const CONTAINS_KEY = /* @__PURE__ */ new RegExp(`\\b${PREFIX}${SECRET}\\b`);

export const isKeyId = (text: string): boolean => ID.test(text);

/** The public part of a key, with the `_` before the secret. */
export const keyPrefix = (brand: string, environment: Environment, id: string): string =>
  `${brand}_${environment}_${id}_`;

/** The brand, the environment and the id in a key, or in an example of one: the format is not checked. */
export function keyParts(text: string): {
  readonly brand: string;
  readonly environment: string;
  readonly id: string;
} {
  const [brand = '', environment = '', id = ''] = text.split('_');
  return { brand, environment, id };
}

/** The id in a string that has the format of an API key of any brand; null for anything else. */
export const keyIdIn = (text: string): string | null => IS_KEY.exec(text)?.[1] ?? null;

/** The prefix of a string that begins like an API key, and the id in it; null for anything else. */
export function readKeyPrefix(text: string): { readonly prefix: string; readonly id: string } | null {
  const match = STARTS_AS_KEY.exec(text);
  return match && { prefix: match[0], id: match[1] as string };
}

/** The first API key within a text; null if there is none. */
export const findKeyText = (text: string): string | null => CONTAINS_KEY.exec(text)?.[0] ?? null;

/**
 * `<brand>_<live|test>_<id>_<secret><checksum>`.
 * @param secret 32 base62 characters
 */
export function formatKey(brand: string, environment: Environment, id: string, secret: string): string {
  const withoutChecksum = keyPrefix(brand, environment, id) + secret;
  return withoutChecksum + checksum(withoutChecksum);
}

/** Parses an API key; null if its format or checksum is wrong. */
export function parseKey(brand: string, text: string): KeyText | null {
  if (!text.startsWith(brand)) return null;
  const match = BODY.exec(text.slice(brand.length));
  if (!match || checksum(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return null;
  return { environment: match[1] as Environment, id: match[2] as string };
}

/** `CHECKSUM_LENGTH` base62 characters of CRC-32 (ISO 3309, as in zlib) over ASCII text, left-padded with `0`. */
export function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    digits = BASE62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

const CRC_TABLE = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
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
