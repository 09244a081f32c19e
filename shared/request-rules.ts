import { type KeyText, parseKey } from './key-format.ts';
import type { Reason } from './refusals.ts';
import { isSessionId } from './signature.ts';

/**
 * What is wrong with a request that can be told from its head alone: one implementation for the service and for the
 * guards of other services. Each rule returns the reason of the refusal, or null.
 */
type Fault = Reason | null;

/** Bytes of one header's value. */
const MAX_HEADER = 8192;
const MAX_HEADERS = 100;
/** These stand once or not at all; Node would join or drop repeats without a word. */
const ONCE = ['authorization', 'x-signature', 'x-user-token', 'content-type', 'host'];
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];
/** RFC 9110 §5.6.2 and §5.5: what a parser of HTTP lets through. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[^\0\r\n]*$/;

/** The methods that guarded services take. HEAD is not: a HEAD answer has no body, so a refusal would lose its reason. */
export const GUARDED_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

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
 * A request target that can be read in two ways: one that does not begin with exactly one `/`
 * (absolute-form and `//host` too), dot segments, a fragment, a backslash, anything but visible ASCII.
 */
export function targetFault(target: string): Fault {
  const path = target.split('?', 1)[0] as string;
  const sound =
    /^\/(?!\/)[\x21-\x7e]*$/.test(target) &&
    !/[#\\]/.test(target) &&
    !path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
  return sound ? null : 'REQUEST_MALFORMED';
}

/** Names or values that no parser of HTTP lets through, in a list that another program reports. */
export function headerTextFault(headers: readonly (readonly [string, string])[]): Fault {
  const sound = headers.every(([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value));
  return sound ? null : 'REQUEST_MALFORMED';
}

/** What no header list of an honest client holds, each with its own reason. */
export function headersFault(rawHeaders: readonly string[], values: HeaderValues): Fault {
  if (rawHeaders.length > 2 * MAX_HEADERS || rawHeaders.some((text) => text.length > MAX_HEADER)) {
    return 'HEADERS_TOO_LARGE';
  }
  if (ONCE.some((name) => !standsOnce(name, values(name)))) return 'REQUEST_MALFORMED';
  if (OVERRIDES.some((name) => values(name).length > 0)) return 'REQUEST_MALFORMED';
  if (values('last-event-id').length > 0 || values('trailer').length > 0) return 'REQUEST_MALFORMED';
  return values('content-encoding').length > 0 ? 'MEDIA_TYPE_NOT_SUPPORTED' : null;
}

function standsOnce(name: string, [value = '', ...repeats]: readonly string[]): boolean {
  if (repeats.length > 0) return false;
  // A signature has commas of its own; joined to another it begins twice.
  return name === 'x-signature' ? !/,\s*v\d+,/.test(value) : !value.includes(',');
}

/** HEAD, and every other method that is not taken; a body where there can be none. */
export function methodFault(
  method: string | undefined,
  taken: readonly string[],
  values: HeaderValues,
): Fault {
  if (method === undefined || !taken.includes(method)) return 'METHOD_NOT_SUPPORTED';
  if (method !== 'GET') return null;
  const hasBody = values('transfer-encoding').length > 0 || values('content-length').some((n) => n !== '0');
  return hasBody ? 'REQUEST_MALFORMED' : null;
}

/** A query may hold one of each: a parser that takes the first and one that takes the last must agree. */
const ONE_OF_EACH = ['input', 'batch'];

/** What follows `/api/` in a target: the procedures' path as it stands, and the query. */
export interface ApiTarget {
  readonly path: string;
  readonly search: URLSearchParams;
}

/** Takes a sound target under `/api/` apart; null for one that can be read in two ways. */
export function parseApiTarget(target: string): ApiTarget | null {
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
  return sound ? { path, search } : null;
}

/** What the `authorization` header holds. */
export type Bearer =
  | { readonly kind: 'key'; readonly text: string; readonly parsed: KeyText }
  | { readonly kind: 'token'; readonly text: string }
  | { readonly kind: 'none' };

/** The headers of a request that hold its proofs; null where one was not sent. */
export interface Proofs {
  readonly authorization: string | null;
  readonly signature: string | null;
  readonly userToken: string | null;
}

/** What a well-formed header list has of proofs. An empty signature or user token is none. */
export function proofsIn(values: HeaderValues): Proofs {
  return {
    authorization: values('authorization')[0] ?? null,
    signature: values('x-signature')[0] || null,
    userToken: values('x-user-token')[0] || null,
  };
}

/** RFC 6750 §2.1: `Bearer` in any case, a space, and one token68 (RFC 9110 §11.2). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Takes the bearer apart without asking any store: a key with a wrong checksum ends here.
 * @returns the reason KEY_MISSING, KEY_INVALID or REQUEST_MALFORMED for what is no bearer; TOKEN_MISSING where a session
 * signs without its token
 */
export function parseBearer({ authorization, signature, userToken }: Proofs, brand: string): Bearer | Reason {
  if (authorization === null) {
    const k = signature === null ? undefined : /^v1,k=([^,]*),/.exec(signature)?.[1];
    return k !== undefined && isSessionId(k) ? 'TOKEN_MISSING' : 'KEY_MISSING';
  }
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined) return 'KEY_INVALID';
  if (!text.startsWith(`${brand}_`)) {
    return userToken === null ? { kind: 'token', text } : 'REQUEST_MALFORMED';
  }
  const parsed = parseKey(brand, text);
  return parsed ? { kind: 'key', text, parsed } : 'KEY_INVALID';
}
