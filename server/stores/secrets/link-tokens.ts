import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Vault } from './vault.ts';

/** The purposes of tokens: the prefix of the token, and the number of random bytes. */
const KINDS = {
  invitation: { prefix: 'ksi_', random: 24 },
  reset: { prefix: 'ksx_', random: 24 },
  setup: { prefix: '', random: 16 },
} as const;
type TokenKind = keyof typeof KINDS;
type LinkKind = Exclude<TokenKind, 'setup'>;

/** Bytes of the MAC at the end of a token. */
const MAC_BYTES = 8;

/** A token that is shown once, and the hash to store. */
interface NewLink {
  readonly token: string;
  readonly tokenHash: string;
  readonly tokenVersion: number;
}

/** A token of a link. Keyseal stores only its HMAC under the pepper: the links cannot be used with a stolen database. */
export function newLink(vault: Vault, kind: LinkKind): NewLink {
  const token = newTokenText(vault, kind);
  return { token, tokenHash: vault.mac('pepper', tokenMacText(kind, token)), tokenVersion: vault.newest };
}

/** A token for the first account: 32 characters of base64url, of which 128 bits are random. */
export const newSetupToken = (vault: Vault): string => newTokenText(vault, 'setup');

/**
 * Random bytes and a MAC of them, together in base64url: a token that was never issued is recognized without the
 * database.
 */
function newTokenText(vault: Vault, kind: TokenKind): string {
  const { prefix, random } = KINDS[kind];
  const bytes = randomBytes(random);
  return prefix + Buffer.concat([bytes, macOf(vault, kind, bytes, vault.newest)]).toString('base64url');
}

/**
 * Whether a token was issued under a loaded master key. False proves nothing: it may be made up, or be from before
 * tokens had a MAC, or from a master key that is gone or has not arrived yet.
 */
export function isIssuedToken(vault: Vault, kind: TokenKind, token: string): boolean {
  const { prefix, random } = KINDS[kind];
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  // Only the canonical spelling is accepted: otherwise a holder could vary a token, and each variant would be a lookup.
  if (bytes.length !== random + MAC_BYTES || prefix + bytes.toString('base64url') !== token) return false;
  const [text, mac] = [bytes.subarray(0, random), bytes.subarray(random)];
  return vault.versions
    .map((version) => timingSafeEqual(mac, macOf(vault, kind, text, version)))
    .includes(true);
}

const macOf = (vault: Vault, kind: TokenKind, bytes: Buffer, version: number): Buffer =>
  Buffer.from(vault.mac('bearer', tokenMacText(kind, bytes.toString('base64url')), version), 'hex').subarray(
    0,
    MAC_BYTES,
  );

/** The stored hash of a token, under every loaded master key version. */
export function hashesOf(vault: Vault, kind: LinkKind, token: string): string[] {
  return vault.versions.map((version) => vault.mac('pepper', tokenMacText(kind, token), version));
}

/** Separates the purposes: no hash of one equals a hash of another, or of a key. */
const tokenMacText = (kind: TokenKind, token: string) => `${kind} ${token}`;
