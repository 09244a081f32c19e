import { isAuthority } from '../../shared/authority.ts';
import { parseNetwork } from '../../shared/ip.ts';
import { LIMIT_NAME, MAX_CALLS, MAX_CREDITS, MAX_WINDOW } from '../../shared/limits.ts';
import { ONE_LINE } from '../../shared/one-line.ts';
import { isName } from '../ui/is-name.ts';
import { dayOf, type KeyFields, type LimitFields, lastDayOf, linesOf, UNITS } from './key-fields.ts';
import { readRegistration } from './registration.ts';
import type { FieldErrors } from './texts.ts';

/** Errors by the path of their field, such as `limits.0.name`. */
export type WrongFields = Record<string, string>;

/** Whether a string is a whole number within bounds. */
const isIntegerWithin = (text: string, min: number, max: number): boolean =>
  /^\d{1,16}$/.test(text.trim()) && Number(text) >= min && Number(text) <= max;

/**
 * Validates the fields as the service would, with messages in the user's language.
 * @param before the fields of an existing key: unchanged ones are not sent, so an expiry in the past may stay
 */
export function wrongFields(
  fields: KeyFields,
  errors: FieldErrors,
  now: Date,
  before: KeyFields,
): WrongFields {
  const wrong: WrongFields = {};
  const { name, permissions, expiry, limits, credits, addresses } = fields;
  if (!isName(name)) wrong['name'] = errors.name;
  if (permissions.length === 0) wrong['permissions'] = errors.permissions;
  const isNew = expiry.choice !== before.expiry.choice || expiry.day !== before.expiry.day;
  if (isNew && !liesAhead(expiry, now)) wrong['expiry.day'] = errors.day;
  limits.forEach((limit, index) => {
    Object.assign(wrong, wrongLimit(limit, index, limits, errors));
  });
  if (credits.metered) Object.assign(wrong, wrongCredits(credits, errors));
  const lines = linesOf(addresses);
  // Only the service checks that no bit is set after the prefix.
  const odd = lines.find((line) => !parseNetwork(line));
  if (odd !== undefined) wrong['addresses'] = errors.address(odd);
  if (lines.length > 64) wrong['addresses'] = errors.addresses;
  return { ...wrong, ...wrongDetails(fields, errors) };
}

function wrongDetails(
  { externalId, authorities, metadata, signer, publicKey }: KeyFields,
  errors: FieldErrors,
): WrongFields {
  const wrong: WrongFields = {};
  const owner = externalId.trim();
  if (owner.length > 200 || !ONE_LINE.test(owner)) wrong['externalId'] = errors.externalId;
  const hosts = linesOf(authorities);
  const odd = hosts.find((host) => !isAuthority(host));
  if (odd !== undefined) wrong['authorities'] = errors.authority(odd);
  if (hosts.length > 64) wrong['authorities'] = errors.authorities;
  if (metadata.trim() !== '' && !isSmallObject(metadata)) wrong['metadata'] = errors.metadata;
  if (signer === 'ownPair' && !readRegistration(publicKey)) wrong['publicKey'] = errors.publicKey;
  return wrong;
}

/** Whether a string is a JSON object of at most 4,096 bytes without spaces. */
function isSmallObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && new TextEncoder().encode(JSON.stringify(value)).length <= 4096;
  } catch {
    return false;
  }
}

function liesAhead(expiry: KeyFields['expiry'], now: Date): boolean {
  if (expiry.choice !== 'day') return true;
  // ISO dates with four-digit years sort as strings.
  return /^\d{4}-\d{2}-\d{2}$/.test(expiry.day) && lastDayOf(expiry, now) >= dayOf(now);
}

function wrongLimit(
  { name, limit, every, unit }: LimitFields,
  index: number,
  all: readonly LimitFields[],
  errors: FieldErrors,
): WrongFields {
  const wrong: WrongFields = {};
  const at = `limits.${index}`;
  const isTaken = all.findIndex((other) => other.name.trim() === name.trim()) < index;
  if (!LIMIT_NAME.test(name.trim())) wrong[`${at}.name`] = errors.limitName;
  else if (isTaken) wrong[`${at}.name`] = errors.limitTaken;
  if (!isIntegerWithin(limit, 1, MAX_CALLS)) wrong[`${at}.limit`] = errors.limitCalls;
  if (!isIntegerWithin(every, 1, Math.floor(MAX_WINDOW / UNITS[unit])))
    wrong[`${at}.every`] = errors.limitEvery;
  return wrong;
}

function wrongCredits({ remaining, refill, amount }: KeyFields['credits'], errors: FieldErrors): WrongFields {
  return {
    ...(isIntegerWithin(remaining, 0, MAX_CREDITS) ? {} : { 'credits.remaining': errors.remaining }),
    ...(refill === 'none' || isIntegerWithin(amount, 1, MAX_CREDITS)
      ? {}
      : { 'credits.amount': errors.amount }),
  };
}
