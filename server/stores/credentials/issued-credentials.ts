import { timingSafeEqual } from 'node:crypto';
import {
  BASE62,
  CHECKSUM_LENGTH,
  type Environment,
  formatKey,
  keyPrefix,
} from '../../../shared/key-format.ts';
import { base62 } from '../secrets/random-ids.ts';
import type { Vault } from '../secrets/vault.ts';

/** Of the 32 characters of a key's secret these are random (131 bits); the others are a MAC (59 bits). */
const SECRET_RANDOM = 22;
const SECRET_MAC = 10;
/** Of the 12 characters of a session's id these are random (47 bits); the others are a MAC (24 bits). */
const SESSION_RANDOM = 8;
const SESSION_MAC = 4;

/** What an API key shows in plain text. */
export interface KeyLabel {
  readonly brand: string;
  readonly environment: Environment;
  readonly id: string;
}

/**
 * A new API key. The last ten characters of its secret are a MAC of everything before them, so that a string that was never
 * issued is recognized without the database.
 * @param random 22 base62 characters
 */
export function newKeyText(
  vault: Vault,
  { brand, environment, id }: KeyLabel,
  random = base62(SECRET_RANDOM),
): string {
  const mac = macOf(vault, keyPrefix(brand, environment, id) + random, SECRET_MAC, vault.newest);
  return formatKey(brand, environment, id, random + mac);
}

/**
 * Whether an API key was issued under a loaded master key. False proves nothing: the API key may be made up, or be from
 * before keys had a MAC, or from a master key that is gone or has not arrived yet.
 * @param text as `parseKey` accepts it
 */
export function isIssuedKey(vault: Vault, text: string): boolean {
  const macAt = text.length - CHECKSUM_LENGTH - SECRET_MAC;
  return hasMac(vault, text.slice(0, macAt), text.slice(macAt, -CHECKSUM_LENGTH));
}

/** A new session id. Its last four characters are a MAC of the others. */
export function newSessionId(vault: Vault): string {
  const id = `ses_${base62(SESSION_RANDOM)}`;
  return id + macOf(vault, id, SESSION_MAC, vault.newest);
}

/** Whether a session id was issued under a loaded master key; false proves as little as for a key. */
export const isIssuedSession = (vault: Vault, id: string): boolean =>
  hasMac(vault, id.slice(0, -SESSION_MAC), id.slice(-SESSION_MAC));

/** Compares in constant time, under every loaded master key. */
function hasMac(vault: Vault, text: string, mac: string): boolean {
  const given = Buffer.from(mac, 'latin1');
  return vault.versions
    .map((version) =>
      timingSafeEqual(given, Buffer.from(macOf(vault, text, given.length, version), 'latin1')),
    )
    .includes(true);
}

/** Base62 characters of an HMAC, each from 16 of its bits. @param length at most 16 */
function macOf(vault: Vault, text: string, length: number, version: number): string {
  const mac = vault.mac('bearer', text, version, 'binary');
  let characters = '';
  for (let i = 0; i < 2 * length; i += 2)
    characters += BASE62.charAt((256 * mac.charCodeAt(i) + mac.charCodeAt(i + 1)) % 62);
  return characters;
}
