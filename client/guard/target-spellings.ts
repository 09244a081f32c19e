import { MAX_REPORTED_TEXT, targetFault } from '../../shared/request-rules.ts';
import { targetMeaning } from '../../shared/target-meaning.ts';

/** How a client spells a name or a value in a query. */
interface Spelling {
  /** The characters that are percent-encoded. */
  readonly encoded: RegExp;
  /** The same in names, if they differ. */
  readonly encodedInNames?: RegExp;
  readonly space: '+' | '%20';
  /** Whether hex digits are lowercase; uppercase by default (RFC 3986 §2.1). */
  readonly lowercase?: boolean;
}

const UNRESERVED = 'A-Za-z0-9\\-._~';
const COMPONENT = `${UNRESERVED}!*'()`;
/** URL standard, special-query percent-encode set; and what would end or split a pair. */
const TYPED = '!$(-*,-;=?-~';

/** @param kept the inside of a character class */
const allBut = (kept: string): RegExp => new RegExp(`[^${kept}]`, 'gu');

const SPELLINGS: readonly Spelling[] = [
  // encodeURIComponent, and so tRPC.
  { encoded: allBut(COMPONENT), space: '%20' },
  // jQuery.
  { encoded: allBut(COMPONENT), space: '+' },
  // RFC 3986 §2.3: Python's `quote`, PHP's `rawurlencode`, `Uri.EscapeDataString` of .NET, qs.
  { encoded: allBut(UNRESERVED), space: '%20' },
  // Python's `urlencode`, Go's `QueryEscape`.
  { encoded: allBut(UNRESERVED), space: '+' },
  // URLSearchParams, Java's `URLEncoder`.
  { encoded: allBut('A-Za-z0-9\\-._*'), space: '+' },
  // Nested names as a person types them with `encodeURIComponent` of the values: `filter[path]=a%2Fb`.
  { encoded: allBut(COMPONENT), encodedInNames: allBut(TYPED), space: '%20' },
  // `qs.stringify` with `encodeValuesOnly`, then with `format: 'RFC1738'` too.
  { encoded: allBut(UNRESERVED), encodedInNames: allBut(TYPED), space: '%20' },
  { encoded: allBut(`${UNRESERVED}()`), encodedInNames: allBut(TYPED), space: '+' },
  { encoded: allBut(UNRESERVED), encodedInNames: allBut(TYPED), space: '+' },
  // axios before 1.12.
  { encoded: allBut(`${COMPONENT}:$,[\\]`), space: '+' },
  // PHP's `http_build_query`.
  { encoded: allBut('A-Za-z0-9\\-._'), space: '+' },
  // axios.
  { encoded: allBut(`${COMPONENT}:$,`), space: '+' },
  // `HttpUtility.UrlEncode` of .NET.
  { encoded: allBut('A-Za-z0-9\\-._!*()'), space: '+', lowercase: true },
  // A URL as a person types it, which the URL standard encodes.
  { encoded: allBut(TYPED), space: '%20' },
  { encoded: allBut(TYPED), space: '+' },
  // A typed URL as sent by programs that leave the apostrophe, and encode what RFC 3986 does not allow: Python's requests.
  { encoded: allBut("!$'-*,-;=?-Z[\\]_a-z~"), space: '%20' },
  // RFC 3986 §6.2.2.1: hex digits of either case mean the same.
  { encoded: allBut(COMPONENT), space: '%20', lowercase: true },
  { encoded: allBut(UNRESERVED), space: '%20', lowercase: true },
  { encoded: allBut(UNRESERVED), space: '+', lowercase: true },
  { encoded: allBut(TYPED), space: '%20', lowercase: true },
];

/**
 * Maximum characters of all spellings of one target: a guard sends them to Keyseal, and anyone may send a request. Each
 * parameter of a query costs as much time as eight more characters.
 */
const MAX_CHARACTERS = 64 * 1024;
/** What Keyseal accepts with one request. */
const MAX_SPELLINGS = 31;
const COST_OF_PART = 8;

/**
 * Returns other spellings of a target whose query means the same. Next rewrites the query of a request before a route
 * handler sees it, so the target that the client signed is lost. These are the spellings of common clients; a query that
 * mixes two of them is not among them. A long query gets fewer spellings: those of the most common clients.
 * @returns at most 31 targets, without the given one
 */
export function otherSpellings(target: string): string[] {
  const mark = target.indexOf('?');
  if (mark < 0) return [`${target}?`];
  const path = target.slice(0, mark);
  const pairs = [...new URLSearchParams(target.slice(mark))];
  if (pairs.length === 0) return [path, `${path}?`].filter((each) => each !== target);
  const meaning = targetMeaning(target);
  const found = new Set<string>();
  let room = MAX_CHARACTERS;
  for (const each of spellingsOf(path, pairs)) {
    room -= each.length + COST_OF_PART * pairs.length;
    if (room < 0 || found.size === MAX_SPELLINGS) break;
    if (each === target || each.length > MAX_REPORTED_TEXT || targetFault(each) !== null) continue;
    if (targetMeaning(each) === meaning) found.add(each);
  }
  return [...found];
}

type Pair = readonly [name: string, value: string];

function* spellingsOf(path: string, pairs: readonly Pair[]): Generator<string> {
  // A name without a value is written with or without `=`.
  const empties = pairs.some(([, value]) => value === '') ? ['=', ''] : ['='];
  for (const spelling of SPELLINGS) {
    for (const empty of empties)
      yield `${path}?${pairs.map((pair) => spellPair(pair, spelling, empty)).join('&')}`;
  }
}

/** What the URL standard encodes in a query, and most clients do not: first only the apostrophe, then everything. */
const ENCODED_BY_URL = [/%27/g, /%2[27]|%3[CE]/g];

/**
 * Returns the targets from which the URL standard may have made this one: every runtime of the fetch standard encodes an
 * apostrophe in a query, which `encodeURIComponent` leaves, and quotes and angle brackets.
 * @returns at most two, without the given one
 */
export function beforeUrlEncoding(target: string): string[] {
  const mark = target.indexOf('?');
  if (mark < 0) return [];
  const [path, query] = [target.slice(0, mark), target.slice(mark)];
  const all = ENCODED_BY_URL.map((codes) => path + query.replace(codes, decodeURIComponent));
  return [...new Set(all)].filter(
    (each) => each !== target && new URL(`http://host${each}`).search === query,
  );
}

function spellPair([name, value]: Pair, spelling: Spelling, empty: string): string {
  const { encoded, encodedInNames = encoded } = spelling;
  const spelledName = spell(name, { ...spelling, encoded: encodedInNames }).replaceAll('=', '%3D');
  return value === '' ? spelledName + empty : `${spelledName}=${spell(value, spelling)}`;
}

function spell(text: string, { encoded, space, lowercase = false }: Spelling): string {
  return text.replace(encoded, (char) => {
    if (char === ' ') return space;
    const code = percentEncoded(char);
    return lowercase ? code.toLowerCase() : code;
  });
}

const ASCII = Array.from(
  { length: 128 },
  (_, code) => `%${code.toString(16).toUpperCase().padStart(2, '0')}`,
);

/** Percent-encodes every UTF-8 byte of the character; a decoded query has no lone surrogates. */
const percentEncoded = (char: string): string => ASCII[char.charCodeAt(0)] ?? encodeURIComponent(char);
