import { readKeyPrefix } from '../key-format.ts';

/** Fields that hold a secret, and whether a scheme precedes it (RFC 9110 §11.4). */
const SECRET_FIELDS: ReadonlyMap<string, { readonly hasScheme: boolean }> = new Map([
  ['authorization', { hasScheme: true }],
  ['proxy-authorization', { hasScheme: true }],
  ['cookie', { hasScheme: false }],
  ['x-user-token', { hasScheme: false }],
]);
/** The registered schemes (IANA, HTTP Authentication Scheme Registry): any other word may be the secret itself. */
const SCHEME =
  /^(?:basic|bearer|concealed|digest|dpop|gnap|hoba|mutual|negotiate|oauth|privatetoken|scram-sha-(?:1|256)|vapid) +/i;
/** The identifier of a field, with its parameters, and what separates it from the value (RFC 9421 §2.5). */
const FIELD = /^"([^"]*)"(?:;[a-z]+(?:="[^"]*")?)*(?:: )?/;
/** What a secret is replaced by. The pattern is anchored: a string that only ends like this may contain a secret before it. */
const HIDDEN = /^\(hidden, \d+ characters\)$/;
/** Stands for an absent or ambiguous value in a base that people read. */
export const NO_VALUE = '(no value in this request)';

/** A signature base for people to read, or for a log: its secrets are hidden. Nothing is signed with it. */
export const redactBase = (base: string): string => base.split('\n').map(redactLine).join('\n');

/** A line of a base with its secret hidden. A redacted line stays as it is. */
export function redactLine(line: string): string {
  const parts = partsOf(line);
  if (!parts || ['', NO_VALUE].includes(parts.secret) || HIDDEN.test(parts.secret)) return line;
  return `${parts.shown}(hidden, ${parts.secret.length} characters)`;
}

/** Whether something in a base, or in the value of a line, is hidden. */
export const hasRedactions = (text: string): boolean =>
  text.split('\n').some((line) => /\(hidden, \d+ characters\)$/.test(line));

/** The secret of a line, and what precedes it: the identifier, a scheme, and the id of a key. Null if the line has no secret. */
function partsOf(line: string): { readonly shown: string; readonly secret: string } | null {
  const [identifier = '', name = ''] = FIELD.exec(line) ?? [];
  const field = SECRET_FIELDS.get(name.toLowerCase());
  if (!field) return null;
  const value = line.slice(identifier.length);
  const [scheme = ''] = (field.hasScheme ? SCHEME.exec(value) : null) ?? [];
  const prefix = field.hasScheme ? (readKeyPrefix(value.slice(scheme.length))?.prefix ?? '') : '';
  const shown = identifier.length + scheme.length + prefix.length;
  return { shown: line.slice(0, shown), secret: line.slice(shown) };
}
