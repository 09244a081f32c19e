import { foldTerm, wordPattern } from './search-words.ts';

/** Characters of an excerpt. */
const LONG = 160;

/** Whether a text contains one of the words. */
export const wordsIn = (text: string, words: string): boolean =>
  wordPattern(words)?.test(foldTerm(text)) ?? false;

/** The text around the first of the words that it contains, or its beginning. */
export function excerptOf(text: string, words: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const place = Math.max(0, foldTerm(line).search(wordPattern(words) ?? /^/));
  const start = Math.max(0, place - LONG / 4);
  const end = start + LONG;
  // Whole words, unless one is longer than all that is shown before or after it.
  const from = start === 0 ? 0 : wholeFrom(line, start, place);
  const to = end >= line.length ? line.length : wholeTo(line, end, place);
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}

/** The beginning of the first whole word between two places. */
function wholeFrom(line: string, start: number, place: number): number {
  const space = line.indexOf(' ', start - 1);
  return space >= 0 && space < place ? space + 1 : start;
}

/** The end of the last whole word between two places. */
function wholeTo(line: string, end: number, place: number): number {
  const space = line.lastIndexOf(' ', end);
  return space > place ? space : end;
}

/** A part of a text: one of the search words, or what lies between them. */
export interface MarkedPiece {
  /** Where it begins. */
  readonly at: number;
  readonly piece: string;
  readonly isWord: boolean;
}

/** A text in pieces, so that the words can be marked. */
export function markWords(text: string, words: string): readonly MarkedPiece[] {
  const folded = foldTerm(text);
  const found = wordPattern(words);
  // With a letter that folding makes longer, places in both texts differ.
  if (found === null || folded.length !== text.length) return [{ at: 0, piece: text, isWord: false }];
  const pieces: MarkedPiece[] = [];
  let end = 0;
  for (const { 0: word, index } of folded.matchAll(found)) {
    pieces.push({ at: end, piece: text.slice(end, index), isWord: false });
    end = index + word.length;
    pieces.push({ at: index, piece: text.slice(index, end), isWord: true });
  }
  return [...pieces, { at: end, piece: text.slice(end), isWord: false }].filter(({ piece }) => piece !== '');
}
