import { type KeyText, parseKey } from './key-format.ts';
import type { Reason } from './refusals.ts';
import { isSessionId } from './signature.ts';

/**
 * Faults of a request that its head alone shows: one implementation for the service and for the
 * guards of other services. Each rule returns the reason of the refusal, or null.
 */
type Fault = Reason | null;

/** Bytes of one header's value. */
const MAX_HEADER = 8192;
const MAX_HEADERS = 100;
/** Headers that may occur at most once; Node would join or drop repeats silently. */
const ONCE = ['authorization', 'x-signature', 'x-user-token', 'content-type', 'host'];
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];
/** RFC 9110 §5.6.2 and §5.5: the characters that an HTTP parser accepts. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[^\0\r\n]*$/;

/** The methods that guarded services accept. HEAD is excluded: its answer has no body, so a refusal would lose its reason. */
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

/**
 * A request target that two parsers could read differently: one that does not begin with exactly one `/`
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

/** Names or values that no HTTP parser accepts, in a list that another program reports. */
export function headerTextFault(headers: readonly (readonly [string, string])[]): Fault {
  const sound = headers.every(([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value));
  return sound ? null : 'REQUEST_MALFORMED';
}

/** Faults that no honest client's header list has, each with its own reason. */
export function headersFault(rawHeaders: readonly string[], values: HeaderValues): Fault {
  if (rawHeaders.length > 2 * MAX_HEADERS || rawHeaders.some((text) => text.length > MAX_HEADER)) {
    return 'HEADERS_TOO_LARGE';
  }
  if (ONCE.some((name) => !isSingle(name, values(name)))) return 'REQUEST_MALFORMED';
  if (OVERRIDES.some((name) => values(name).length > 0)) return 'REQUEST_MALFORMED';
  if (values('last-event-id').length > 0 || values('trailer').length > 0) return 'REQUEST_MALFORMED';
  return values('content-encoding').length > 0 ? 'MEDIA_TYPE_NOT_SUPPORTED' : null;
}

function isSingle(name: string, [value = '', ...repeats]: readonly string[]): boolean {
  if (repeats.length > 0) return false;
  // A signature contains commas; two that were joined contain its beginning twice.
  return name === 'x-signature' ? !/,\s*v\d+,/.test(value) : !value.includes(',');
}

/** HEAD, and every other method that is not accepted; a body if the method allows none. */
export function methodFault(
  method: string | undefined,
  accepted: readonly string[],
  values: HeaderValues,
): Fault {
  if (method === undefined || !accepted.includes(method)) return 'METHOD_NOT_SUPPORTED';
  if (method !== 'GET') return null;
  const hasBody = values('transfer-encoding').length > 0 || values('content-length').some((n) => n !== '0');
  return hasBody ? 'REQUEST_MALFORMED' : null;
}

/** Parameters that a query may have once: a parser that takes the first and one that takes the last must agree. */
const ONE_OF_EACH = ['input', 'batch'];

/** The rest of a target after `/api/`: the procedures' path, not decoded, and the query. */
export interface ApiTarget {
  readonly path: string;
  readonly search: URLSearchParams;
}

/** Parses a well-formed target under `/api/`; null if two parsers could read it differently. */
export function parseApiTarget(target: string): ApiTarget | null {
  const mark = target.indexOf('?');
  const path = target.slice('/api/'.length, mark < 0 ? undefined : mark);
  // The query with its `?`. Only one is dropped: a second belongs to the first name, as in a URL.
  const search = new URLSearchParams(mark < 0 ? '' : target.slice(mark));
  const sound =
    !path.includes('%') &&
    !search.has('connectionParams') &&
    !search.has('_method') &&
    ONE_OF_EACH.every((name) => search.getAll(name).length <= 1) &&
    [null, '1'].includes(search.get('batch'));
  return sound ? { path, search } : null;
}

/** The credential in the `authorization` header. */
export type Bearer =
  | { readonly kind: 'key'; readonly text: string; readonly parsed: KeyText }
  | { readonly kind: 'token'; readonly text: string }
  | { readonly kind: 'none' };

/** The headers with a request's proofs; null if one was not sent. */
export interface Proofs {
  readonly authorization: string | null;
  readonly signature: string | null;
  readonly userToken: string | null;
}

/** Reads the proofs from a well-formed header list. An empty signature or user token counts as absent. */
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
 * Parses the bearer without a query: a key with a wrong checksum fails here.
 * @returns the reason KEY_MISSING, KEY_INVALID or REQUEST_MALFORMED if there is no valid bearer; TOKEN_MISSING if a session
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
