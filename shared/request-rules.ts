import { type Fault, type FormRule, formFault } from './form-rules.ts';

/*
 * Violations that the head of a request shows: one implementation for the service and for the guards of other services.
 * Each function returns the first rule that the request breaks, or null.
 */

/** Bytes of one header's value. */
const MAX_HEADER = 8192;
const MAX_HEADERS = 100;
/** The maximum characters of a target or a header's value in a report to `verify`; more than a request may have. */
export const MAX_REPORTED_TEXT = 16_384;
/** Headers that may occur at most once; Node would join or drop repeats silently. */
const SINGLE_HEADERS = ['authorization', 'x-signature', 'x-user-token', 'content-type', 'host'];
/** Headers that must not occur, and the rule that each breaks. */
const FORBIDDEN_HEADERS: readonly (readonly [string, FormRule])[] = [
  ['x-http-method-override', 'header-method-override'],
  ['x-http-method', 'header-method-override'],
  ['x-method-override', 'header-method-override'],
  ['last-event-id', 'header-last-event-id'],
  ['trailer', 'header-trailer'],
];
/** RFC 9110 §5.6.2 and §5.5: the characters that an HTTP parser accepts. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[^\0\r\n]*$/;

/** The methods that guarded services accept. HEAD is excluded: its response has no body, so a refusal would lose its reason. */
export const GUARDED_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** All values of a header, unchanged and in order. */
export type HeaderValues = (name: string) => readonly string[];

/**
 * The sent header list by name. Node's own view has repeats joined or dropped.
 * @param rawHeaders name, value, name, value …
 */
export function headerValues(rawHeaders: readonly string[]): HeaderValues {
  const values = new Map<string, string[]>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const known = values.get(name);
    if (known) known.push(rawHeaders[i + 1] as string);
    else values.set(name, [rawHeaders[i + 1] as string]);
  }
  return (name) => values.get(name) ?? [];
}

/** What lets two parsers read a target differently; the first row whose condition is true is the broken rule. */
const TARGET_RULES: readonly (readonly [FormRule, (target: string) => boolean])[] = [
  ['target-origin-form', (target) => !/^\/(?!\/)/.test(target)],
  ['target-characters', (target) => /[^\x21-\x7e]/.test(target)],
  ['target-fragment', (target) => target.includes('#')],
  ['target-backslash', (target) => target.includes('\\')],
  [
    'target-dot-segments',
    (target) => (target.split('?', 1)[0] as string).split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part)),
  ],
];

/**
 * A request target that two parsers could read differently: one that does not begin with exactly one `/`
 * (absolute-form and `//host` too), dot segments, a fragment, a backslash, anything but visible ASCII.
 */
export function targetFault(target: string): Fault | null {
  const rule = TARGET_RULES.find(([, isBroken]) => isBroken(target));
  return rule ? formFault(rule[0], 'target') : null;
}

/** Names or values that no HTTP parser accepts, in a header list that another program reports to `verify`. */
export function headerTextFault(headers: readonly (readonly [string, string])[]): Fault | null {
  if (!headers.every(([name]) => HEADER_NAME.test(name))) return formFault('header-name', 'headers');
  const invalid = headers.find(([, value]) => !HEADER_VALUE.test(value));
  return invalid ? formFault('header-value', pathOf(invalid[0])) : null;
}

/** Violations that no honest client's header list has, each with its own reason. */
export function headersFault(rawHeaders: readonly string[], values: HeaderValues): Fault | null {
  if (rawHeaders.length > 2 * MAX_HEADERS) return formFault('headers-count', 'headers', 'HEADERS_TOO_LARGE');
  const large = rawHeaders.findIndex((text) => text.length > MAX_HEADER);
  if (large >= 0) {
    const name = rawHeaders[large - (large % 2)] as string;
    return formFault('header-size', pathOf(name), 'HEADERS_TOO_LARGE');
  }
  for (const name of SINGLE_HEADERS) {
    const [value = '', ...repeats] = values(name);
    if (repeats.length > 0) return formFault('header-repeated', pathOf(name));
    if (isJoined(name, value)) return formFault('header-joined', pathOf(name));
  }
  const forbidden = FORBIDDEN_HEADERS.find(([name]) => values(name).length > 0);
  if (forbidden) return formFault(forbidden[1], pathOf(forbidden[0]));
  // RFC 9110 §8.4.1 reserves `identity`: it says that there is no coding.
  const coded = values('content-encoding').some((coding) => coding.toLowerCase() !== 'identity');
  return coded ? formFault('content-encoding', 'headers.content-encoding', 'MEDIA_TYPE_NOT_SUPPORTED') : null;
}

/** The path by which a refusal names a wrong header. A name that could contain arbitrary text is left out. */
const pathOf = (name: string): string =>
  /^[A-Za-z0-9_-]{1,64}$/.test(name) ? `headers.${name.toLowerCase()}` : 'headers';

/** Whether a value is two that a list operator joined (RFC 9110 §5.3). */
function isJoined(name: string, value: string): boolean {
  // A signature contains commas; two that are joined begin twice.
  if (name === 'x-signature') return /,\s*v\d+,/.test(value);
  // A parameter may be quoted, with commas in it (RFC 9110 §5.6.6).
  return name === 'content-type' ? hasCommaOutsideQuotes(value) : value.includes(',');
}

/** A quoted string that is not closed is not one: its commas count (RFC 9110 §5.6.4). */
function hasCommaOutsideQuotes(value: string): boolean {
  let isQuoted = false;
  for (let i = 0; i < value.length; i++) {
    if (value[i] === '"') isQuoted = !isQuoted;
    else if (isQuoted && value[i] === '\\') i++;
    else if (!isQuoted && value[i] === ',') return true;
  }
  return isQuoted && value.includes(',');
}

/** HEAD, and every other method that is not accepted; a body if the method allows none. */
export function methodFault(
  method: string | undefined,
  accepted: readonly string[],
  values: HeaderValues,
): Fault | null {
  if (method === undefined || !accepted.includes(method))
    return formFault(
      'method-not-taken',
      'method',
      'METHOD_NOT_SUPPORTED',
      `must be ${accepted.join(' or ')}`,
    );
  if (method !== 'GET') return null;
  const hasBody = values('transfer-encoding').length > 0 || values('content-length').some((n) => n !== '0');
  return hasBody ? formFault('body-on-get', 'body') : null;
}

/** Parameters that a query may have once: a parser that reads the first and one that reads the last must agree. */
const SINGLE_PARAMETERS = ['input', 'batch'];

/** The rest of a target after `/api/`: the procedures' path, not decoded, and the query. */
export interface ApiTarget {
  readonly path: string;
  readonly search: URLSearchParams;
}

/** Splits a well-formed target under `/api/` into path and query, or returns the rule that it breaks: two parsers could read it differently. */
export function parseApiTarget(target: string): ApiTarget | Fault {
  const mark = target.indexOf('?');
  const path = target.slice('/api/'.length, mark < 0 ? undefined : mark);
  // The query with its `?`. Only one is dropped: a second belongs to the first name, as in a URL.
  const search = new URLSearchParams(mark < 0 ? '' : target.slice(mark));
  if (path.includes('%')) return formFault('procedure-encoded', 'target');
  if (search.has('connectionParams')) return formFault('query-connection-params', 'query.connectionParams');
  if (search.has('_method')) return formFault('query-method', 'query._method');
  const repeated = SINGLE_PARAMETERS.find((name) => search.getAll(name).length > 1);
  if (repeated !== undefined) return formFault('query-repeated', `query.${repeated}`);
  if (![null, '1'].includes(search.get('batch'))) return formFault('query-batch', 'query.batch');
  return { path, search };
}
