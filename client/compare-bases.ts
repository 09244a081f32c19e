/** What each line of a base is (see `signatureBase`). */
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

/** Characters of a cell; of what is longer, the part around the first difference is shown. */
const WIDTH = 40;
/** Characters of a line that are looked at, more than a request may have in one. */
const LONGEST = 20_000;
/** What stands in place of an empty line. */
const NOTHING = '(nothing)';
/** What stands left of the cells. */
const HEAD = ' '.repeat(21);

/**
 * What a person needs to see why a signature was refused: the base that was signed and the one that the server built,
 * side by side, the first line that differs marked with `>`, and its first difference with `^`. A base has no secret
 * in it: of a token and a body it holds the SHA-256 alone.
 * @param signed ten lines
 * @param received ten lines, as the server told them
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

/** The lines of a base; what is no visible ASCII is written out, so that it can do nothing to a terminal. */
function linesOf(base: string): string[] {
  return base
    .slice(0, BASE_LINES.length * LONGEST)
    .split('\n', BASE_LINES.length)
    .map((line) =>
      line.slice(0, LONGEST).replace(/[^\x20-\x7e]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`),
    );
}

/** The same part of both, with the first difference in it. */
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

/** Zero where there is none. */
function firstDifference(one: string, other: string): number {
  if (one === other) return 0;
  let at = 0;
  while (one[at] === other[at]) at++;
  return at;
}
