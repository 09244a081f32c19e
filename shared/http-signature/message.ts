import type { HeaderValues } from '../request-rules.ts';
import { parseDictionary, parseItem, parseList } from '../structured-fields/parse.ts';
import {
  serializeDictionary,
  serializeItem,
  serializeList,
  serializeMember,
} from '../structured-fields/serialize.ts';
import type { Dictionary } from '../structured-fields/values.ts';
import type { Component } from './components.ts';

/** A request, as far as signatures cover it. */
export interface RequestMessage {
  readonly method: string;
  readonly scheme: string;
  /** Host and port, lowercase, without the scheme's default port. */
  readonly authority: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  /** The lines of each field, unchanged and in order. */
  readonly fields: HeaderValues;
}

/** A response, and its request. */
export interface ResponseMessage {
  readonly status: number;
  readonly fields: HeaderValues;
  readonly request: RequestMessage;
}

/** A message that is signed. */
export type SignedMessage = RequestMessage | ResponseMessage;

/** A component's value in a message (RFC 9421 §2); null if the message has none, or none that is unambiguous. */
export function componentValue(message: SignedMessage, component: Component): string | null {
  if (!component.parameters.has('req')) return valueIn(message, component);
  return 'status' in message ? valueIn(message.request, component) : null;
}

function valueIn(message: SignedMessage, component: Component): string | null {
  const { name } = component;
  if (!name.startsWith('@')) return fieldValue(message.fields, component);
  if (!('status' in message)) return derivedValue(message, component);
  return name === '@status' ? String(message.status) : null;
}

function derivedValue(message: RequestMessage, { name, parameters }: Component): string | null {
  const { method, scheme, authority, target } = message;
  const mark = target.indexOf('?');
  switch (name) {
    case '@method':
      return method;
    case '@target-uri':
      return `${scheme}://${authority}${target}`;
    case '@authority':
      return authority;
    case '@scheme':
      return scheme;
    case '@request-target':
      return target;
    case '@path':
      return mark < 0 ? target : target.slice(0, mark);
    case '@query':
      return mark < 0 ? '?' : target.slice(mark);
    case '@query-param':
      return queryParams(message).get(String(parameters.get('name')?.value)) ?? null;
    default:
      return null;
  }
}

/** A query is parsed once, however many components name its parts: there may be thousands of both. */
const queries = new WeakMap<RequestMessage, ReadonlyMap<string, string | null>>();

/**
 * §2.2.8: both name and value are decoded and encoded again; a name that occurs twice has no value. The parser drops one `?`: a second
 * one belongs to the first name.
 */
function queryParams(message: RequestMessage): ReadonlyMap<string, string | null> {
  const known = queries.get(message);
  if (known) return known;
  const { target } = message;
  const mark = target.indexOf('?');
  const values = new Map<string, string | null>();
  for (const [each, value] of new URLSearchParams(mark < 0 ? '' : target.slice(mark))) {
    const name = encode(each);
    values.set(name, values.has(name) ? null : encode(value));
  }
  queries.set(message, values);
  return values;
}

/** The application/x-www-form-urlencoded percent-encode set, a space as `%20`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Fields that are structured, and as what (RFC 9651 and the registry of HTTP fields): `sf` applies only to these. */
const STRUCTURED: Readonly<Record<string, 'dictionary' | 'list' | 'item'>> = {
  'accept-signature': 'dictionary',
  'cache-status': 'list',
  'cdn-cache-control': 'dictionary',
  'client-cert': 'item',
  'client-cert-chain': 'list',
  'content-digest': 'dictionary',
  priority: 'dictionary',
  'proxy-status': 'list',
  'repr-digest': 'dictionary',
  signature: 'dictionary',
  'signature-input': 'dictionary',
  'want-content-digest': 'dictionary',
  'want-repr-digest': 'dictionary',
};

/**
 * Singleton fields (RFC 9110 §5.5), and those of which Node shows only the first. If one is repeated, its joined lines are not what
 * a handler reads: a value with a comma could be split without a change of the base (§7.5.6).
 */
const SINGLETON_FIELDS: ReadonlySet<string> = new Set([
  ...['access-control-allow-credentials', 'access-control-max-age', 'access-control-request-method', 'age'],
  ...['authorization', 'content-encoding', 'content-language', 'x-content-type-options'],
  ...['content-length', 'content-location', 'content-md5', 'content-range', 'content-type', 'date', 'dnt'],
  ...['etag', 'expires', 'from', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range'],
  ...['if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'range'],
  ...['referer', 'retry-after', 'server', 'tk', 'upgrade-insecure-requests', 'user-agent', 'x-user-token'],
]);

/** §2.1. A trailer is never one of the fields. */
function fieldValue(fields: HeaderValues, { name, parameters }: Component): string | null {
  const lines = fields(name);
  if (lines.length === 0 || parameters.has('tr')) return null;
  if (parameters.has('bs')) return wrapLines(lines);
  if (lines.length > 1 && SINGLETON_FIELDS.has(name)) return null;
  const key = parameters.get('key');
  if (key) return serializeIfPresent(dictionaryIn(fields, name)?.get(String(key.value)), serializeMember);
  // HTTP/2 may split a cookie into parts, which every other context joins again (RFC 9113 §8.2.3), and so does a handler.
  if (!parameters.has('sf')) return name === 'cookie' ? lines.map(trimBlanks).join('; ') : joinLines(lines);
  return memoize(canonicalForms, fields, name, () => canonicalize(name, joinLines(lines)));
}

const joinLines = (lines: readonly string[]): string => lines.map(trimBlanks).join(', ');

/** A value derived from each field of a message: computed once, however many components and bases name the field. */
type OfFields<T> = WeakMap<HeaderValues, Map<string, T | null>>;

function memoize<T>(known: OfFields<T>, fields: HeaderValues, name: string, make: () => T | null): T | null {
  const made = known.get(fields) ?? new Map<string, T | null>();
  known.set(fields, made);
  const before = made.get(name);
  if (before !== undefined) return before;
  const value = make();
  made.set(name, value);
  return value;
}

const dictionaries: OfFields<Dictionary> = new WeakMap();
const canonicalForms: OfFields<string> = new WeakMap();

/** A field as a dictionary; null if it is none, or repeats a key. */
const dictionaryIn = (fields: HeaderValues, name: string): Dictionary | null =>
  memoize(dictionaries, fields, name, () => {
    const field = parseDictionary(joinLines(fields(name)));
    return field?.hasRepeats === false ? field.value : null;
  });

function canonicalize(name: string, value: string): string | null {
  switch (Object.hasOwn(STRUCTURED, name) ? STRUCTURED[name] : undefined) {
    case 'dictionary':
      return serializeIfPresent(parseDictionary(value)?.value, serializeDictionary);
    case 'list':
      return serializeIfPresent(parseList(value)?.value, serializeList);
    case 'item':
      return serializeIfPresent(parseItem(value)?.value, serializeItem);
    default:
      return null;
  }
}

const serializeIfPresent = <T>(value: T | undefined, write: (value: T) => string): string | null =>
  value === undefined ? null : write(value);

/** §2.1.3: each line as a byte sequence. A string from an HTTP parser has one byte in each character. */
function wrapLines(lines: readonly string[]): string | null {
  const values = lines.map((line) => {
    const text = trimBlanks(line);
    return /[^\0-\xff]/.test(text) ? null : `:${btoa(text)}:`;
  });
  return values.includes(null) ? null : values.join(', ');
}

/** Without the white space around it. Not by a pattern: one that looks for the end is slow on many spaces. */
function trimBlanks(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && isBlank(line[from])) from++;
  while (to > from && isBlank(line[to - 1])) to--;
  return line.slice(from, to);
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';
