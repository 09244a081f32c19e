import { readKeyPrefix } from '../key-format.ts';

/** Fields that hold a secret. */
const SECRET_FIELDS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization', 'x-user-token'];
/** The identifier of a field, with its parameters, and what separates it from the value (RFC 9421 §2.5). */
const FIELD = /^"([^"]*)"(?:;[a-z]+(?:="[^"]*")?)*(?:: )?/;
/** How a redacted value ends. */
const HIDDEN = /\(hidden, \d+ characters\)$/;
/** RFC 9110 §11.1: the scheme of a credential. */
const SCHEME = /^[A-Za-z]{1,20} +/;

/** A signature base for a person, or for a log: its secrets are hidden. It signs nothing. */
export const redactBase = (base: string): string => base.split('\n').map(redactLine).join('\n');

/** A line of a base with its secret hidden. A redacted line stays as it is. */
export function redactLine(line: string): string {
  const [identifier = '', name = ''] = FIELD.exec(line) ?? [];
  if (!SECRET_FIELDS.includes(name.toLowerCase())) return line;
  return identifier + redactSecret(line.slice(identifier.length));
}

/** Only the scheme and the id of a key, and the length of the rest. */
function redactSecret(value: string): string {
  if (HIDDEN.test(value) || value === '') return value;
  const [scheme = ''] = SCHEME.exec(value) ?? [];
  const secret = value.slice(scheme.length);
  const { prefix } = readKeyPrefix(secret) ?? { prefix: '' };
  return `${scheme}${prefix}(hidden, ${secret.length - prefix.length} characters)`;
}

/** Whether something in a base is hidden. */
export const hasRedactions = (base: string): boolean => base.split('\n').some((line) => HIDDEN.test(line));
