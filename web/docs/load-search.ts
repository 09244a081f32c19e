import type { Language } from '../../shared/languages.ts';
import { type FoundSection, type SearchDocs, searchOver } from './search-index.ts';

/** The text of all pages, which the browser loads when a reader begins to search. */
const SECTIONS: Readonly<Record<Language, () => Promise<{ default: FoundSection[] }>>> = {
  en: () => import('virtual:docs-sections/en'),
  fr: () => import('virtual:docs-sections/fr'),
};

export const loadSearch = async (language: Language): Promise<SearchDocs> =>
  searchOver((await SECTIONS[language]()).default, language);
