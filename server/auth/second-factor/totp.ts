import { Secret, TOTP } from 'otpauth';

/** Seconds of a time step (RFC 6238 §4.1). */
const PERIOD_S = 30;
/** What authenticator apps agree on; some ignore other values. */
const FORM = { algorithm: 'SHA1', digits: 6, period: PERIOD_S } as const;
/** Steps before and after the current one whose codes are accepted: clocks differ (RFC 6238 §5.2). */
const WINDOW = 1;

/** 160 random bits in base 32 (RFC 4226 §4, R6). */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/**
 * The `otpauth:` URI that authenticator apps read.
 * @param service name and host, which name it in the app: apps split the label at a colon
 */
export function totpUri(secret: string, service: string, email: string): string {
  return new TOTP({ ...FORM, secret, issuer: service.replaceAll(':', ' '), label: email }).toString();
}

/**
 * The time step of a code; null if the code is wrong, or belongs to a step that is used up (RFC 6238 §5.2).
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
