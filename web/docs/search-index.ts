import MiniSearch from 'minisearch';
import type { DocsPageName } from './catalogue.ts';
import type { DocsSection } from './markdown-page.ts';

/** A part of a page, with the page that it is on. */
export interface FoundSection extends DocsSection {
  readonly page: DocsPageName;
  readonly title: string;
}

/** As many as fit a screen. */
const MAX_RESULTS = 8;

/** A word without accents and capitals: people type neither. */
const foldCase = (term: string): string => term.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/**
 * Makes a search over the text of all pages.
 * @returns the best parts for some words, all of which they contain, the last perhaps unfinished or mistyped
 */
export function searchOver(sections: readonly FoundSection[]): (words: string) => FoundSection[] {
  const index = new MiniSearch({
    fields: ['title', 'heading', 'text'],
    processTerm: foldCase,
    // Names keep their dots and underscores, and are found by each of their words as well.
    tokenize: (text) => text.split(/[\s,;:!?()[\]{}"'’`|<>=]+/u).flatMap(wordsOf),
    searchOptions: {
      boost: { title: 4, heading: 3 },
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: 'AND',
    },
  });
  index.addAll(sections.map((section, id) => ({ ...section, id })));
  return (words) =>
    index.search(words).flatMap(({ id }, at) => (at < MAX_RESULTS ? [sections[id] as FoundSection] : []));
}

const wordsOf = (name: string): string[] => {
  const words = name.split(/[._\-/]+/u).filter(Boolean);
  return words.length > 1 ? [name, ...words] : words;
};

/** Characters of an excerpt. */
const LONG = 160;

/** The text around the first of the words that it contains, or its beginning. */
export function excerptOf(text: string, words: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const places = words
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => foldCase(line).indexOf(foldCase(word)))
    .filter((place) => place >= 0);
  const place = Math.min(...(places.length > 0 ? places : [0]));
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

/** A part of a text, which is one of the words that are searched for or lies between them. */
export interface MarkedPiece {
  /** Where it begins. */
  readonly at: number;
  readonly piece: string;
  readonly isWord: boolean;
}

/** A text in pieces, so that the words can be marked. */
export function markWords(text: string, words: string): readonly MarkedPiece[] {
  const folded = foldCase(text);
  const sought = words
    .split(/\s+/)
    .filter(Boolean)
    .map(foldCase)
    .sort((a, b) => b.length - a.length);
  // With a letter that folding makes longer, places in both texts differ.
  if (sought.length === 0 || folded.length !== text.length) return [{ at: 0, piece: text, isWord: false }];
  const found = new RegExp(sought.map((word) => word.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&')).join('|'), 'g');
  const pieces: MarkedPiece[] = [];
  let end = 0;
  for (const { 0: word, index } of folded.matchAll(found)) {
    pieces.push({ at: end, piece: text.slice(end, index), isWord: false });
    end = index + word.length;
    pieces.push({ at: index, piece: text.slice(index, end), isWord: true });
  }
  return [...pieces, { at: end, piece: text.slice(end), isWord: false }].filter(({ piece }) => piece !== '');
}
