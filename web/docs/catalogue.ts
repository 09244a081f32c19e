import type { Language } from '../../shared/languages.ts';

/** The pages of the docs in groups, in reading order. A page is named by its path below `/docs/`. */
export const DOCS = {
  start: ['quickstart', 'console', 'client', 'frontends', 'next'],
  sign: [
    'security-procedure',
    'sign-a-request',
    'sign-by-hand',
    'standard-signatures',
    'signed-responses',
    'troubleshooting',
  ],
  keys: ['keys', 'limits-and-credits', 'usage', 'teams', 'audit', 'identity-provider', 'workload-identity'],
  build: ['verify-a-request', 'your-own-procedures', 'openapi', 'reference/client', 'reference/sdk'],
  operate: [
    'operators/production-checklist',
    ...['operators/running', 'operators/configuration', 'operators/cli'],
    ...['operators/postgres', 'operators/proxies', 'operators/kubernetes'],
    ...['operators/observability', 'operators/security'],
  ],
  project: ['security-model', 'performance', 'scaling', 'compatibility', 'changelog'],
} as const;

export type DocsGroup = keyof typeof DOCS;
export type DocsPageName = (typeof DOCS)[DocsGroup][number];

/** Every page, in reading order. */
export const DOCS_PAGES: readonly DocsPageName[] = Object.values(DOCS).flat();

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
