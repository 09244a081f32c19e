import type { KeyObject } from 'node:crypto';
import { type CompactJWSHeaderParameters, compactVerify } from 'jose';

/** Seconds by which the clock of a token's issuer may be ahead of this one. */
export const CLOCK_SKEW = 60;
/** Longer tokens are rejected unread. */
export const MAX_TOKEN_LENGTH = 8192;

type PublicKey = KeyObject | CryptoKey;

/** A well-formed JWS whose signature was verified. */
export interface VerifiedJws {
  readonly header: CompactJWSHeaderParameters;
  readonly payload: Uint8Array;
}

/**
 * Verifies a compact JWS (RFC 7515 §5.2) with the key that `find` returns for its header. Stricter than the RFC: each part must
 * be canonical base64url (no padding, no white space, no stray bits), and a header that repeats a parameter or carries a key, a
 * URL or an extension is rejected.
 * @returns null if anything is wrong
 */
export async function verifyJws(
  token: string,
  algorithms: readonly string[],
  find: (header: Record<string, unknown>) => Promise<PublicKey | null> | PublicKey | null,
): Promise<VerifiedJws | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) return null;
  const header = readObject(Buffer.from(parts[0] as string, 'base64url'));
  if (!header || FORBIDDEN.some((name) => Object.hasOwn(header, name))) return null;
  const key = await find(header);
  if (!key) return null;
  try {
    const { protectedHeader, payload } = await compactVerify(token, key, { algorithms: [...algorithms] });
    return { header: protectedHeader, payload };
  } catch {
    return null;
  }
}

/** Header parameters with which a token could choose its own key or change how it is read. */
const FORBIDDEN = ['jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'zip'];

function isCanonical(part: string): boolean {
  return /^[A-Za-z0-9_-]*$/.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part;
}

/** Parses a JSON object in UTF-8 without repeated properties; null if the bytes are anything else. */
export function readObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return hasRepeats(text) ? null : (value as Record<string, unknown>);
  } catch {
    return null;
  }
}

/**
 * Whether any object in a valid JSON text repeats a property. Compares the decoded names, so that an escape cannot hide
 * a repeat.
 */
function hasRepeats(json: string): boolean {
  const open: (Set<string> | null)[] = [];
  for (const [token, name] of json.matchAll(/[{}[\]]|("(?:[^"\\]|\\.)*")(?:\s*:)?/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':') && name !== undefined) {
      const members = open.at(-1);
      const member = String(JSON.parse(name));
      if (members?.has(member)) return true;
      members?.add(member);
    }
  }
  return false;
}
