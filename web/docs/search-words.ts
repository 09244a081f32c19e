/** Words that most pages have, in both languages, without accents. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an and are as at be by can do does for from how i if in is it my of on or that the this to what when why with
  au aux avec ce ces cette comment d dans de des du elle en est et il ils j je l la le les ma mes mon ou
  par pour pourquoi qu quand que quel quelle qui s se ses son sont sur un une`.split(/\s+/),
);

/** Letters from which on the beginning of a word stands for it. */
export const MIN_PREFIX = 3;

/** A word without accents and capitals: users type neither. */
export const foldTerm = (term: string): string =>
  term.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** The words that count, folded: all of them if no page lacks any. */
export function soughtWords(words: string): readonly string[] {
  const all = foldTerm(words)
    .split(/[\s'’]+/u)
    .filter(Boolean);
  const counting = all.filter((word) => !STOP_WORDS.has(word));
  return counting.length > 0 ? counting : all;
}

/** Finds the words that count in a folded text: whole, or the beginning of a word, from three letters. Null without words. */
export function wordPattern(words: string): RegExp | null {
  const sought = [...soughtWords(words)].sort((a, b) => b.length - a.length);
  if (sought.length === 0) return null;
  const forms = sought.map((word) => {
    const literal = word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    return word.length < MIN_PREFIX ? `${literal}(?![\\p{L}\\p{N}])` : literal;
  });
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${forms.join('|')})`, 'gu');
}
