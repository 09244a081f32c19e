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
const LONGEST = 20_000;
/** Shown for an empty line. */
const NOTHING = '(nothing)';
/** The width to the left of the cells. */
const HEAD = ' '.repeat(21);

/**
 * Shows a person why a signature was refused: the base that was signed next to the one that the server built, the
 * first line that differs marked with `>`, and its first difference with `^`. A base contains no secret: of a token
 * and a body it has only the SHA-256.
 * @param signed ten lines
 * @param received ten lines, as the server returned them
 */
export function compareBases(signed: string, received: string): string {
  const [ours, theirs] = [linesOf(signed), linesOf(received)];
  const differing = BASE_LINES.findIndex((_, at) => ours[at] !== theirs[at]);
  const rows = BASE_LINES.flatMap((name, at) => {
    const [one, other] = excerpts(ours[at] ?? '', theirs[at] ?? '');
    const mark = at === differing ? '>' : ' ';
    const row = `${mark} ${String(at + 1).padStart(2)}  ${name.padEnd(14)} ${one.padEnd(WIDTH + 2)} ${other}`;
    return at === differing ? [row, carets(one, other)] : [row];
  });
  const heading = `${HEAD}${'signed here'.padEnd(WIDTH + 2)} received by the server`;
  return [verdict(differing), '', heading, ...rows].map((line) => line.trimEnd()).join('\n');
}

function verdict(differing: number): string {
  return differing < 0
    ? 'Both bases are the same: the signing secret is not the one that goes with this key or session.'
    : `The first line that differs is ${differing + 1}, ${BASE_LINES[differing]}:`;
}

/** The lines of a base. Escapes everything but visible ASCII, so that it cannot control a terminal. */
function linesOf(base: string): string[] {
  return base
    .slice(0, BASE_LINES.length * LONGEST)
    .split('\n', BASE_LINES.length)
    .map((line) =>
      line.slice(0, LONGEST).replace(/[^\x20-\x7e]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`),
    );
}

/** The same part of both lines, with the first difference in it. */
function excerpts(one: string, other: string): [string, string] {
  const longest = Math.max(one.length, other.length);
  const from = Math.max(0, Math.min(firstDifference(one, other) - WIDTH / 2, longest - WIDTH));
  const cut = (text: string) =>
    text === ''
      ? NOTHING
      : `${from > 0 ? '…' : ''}${text.slice(from, from + WIDTH)}${text.length > from + WIDTH ? '…' : ''}`;
  return [cut(one), cut(other)];
}

function carets(one: string, other: string): string {
  const at = firstDifference(one, other);
  return `${HEAD}${' '.repeat(at)}^${' '.repeat(WIDTH + 2)}^`;
}

/** Zero if there is none. */
function firstDifference(one: string, other: string): number {
  if (one === other) return 0;
  let at = 0;
  while (one[at] === other[at]) at++;
  return at;
}
