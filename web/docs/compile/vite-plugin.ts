import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';
import { DOCS_PAGES, type DocsPageName } from '../../../shared/docs-pages.ts';
import { LANGUAGES, type Language } from '../../../shared/languages.ts';
import { docsFileOf } from '../catalogue.ts';
import type { FoundSection } from '../search-index.ts';
import { pageOf, titleOf } from './markdown-page.ts';
import { refusalSections, sectionsOf } from './sections.ts';

const ROOT = join(import.meta.dirname, '../../..');

const readPage = (page: DocsPageName, language: Language): string =>
  readFileSync(join(ROOT, docsFileOf(page, language)), 'utf8');

/** The names of all procedures, which are the headings of their page. */
const procedureNames = (): string[] =>
  [...readFileSync(join(ROOT, 'docs/en/procedures.md'), 'utf8').matchAll(/^## (.+)$/gm)].map(
    ([, name = '']) => name,
  );

/** The modules that hold something of every page. */
const VIRTUAL: Readonly<Record<string, () => unknown>> = {
  'virtual:docs-titles': () =>
    Object.fromEntries(
      LANGUAGES.map((language) => [
        language,
        Object.fromEntries(DOCS_PAGES.map((page) => [page, titleOf(readPage(page, language))])),
      ]),
    ),
  ...Object.fromEntries(
    LANGUAGES.map((language) => [`virtual:docs-sections/${language}`, () => allSections(language)]),
  ),
};

/** The sections of every page, for the search. */
export function allSections(language: Language): FoundSection[] {
  const pages = DOCS_PAGES.flatMap((page) => {
    const text = readPage(page, language);
    const title = titleOf(text);
    return sectionsOf(text).map((section) => ({ page, title, ...section }));
  });
  const refusals = readFileSync(join(ROOT, `docs/${language}/refusals.md`), 'utf8');
  const title = titleOf(refusals);
  return [
    ...pages,
    ...refusalSections(refusals).map((section) => ({ page: 'refusals' as const, title, ...section })),
  ];
}

/** Compiles the docs into modules when the console is built: a module for each page, one of all titles, and one for the search. */
export function docsPlugin(): Plugin {
  const module = (value: unknown) => ({
    code: `export default ${JSON.stringify(value)};`,
    map: null,
    moduleType: 'js' as const,
  });
  return {
    name: 'keyseal-docs',
    resolveId: (id) => (id in VIRTUAL ? `\0${id}` : null),
    load(id) {
      const make = id.startsWith('\0') ? VIRTUAL[id.slice(1)] : undefined;
      return make ? module(make()) : null;
    },
    transform(text, id) {
      const path = id.split('?', 1)[0] as string;
      if (!path.endsWith('.md')) return null;
      const file = relative(ROOT, path);
      const english = readFileSync(path.replace('/docs/fr/', '/docs/en/'), 'utf8');
      return module(pageOf({ text, file, procedures: procedureNames(), english }));
    },
  };
}
