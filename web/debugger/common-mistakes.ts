import { hmacHex, sha256Hex } from '../../client/signing/hmac.ts';
import { webCrypto } from '../../client/signing/web-hashes.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import type { PastedRequest } from './request-parts.ts';

/** A common mistake, as the change that it makes to the ten lines. */
type Mistake = (lines: readonly string[], request: PastedRequest) => string | Promise<string>;

const joinLines = (lines: readonly string[]) => lines.join('\n');
const replaceLine = (lines: readonly string[], at: number, line: string) =>
  joinLines(lines.with(at - 1, line));
const line = (lines: readonly string[], at: number) => lines[at - 1] ?? '';

/** Mistakes in how the lines of a base are joined, in either format. */
const LINE_MISTAKES = {
  none: joinLines,
  trailingNewline: (lines: readonly string[]) => `${joinLines(lines)}\n`,
  carriageReturns: (lines: readonly string[]) => lines.join('\r\n'),
  literalNewline: (lines: readonly string[]) => lines.join('\\n'),
} as const;

/** Mistakes in what is signed, under the names of their explanations. */
const MISTAKES = {
  ...LINE_MISTAKES,
  methodCase: (lines) => replaceLine(lines, 5, line(lines, 5).toLowerCase()),
  port: (lines) => replaceLine(lines, 6, line(lines, 6).replace(/:\d+$/, '')),
  scheme: (lines) => replaceLine(lines, 6, `http://${line(lines, 6)}`),
  schemeSecure: (lines) => replaceLine(lines, 6, `https://${line(lines, 6)}`),
  decoded: (lines) => replaceLine(lines, 7, decodeTarget(line(lines, 7))),
  noQuery: (lines) => replaceLine(lines, 7, line(lines, 7).split('?', 1)[0] ?? ''),
  wholeUrl: (lines) => replaceLine(lines, 7, `http://${line(lines, 6)}${line(lines, 7)}`),
  wholeUrlSecure: (lines) => replaceLine(lines, 7, `https://${line(lines, 6)}${line(lines, 7)}`),
  contentTypeMissing: (lines) => replaceLine(lines, 8, ''),
  contentTypeAbsent: (lines) => replaceLine(lines, 8, 'application/json'),
  lineLeftOut: (lines) => joinLines(lines.filter((line) => line !== '')),
  digestEmpty: (lines) => joinLines(lines.map((line) => (line === EMPTY_SHA256 ? '' : line))),
  digestUpper: (lines) => joinLines(lines.map((line, at) => (at >= 8 ? line.toUpperCase() : line))),
  tokenMissing: (lines) => replaceLine(lines, 9, EMPTY_SHA256),
  bodyMissing: (lines) => replaceLine(lines, 10, EMPTY_SHA256),
  bodyNewline: async (lines, { body }) => replaceLine(lines, 10, await sha256Hex(`${body}\n`)),
  bodyRewritten: async (lines, { body }) => replaceLine(lines, 10, await sha256Hex(rewriteJson(body))),
} as const satisfies Record<string, Mistake>;

const utf8 = new TextEncoder();

/** Strings that developers mistake for the HMAC key. */
const KEYS = {
  none: (secret) => utf8.encode(secret),
  secretDecoded: (secret) => fromBase64url(secret.replace(/^kss_/, '')),
  secretWithoutPrefix: (secret) => utf8.encode(secret.replace(/^kss_/, '')),
  secretNewline: (secret) => utf8.encode(`${secret}\n`),
} as const satisfies Record<string, (secret: string) => Uint8Array<ArrayBuffer>>;

export type CommonMistake = Exclude<keyof typeof MISTAKES | keyof typeof KEYS, 'none'>;

/**
 * Finds the mistake that turns the ten lines that Keyseal builds into the signature that was sent, by trying each.
 * @param sent lowercase hex, as in `s=`
 * @returns `right` if the signature is right, null if none of these explains it
 */
export async function findCommonMistake(
  base: string,
  secret: string,
  sent: string,
  request: PastedRequest,
): Promise<CommonMistake | 'right' | null> {
  const lines = base.split('\n');
  const wanted = sent.toLowerCase();
  for (const [key, bytesOf] of Object.entries(KEYS)) {
    const hmacKey = await importHmacKey(bytesOf(secret));
    const mistakes = key === 'none' ? Object.entries(MISTAKES) : [['none', joinLines] as const];
    for (const [mistake, make] of mistakes) {
      if ((await hmacHex(hmacKey, await make(lines, request))) !== wanted) continue;
      if (mistake !== 'none') return mistake as CommonMistake;
      return key === 'none' ? 'right' : (key as CommonMistake);
    }
  }
  return null;
}

/**
 * The same for an RFC 9421 base, if a signing secret signs.
 * @param sent lowercase hex
 */
export async function findStandardMistake(
  base: string,
  secret: string,
  sent: string,
): Promise<CommonMistake | 'right' | null> {
  const lines = base.split('\n');
  for (const [key, bytesOf] of Object.entries(KEYS)) {
    const hmacKey = await importHmacKey(bytesOf(secret));
    for (const [mistake, join] of Object.entries(LINE_MISTAKES)) {
      if (key !== 'none' && mistake !== 'none') continue;
      if ((await hmacHex(hmacKey, join(lines))) !== sent) continue;
      if (mistake !== 'none') return mistake as CommonMistake;
      return key === 'none' ? 'right' : (key as CommonMistake);
    }
  }
  return null;
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** Browsers accept no empty HMAC key, so an empty one cannot be the mistake. */
const importHmacKey = (bytes: Uint8Array<ArrayBuffer>) =>
  webCrypto().importKey('raw', bytes.length > 0 ? bytes : utf8.encode('\0'), HMAC, false, ['sign']);

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** The decoded target; the target itself if it cannot be decoded. */
export function decodeTarget(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

/** JSON as another library writes it: the same meaning in other bytes. */
export function rewriteJson(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body.trim();
  }
}
