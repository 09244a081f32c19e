import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Vault } from './vault.ts';

/** What a token is good for: what its text begins with, and how many of its bytes are random. */
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

/** A token of a link. It is kept as an HMAC under the pepper: a stolen database lets nobody in. */
export function newLink(vault: Vault, kind: LinkKind): NewLink {
  const token = newTokenText(vault, kind);
  return { token, tokenHash: vault.mac('pepper', textOf(kind, token)), tokenVersion: vault.newest };
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
 * Whether a token was issued under a master key at hand. False proves nothing: it may be made up, or be from before
 * tokens had a MAC, or from a master key that is gone or has not arrived yet.
 */
export function isIssuedToken(vault: Vault, kind: TokenKind, token: string): boolean {
  const { prefix, random } = KINDS[kind];
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  // Nobody makes other texts of a token that they hold: each would be a look-up of its own.
  if (bytes.length !== random + MAC_BYTES || prefix + bytes.toString('base64url') !== token) return false;
  const [text, mac] = [bytes.subarray(0, random), bytes.subarray(random)];
  return vault.versions
    .map((version) => timingSafeEqual(mac, macOf(vault, kind, text, version)))
    .includes(true);
}

const macOf = (vault: Vault, kind: TokenKind, bytes: Buffer, version: number): Buffer =>
  Buffer.from(vault.mac('bearer', textOf(kind, bytes.toString('base64url')), version), 'hex').subarray(
    0,
    MAC_BYTES,
  );

/** What would be kept of a token, under every master key version at hand. */
export function hashesOf(vault: Vault, kind: LinkKind, token: string): string[] {
  return vault.versions.map((version) => vault.mac('pepper', textOf(kind, token), version));
}

/** No hash of one kind is ever one of another, or of a key. */
const textOf = (kind: TokenKind, token: string) => `${kind} ${token}`;
