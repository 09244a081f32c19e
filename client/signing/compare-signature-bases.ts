import { hasRedactions, redactLine } from '../../shared/http-signature/redact-base.ts';

/** The name of each line of a base (see `signatureBase`). */
export const BASE_LINES = [
  'version',
  'k',
  't',
  'n',
  'method',
  'authority',
  'path?query',
  'content-type',
  'token sha256',
  'body sha256',
] as const;

/** Characters of a cell. Of a longer line, the cell shows the part around the first difference. */
const WIDTH = 40;
/** Characters of a line that are compared: more than one line of a request may have. */
const MAX_LINE = 20_000;
/** Shown for an empty line. */
const EMPTY_LINE = '(nothing)';
/** Width of the column of names, and the characters before it in a row. */
const NAME_WIDTH = 14;
const BEFORE_NAME = 6;
/** The maximum number of lines of an RFC 9421 base that are shown. */
export const MOST_LINES = 40;

/** A line of both bases. */
interface Row {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Explains why a signature was refused: the base that was signed next to the one that the server built, the
 * first line that differs marked with `>`, and its first difference with `^`. It shows no secret: the ten lines contain only
 * the SHA-256 of a token and a body, and an RFC 9421 base is shown as the service shows it.
 * @param signed ten lines, or an RFC 9421 base
 * @param received the base as the server returned it, in the same format
 */
export function compareBases(signed: string, received: string): string {
  const rows = isStandardBase(signed) ? standardRows(signed, received) : tenRows(signed, received);
  const differing = rows.findIndex(({ ours, theirs }) => ours !== theirs);
  const width = Math.max(NAME_WIDTH, ...rows.map(({ name }) => Math.min(name.length, WIDTH)));
  const head = ' '.repeat(BEFORE_NAME + width + 1);
  const lines = rows.flatMap(({ name, ours, theirs }, at) => {
    const [one, other] = excerpts(ours, theirs);
    const mark = at === differing ? '>' : ' ';
    const row = `${mark} ${String(at + 1).padStart(2)}  ${name.padEnd(width)} ${one.padEnd(WIDTH + 2)} ${other}`;
    return at === differing ? [row, carets(head, one, other)] : [row];
  });
  const heading = `${head}${'signed here'.padEnd(WIDTH + 2)} received by the server`;
  return [verdict(rows, differing), '', heading, ...lines].map((line) => line.trimEnd()).join('\n');
}

/** Whether a base is an RFC 9421 base (§2.5): its lines begin with the identifiers of components. */
export const isStandardBase = (base: string): boolean => base.startsWith('"');

function verdict(rows: readonly Row[], differing: number): string {
  const butHidden = rows.some(({ ours }) => hasRedactions(ours)) ? ', except perhaps for what is hidden' : '';
  return differing < 0
    ? `Both bases are the same${butHidden}: the signing secret is not the one that goes with this key or session.`
    : `The first line that differs is ${differing + 1}, ${rows[differing]?.name}:`;
}

function tenRows(signed: string, received: string): Row[] {
  const [ours, theirs] = [linesOf(signed, BASE_LINES.length), linesOf(received, BASE_LINES.length)];
  return BASE_LINES.map((name, at) => ({ name, ours: ours[at] ?? '', theirs: theirs[at] ?? '' }));
}

/**
 * The service builds a line for each component that the signature lists, in the same order. If it was changed on its way, there may
 * be more.
 */
function standardRows(signed: string, received: string): Row[] {
  const [ours, theirs] = [linesOf(signed, MOST_LINES), linesOf(received, MOST_LINES)];
  const count = Math.min(Math.max(ours.length, theirs.length), ours.length + 1);
  return Array.from({ length: count }, (_, at) => {
    const [one, other] = shownPair(ours[at] ?? '', theirs[at] ?? '');
    const [name = ''] = /^"[^"]{0,40}"[^:]{0,40}/.exec(one || other) ?? [];
    const valueIn = (line: string) => (line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line);
    return { name: name.slice(0, WIDTH), ours: valueIn(one), theirs: valueIn(other) };
  });
}

/** Both lines as they may be shown, in a message that may end up in a log. */
function shownPair(ours: string, theirs: string): readonly [ours: string, theirs: string] {
  const [one, other] = [redactLine(ours), redactLine(theirs)];
  // An older version of the service hides nothing: then a difference is known.
  const isKnownToDiffer = one === other && ours !== theirs && theirs !== other;
  return [one, isKnownToDiffer ? `${other}, another one` : other];
}

/** The lines of a base. Escapes everything but visible ASCII, so that it cannot control a terminal. */
function linesOf(base: string, most: number): string[] {
  return base
    .slice(0, most * MAX_LINE)
    .split('\n', most)
    .map((line) =>
      line.slice(0, MAX_LINE).replace(/[^\x20-\x7e]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`),
    );
}

/** The same part of both lines, with the first difference in it. */
function excerpts(one: string, other: string): [string, string] {
  const longest = Math.max(one.length, other.length);
  const from = Math.max(0, Math.min(firstDifference(one, other) - WIDTH / 2, longest - WIDTH));
  const cut = (text: string) =>
    text === ''
      ? EMPTY_LINE
      : `${from > 0 ? '…' : ''}${text.slice(from, from + WIDTH)}${text.length > from + WIDTH ? '…' : ''}`;
  return [cut(one), cut(other)];
}

function carets(head: string, one: string, other: string): string {
  const at = firstDifference(one, other);
  return `${head}${' '.repeat(at)}^${' '.repeat(WIDTH + 2)}^`;
}

/** Zero if there is none. */
function firstDifference(one: string, other: string): number {
  if (one === other) return 0;
  let at = 0;
  while (one[at] === other[at]) at++;
  return at;
}
