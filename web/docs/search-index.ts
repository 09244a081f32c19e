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
  const start = Math.max(0, Math.min(...(places.length > 0 ? places : [0])) - LONG / 4);
  const cut = line.slice(start, start + LONG);
  return `${start > 0 ? '…' : ''}${cut}${start + LONG < line.length ? '…' : ''}`;
}
