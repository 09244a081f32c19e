import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { DOCS_PAGES, type DocsPageName } from '../../shared/docs-pages.ts';
import { LANGUAGES } from '../../shared/languages.ts';
import { REFUSALS } from '../../shared/refusals.ts';
import { docsFileOf, isTranslated } from '../../web/docs/catalogue.ts';
import { pageOf } from '../../web/docs/compile/markdown-page.ts';
import { allSections } from '../../web/docs/compile/vite-plugin.ts';
import { excerptOf, markWords } from '../../web/docs/excerpt.ts';
import type { MarkdownPage } from '../../web/docs/markdown-page.ts';
import { searchOver } from '../../web/docs/search-index.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const procedures = [...builtInApi.procedures.keys()];

const compiled = LANGUAGES.map((language) => {
  const pageNamed = (page: DocsPageName): MarkdownPage => {
    const file = docsFileOf(page, language);
    return pageOf({ text: read(file), file, procedures, english: read(docsFileOf(page, 'en')) });
  };
  return [language, new Map(DOCS_PAGES.map((page) => [page as string, pageNamed(page)]))] as const;
});

const htmlOf = ({ parts }: MarkdownPage) => parts.map((part) => ('html' in part ? part.html : '')).join('\n');
const idsOf = (page: MarkdownPage) => [...htmlOf(page).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

describe.each(compiled)('the docs that a service shows in %s', (_, pages) => {
  /** Whether an address on a service, or an anchor on this page, leads somewhere. */
  const leads = (href: string, from: MarkdownPage): boolean => {
    const [path = '', hash = ''] = href.split('#');
    const anchor = decodeURIComponent(hash);
    if (path === '/docs/refusals') return anchor === '' || Object.hasOwn(REFUSALS, anchor);
    if (path === '/docs/api') return anchor === '' || procedures.includes(anchor);
    const page = path === '' ? from : pages.get(path.replace(/^\/docs\//, ''));
    return page !== undefined && (anchor === '' || idsOf(page).includes(anchor));
  };

  it.each([...pages])('have a title, a text and working links on %s', (_name, page) => {
    const html = htmlOf(page);
    const links = [...html.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href);
    const dead = links.filter((href) => !/^https?:/.test(href) && !leads(href, page));
    expect(dead).toEqual([]);
    expect(page.title).not.toBe('');
    expect(html).toMatch(/<p>/);
    expect(html).not.toMatch(/&lt;!--|\.md"/);
    for (const { id } of page.contents) expect(idsOf(page)).toContain(id);
    expect(new Set(idsOf(page)).size).toBe(idsOf(page).length);
  });
});

describe('the index of the docs', () => {
  it('lists every page for callers and operators', () => {
    const written = ['refusals.md', 'procedures.md'];
    const files = ['docs/en', 'docs/operators', 'docs/reference'].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.md') && !written.includes(name))
        .map((name) => `${folder}/${name}`),
    );
    const known = DOCS_PAGES.map((page) => docsFileOf(page, 'en'));
    expect(known.filter((file) => /^docs\/(en|operators|reference)\//.test(file)).sort()).toEqual(
      files.sort(),
    );
  });
});

describe('the search over the docs', () => {
  const search = { en: searchOver(allSections('en'), 'en'), fr: searchOver(allSections('fr'), 'fr') };

  it.each([
    ['en', 'KEYSEAL_TRUSTED_PROXIES', 'operators/configuration'],
    ['en', 'drain', 'operators/running'],
    ['en', 'rotate key', 'security-procedure'],
    ['en', 'SIGNATURE_REPLAYED', 'troubleshooting'],
    ['en', 'nginx', 'operators/proxies'],
    ['en', 'postgers', 'operators/postgres'],
    ['fr', 'securite', 'security-procedure'],
    ['fr', 'équipes', 'teams'],
  ] as const)('in %s finds %j on %s', (language, words, page) => {
    expect(search[language](words).map((found) => found.page)).toContain(page);
  });

  it.each([
    ['en', '401', 'refusals', ''],
    ['fr', '401', 'refusals', ''],
    ['en', 'SIGNATURE_INVALID', 'refusals', 'SIGNATURE_INVALID'],
    ['fr', 'key_expired', 'refusals', 'KEY_EXPIRED'],
    ['en', 'production checklist', 'operators/production-checklist', ''],
    ['en', 'how do I rotate a key', 'security-procedure', 'rotate-a-key'],
  ] as const)('in %s finds first for %j what answers it: %s, %s', (language, words, page, id) => {
    const [first] = search[language](words);
    expect(first).toMatchObject({ page, id });
  });

  it.each([
    ['en', 'sign a request in python'],
    ['fr', 'signer une requête en python'],
    ['fr', 'comment signer avec python'],
  ] as const)('in %s does not require the common words of %j', (language, words) => {
    const first = search[language](words).slice(0, 3);
    expect(first.map(({ page, id }) => `${page}#${id}`)).toContain('security-procedure#python');
  });

  it('finds for a status more than the list of refusals, and what callers read before measurements', () => {
    const pages = search.en('401').map(({ page }) => page);
    expect(pages.filter((page) => page === 'refusals').length).toBeLessThanOrEqual(3);
    expect(pages.filter((page) => page === 'operators/security')).toEqual([]);
    expect(new Set(pages).size).toBeGreaterThan(3);
  });

  it('finds pages in French before those in English only', () => {
    const isFrench = search.fr('proxy').map(({ page }) => page === 'refusals' || isTranslated(page));
    expect(isFrench).toContain(true);
    expect(isFrench).toEqual([...isFrench].sort((a, b) => Number(b) - Number(a)));
  });

  it('marks whole words, the beginning of longer ones, and no word that every page has', () => {
    const marked = (words: string) =>
      markWords('Signing a main request in requests', words)
        .filter(({ isWord }) => isWord)
        .map(({ piece }) => piece);
    expect(marked('sign a request in python')).toEqual(['Sign', 'request', 'request']);
    expect(marked('ai re')).toEqual([]);
    expect(marked('in')).toEqual(['in']);
  });

  it('finds nothing for words that no page has together', () => {
    expect(search.en('kubernetes zebra')).toEqual([]);
    expect(search.en('   ')).toEqual([]);
  });

  it('shows the text around a word, whatever its accents', () => {
    const text = `${'avant '.repeat(40)}la sécurité ${'après '.repeat(40)}`;
    expect(excerptOf(text, 'SECURITE')).toMatch(/^….*la sécurité après.*…$/);
    expect(excerptOf('short', 'absent')).toBe('short');
  });

  it('cuts the text between words, and marks those that were searched for', () => {
    const excerpt = excerptOf(`${'avant '.repeat(40)}la sécurité ${'après '.repeat(40)}`, 'securite');
    expect(excerpt).toMatch(/^…(avant )+la sécurité (après ?)+…$/);
    const marked = (text: string, words: string) =>
      markWords(text, words)
        .map(({ piece, isWord }) => (isWord ? `[${piece}]` : piece))
        .join('');
    expect(marked('La Sécurité, et x.y*', 'securite X.Y* ')).toBe('La [Sécurité], et [x.y*]');
    expect(marked('nothing', '  ')).toBe('nothing');
    expect(marked('KEY_EXPIRED, a-b/c', 'key_expired a-b/c (x')).toBe('[KEY_EXPIRED], [a-b/c]');
    expect(excerptOf('a'.repeat(400), 'a')).toBe(`${'a'.repeat(160)}…`);
  });
});
