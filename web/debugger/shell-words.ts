/** The escapes in bash's `$'…'`. */
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** A quoted part, a plain one, or the space between words. A backslash before a line feed disappears. */
const PIECE =
  /\$'((?:\\[\s\S]|[^'\\])*)'|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\\n|\\([\s\S])|([^\s'"\\]+|\$(?='))|(\s+)/g;

/** The words of one command, as bash splits it (without variables and substitutions). */
export function words(command: string): string[] {
  const found: string[] = [];
  let word: string | null = null;
  for (const [whole, ansi, single, double, escaped, plain, space] of command.matchAll(PIECE)) {
    if (space !== undefined) {
      if (word !== null) found.push(word);
      word = null;
    } else if (whole !== '\\\n') {
      word = (word ?? '') + pieceOf(ansi, single, double, escaped, plain);
    }
  }
  return word === null ? found : [...found, word];
}

function pieceOf(ansi?: string, single?: string, double?: string, escaped?: string, plain?: string): string {
  if (ansi !== undefined) return ansi.replace(/\\([\s\S])/g, (_, c: string) => ESCAPES[c] ?? c);
  if (double !== undefined) return double.replace(/\\\n/g, '').replace(/\\(["\\$`])/g, '$1');
  return single ?? escaped ?? plain ?? '';
}
