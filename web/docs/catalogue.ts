import { DOCS_PAGES, type DocsPageName } from '../../shared/docs-pages.ts';
import type { Language } from '../../shared/languages.ts';

/** Pages that are not in the folder of their name. */
const ELSEWHERE: Readonly<Partial<Record<DocsPageName, string>>> = {
  'security-model': 'SECURITY.md',
  changelog: 'CHANGELOG.md',
  performance: 'docs/performance.md',
  scaling: 'docs/scaling.md',
  compatibility: 'docs/compatibility.md',
};

/** Whether a page is in both languages. The others are in English. */
export const isTranslated = (page: DocsPageName): boolean => !page.includes('/') && !(page in ELSEWHERE);

/** The file of a page, from the root of the repository. */
export function docsFileOf(page: DocsPageName, language: Language): string {
  const elsewhere = ELSEWHERE[page];
  if (elsewhere !== undefined) return elsewhere;
  return isTranslated(page) ? `docs/${language}/${page}.md` : `docs/${page}.md`;
}

/** The page with this name; undefined if there is none. */
export const docsPageNamed = (name: string): DocsPageName | undefined =>
  DOCS_PAGES.find((page) => page === name);
