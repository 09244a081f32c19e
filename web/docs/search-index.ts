import MiniSearch from 'minisearch';
import { DOCS, type DocsPageName } from '../../shared/docs-pages.ts';
import type { Language } from '../../shared/languages.ts';
import { isTranslated } from './catalogue.ts';
import type { DocsSection } from './markdown-page.ts';
import { foldTerm, MIN_PREFIX, soughtWords } from './search-words.ts';

/** A page that the search finds: one of the docs, or the list of refusals that the service itself writes. */
export type FoundPage = DocsPageName | 'refusals';

/** A part of a page, with the page that it is on. */
export interface FoundSection extends DocsSection {
  readonly page: FoundPage;
  readonly title: string;
}

/** The best parts for some words. By default, a word may be mistyped. */
export type SearchDocs = (words: string, options?: { readonly isTypoTolerant?: boolean }) => FoundSection[];

/** As many as fit a screen, and of one page so few that others are among them. */
const MAX_RESULTS = 8;
const MAX_OF_PAGE = 3;

/**
 * Makes a search over the text of all pages.
 * @returns the best parts for some words, all of which they contain, the last perhaps unfinished or mistyped. Words such as
 * "the" are not required.
 */
export function searchOver(sections: readonly FoundSection[], language: Language): SearchDocs {
  const index = new MiniSearch({
    fields: ['codes', 'title', 'heading', 'around', 'text', 'cells'],
    processTerm: foldTerm,
    // A code is found by its words in the heading.
    tokenize: (text, field) => (field === 'codes' ? text.split(' ') : termsOf(text)),
    searchOptions: {
      boost: { codes: 8, title: 3, heading: 6, cells: 0.7 },
      boostDocument: (id) => weightOf(sections[id as number] as FoundSection, language),
      // Two letters begin too many words, unless a user is still typing them.
      prefix: (term, at, terms) => term.length >= MIN_PREFIX || at === terms.length - 1,
      combineWith: 'AND',
    },
  });
  index.addAll(
    sections.map((section, id) => ({ ...section, heading: section.heading || section.title, id })),
  );
  return (words, { isTypoTolerant = true } = {}) => {
    const fuzzy = (term: string) => (isTypoTolerant && term.length > 4 ? 0.2 : false);
    const results = index.search(soughtWords(words).join(' '), { fuzzy });
    const found = results.map(({ id }) => sections[id] as FoundSection);
    return found.filter(fewOfEachPage()).slice(0, MAX_RESULTS);
  };
}

/** Names keep their dots and underscores, and are found by each of their words as well. */
const termsOf = (text: string): string[] =>
  text.split(/[\s,;:!?()[\]{}"'’`|<>=«»]+/u).flatMap((name) => {
    const words = name.split(/[._\-/]+/u).filter(Boolean);
    return words.length > 1 ? [name, ...words] : words;
  });

/** What a caller reads comes before what an operator measured, and pages in the reader's language before others. */
function weightOf({ page, id }: FoundSection, language: Language): number {
  // The list has every status, and leads to each reason.
  if (page === 'refusals') return id === '' ? 3 : 1;
  if (page === 'troubleshooting' || page === 'operators/configuration') return 2;
  const isForeign = language !== 'en' && !isTranslated(page);
  return (FOR_OTHERS.has(page) ? 0.5 : 1) * (isForeign ? 0.01 : 1);
}

const FOR_OTHERS: ReadonlySet<DocsPageName> = new Set([...DOCS.operate, ...DOCS.project]);

function fewOfEachPage(): (section: FoundSection) => boolean {
  const counts = new Map<FoundPage, number>();
  return ({ page }) => {
    const count = (counts.get(page) ?? 0) + 1;
    counts.set(page, count);
    return count <= MAX_OF_PAGE;
  };
}
