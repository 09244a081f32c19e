import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from 'otpauth';

/** Crockford's base 32: no letter of it looks like a digit or like another letter. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const RECOVERY_CODES = 10;
/** The number of characters of a recovery code, five bits each. */
const RECOVERY_LENGTH = 16;

/** Ten codes of 80 random bits each, such as `7k2m-x9qd-04tw-hb3r`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const text = [...randomBytes(RECOVERY_LENGTH)].map((byte) => ALPHABET.charAt(byte & 31)).join('');
    return text.match(/.{4}/g)?.join('-') ?? text;
  });
}

/** A recovery code as it was issued, without hyphens, from what a person typed; null if it cannot be one. */
export function recoveryCodeOf(text: string): string | null {
  const code = text.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return code.length === RECOVERY_LENGTH && [...code].every((char) => ALPHABET.includes(char)) ? code : null;
}

/**
 * The stored form of a recovery code. The key is the secret of the second factor, which is encrypted under the master
 * key: so the codes outlive a change of master keys, and a stolen database does not reveal them.
 */
export function recoveryMac(secret: string, userId: string, code: string): string {
  const key = new Uint8Array(Secret.fromBase32(secret).buffer);
  return createHmac('sha256', key).update(`recovery ${userId} ${code}`).digest('hex');
}
