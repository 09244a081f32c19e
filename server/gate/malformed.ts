import { Refusal } from '../refusal.ts';

/** Bytes of one header's value. */
const MAX_HEADER = 8192;
const MAX_HEADERS = 100;
/** These stand once or not at all; Node would join or drop repeats without a word. */
const ONCE = ['authorization', 'x-signature', 'x-user-token', 'content-type', 'host'];
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/** Every value of a header, as it was sent, in order. */
export type HeaderValues = (name: string) => readonly string[];

/**
 * The header list as it was sent, by name. Node's own view has repeats joined or dropped.
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

/**
 * Refuses a request target that can be read in two ways: one that does not begin with exactly one `/`
 * (absolute-form and `//host` too), dot segments, a fragment, a backslash, anything but visible ASCII.
 */
export function checkTarget(target: string): void {
  const path = target.split('?', 1)[0] as string;
  const sound =
    /^\/(?!\/)[\x21-\x7e]*$/.test(target) &&
    !/[#\\]/.test(target) &&
    !path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
  if (!sound) throw new Refusal('REQUEST_MALFORMED');
}

/** Refuses what no header list of an honest client holds, each with its own reason. */
export function checkHeaders(rawHeaders: readonly string[], values: HeaderValues): void {
  if (rawHeaders.length > 2 * MAX_HEADERS || rawHeaders.some((text) => text.length > MAX_HEADER)) {
    throw new Refusal('HEADERS_TOO_LARGE');
  }
  if (ONCE.some((name) => !standsOnce(name, values(name)))) throw new Refusal('REQUEST_MALFORMED');
  if (OVERRIDES.some((name) => values(name).length > 0)) throw new Refusal('REQUEST_MALFORMED');
  if (values('last-event-id').length > 0 || values('trailer').length > 0)
    throw new Refusal('REQUEST_MALFORMED');
  if (values('content-encoding').length > 0) throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED');
}

function standsOnce(name: string, [value = '', ...repeats]: readonly string[]): boolean {
  if (repeats.length > 0) return false;
  // A signature has commas of its own; joined to another it begins twice.
  return name === 'x-signature' ? !/,\s*v\d+,/.test(value) : !value.includes(',');
}

/**
 * Refuses HEAD, and every other method that is not taken, with METHOD_NOT_SUPPORTED, and a body where there can be
 * none with REQUEST_MALFORMED.
 */
export function checkMethod<M extends string>(
  method: string | undefined,
  taken: readonly M[],
  values: HeaderValues,
): M {
  const known = taken.find((name) => name === method);
  if (known === undefined) throw new Refusal('METHOD_NOT_SUPPORTED');
  if (known !== 'GET') return known;
  const hasBody = values('transfer-encoding').length > 0 || values('content-length').some((n) => n !== '0');
  if (hasBody) throw new Refusal('REQUEST_MALFORMED');
  return known;
}

/** A query may hold one of each: a parser that takes the first and one that takes the last must agree. */
const ONE_OF_EACH = ['input', 'batch'];

/** What follows `/api/` in a target: the procedures' path as it stands, and the query. */
export interface ApiTarget {
  readonly path: string;
  readonly search: URLSearchParams;
}

/** Takes a sound target under `/api/` apart. Refuses with REQUEST_MALFORMED what can be read in two ways. */
export function readApiTarget(target: string): ApiTarget {
  const mark = target.indexOf('?');
  const path = target.slice('/api/'.length, mark < 0 ? undefined : mark);
  // With its mark, of which one is taken off: a second belongs to the name that follows, as in a URL.
  const search = new URLSearchParams(mark < 0 ? '' : target.slice(mark));
  const sound =
    !path.includes('%') &&
    !search.has('connectionParams') &&
    !search.has('_method') &&
    ONE_OF_EACH.every((name) => search.getAll(name).length <= 1) &&
    [null, '1'].includes(search.get('batch'));
  if (!sound) throw new Refusal('REQUEST_MALFORMED');
  return { path, search };
}
