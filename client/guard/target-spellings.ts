import { targetFault } from '../../shared/request-rules.ts';
import { meansTheSame } from '../../shared/target-meaning.ts';

/** How a client spells a name or a value in a query. */
interface Spelling {
  /** The characters that are not percent-encoded, as the inside of a character class. */
  readonly kept: string;
  readonly space: '+' | '%20';
  /** Hex digits are upper case otherwise (RFC 3986 §2.1). */
  readonly lowercase?: boolean;
}

const UNRESERVED = 'A-Za-z0-9\\-._~';
const COMPONENT = `${UNRESERVED}!*'()`;
/** URL standard, special-query percent-encode set; and what would end or split a pair. */
const TYPED = '!$(-*,-;=?-~';

const SPELLINGS: readonly Spelling[] = [
  // encodeURIComponent, and so tRPC.
  { kept: COMPONENT, space: '%20' },
  // jQuery.
  { kept: COMPONENT, space: '+' },
  // RFC 3986 §2.3: Python's `quote`, PHP's `rawurlencode`, `Uri.EscapeDataString` of .NET, qs.
  { kept: UNRESERVED, space: '%20' },
  // Python's `urlencode`, Go's `QueryEscape`.
  { kept: UNRESERVED, space: '+' },
  // URLSearchParams, Java's `URLEncoder`.
  { kept: 'A-Za-z0-9\\-._*', space: '+' },
  // PHP's `http_build_query`.
  { kept: 'A-Za-z0-9\\-._', space: '+' },
  // axios.
  { kept: `${COMPONENT}:$,`, space: '+' },
  // `HttpUtility.UrlEncode` of .NET.
  { kept: 'A-Za-z0-9\\-._!*()', space: '+', lowercase: true },
  // A URL as a person types it, which the URL standard encodes.
  { kept: TYPED, space: '%20' },
  { kept: TYPED, space: '+' },
  // The same by programs that leave the apostrophe, and encode what RFC 3986 does not allow: Python's requests.
  { kept: "!$'-*,-;=?-Z[\\]_a-z~", space: '%20' },
  // RFC 3986 §6.2.2.1: hex digits of either case mean the same.
  { kept: COMPONENT, space: '%20', lowercase: true },
  { kept: UNRESERVED, space: '%20', lowercase: true },
  { kept: UNRESERVED, space: '+', lowercase: true },
  { kept: TYPED, space: '%20', lowercase: true },
];

/**
 * Returns other spellings of a target whose query means the same. Next rewrites the query of a request before a route
 * handler sees it, so the target that the client signed is lost. These are the spellings of common clients; a query that
 * mixes two of them is not among them.
 * @returns at most 31 targets, without the given one
 */
export function otherSpellings(target: string): string[] {
  const mark = target.indexOf('?');
  if (mark < 0) return [`${target}?`];
  const path = target.slice(0, mark);
  const pairs = [...new URLSearchParams(target.slice(mark))];
  // A name without a value is spelled with a `=`, or without.
  const all = SPELLINGS.flatMap((spelling) =>
    ['=', ''].map((empty) => `${path}?${pairs.map((pair) => spellPair(pair, spelling, empty)).join('&')}`),
  );
  return [...new Set([...all, pairs.length === 0 ? path : target])].filter(
    (each) => each !== target && targetFault(each) === null && meansTheSame(each, target),
  );
}

function spellPair([name, value]: readonly [string, string], spelling: Spelling, empty: string): string {
  const spelledName = spell(name, spelling).replaceAll('=', '%3D');
  return value === '' ? spelledName + empty : `${spelledName}=${spell(value, spelling)}`;
}

function spell(text: string, { kept, space, lowercase = false }: Spelling): string {
  return text.replace(new RegExp(`[^${kept}]`, 'gu'), (char) => {
    if (char === ' ') return space;
    const code = percentEncoded(char);
    return lowercase ? code.toLowerCase() : code;
  });
}

/** Every byte of the character in UTF-8; a decoded query holds no lone surrogate. */
function percentEncoded(char: string): string {
  const bytes = [...new TextEncoder().encode(char)];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
