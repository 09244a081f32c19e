import { createHmac, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** Seconds of a time step (RFC 6238 §4.1). */
const PERIOD_S = 30;
/** What authenticator apps agree on; some ignore other values. */
const FORM = { algorithm: 'SHA1', digits: 6, period: PERIOD_S } as const;
/** Steps before and after the current one whose codes are accepted: clocks differ (RFC 6238 §5.2). */
const WINDOW = 1;

/** Crockford's base 32: no letter of it looks like a digit or like another letter. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const RECOVERY_CODES = 10;
/** Characters of a recovery code, five bits each. */
const RECOVERY_LENGTH = 16;

/** 160 random bits in base 32 (RFC 4226 §4, R6). */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** The `otpauth:` URI that authenticator apps read. @param host of the service, which names it in the app */
export function totpUri(secret: string, host: string, email: string): string {
  return new TOTP({ ...FORM, secret, issuer: `Keyseal ${host}`, label: email }).toString();
}

/**
 * The time step of a code; null if it is wrong, or of a step that is used up (RFC 6238 §5.2).
 * @param now unix milliseconds
 * @param lastStep the last step whose code was accepted
 */
export function stepOfCode(
  secret: string,
  code: string,
  now: number,
  lastStep: number | null,
): number | null {
  const token = code.replace(/\s/g, '');
  if (!/^[0-9]{6}$/.test(token)) return null;
  const totp = new TOTP({ ...FORM, secret });
  const delta = totp.validate({ token, timestamp: now, window: WINDOW });
  if (delta === null) return null;
  const step = totp.counter({ timestamp: now }) + delta;
  return lastStep === null || step > lastStep ? step : null;
}

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
 * key: so the codes outlive a change of master keys, and a stolen database does not open the account.
 */
export function recoveryMac(secret: string, userId: string, code: string): string {
  const key = new Uint8Array(Secret.fromBase32(secret).buffer);
  return createHmac('sha256', key).update(`recovery ${userId} ${code}`).digest('hex');
}
