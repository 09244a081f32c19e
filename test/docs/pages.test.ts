import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { Variables } from '../../server/lib/env-schema.ts';
import { REFUSALS } from '../../shared/refusals.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const under = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
const pages = [...readdirSync(root), ...['docs', 'bench', 'examples', 'test/vectors'].flatMap(under)].filter(
  (path) => path.endsWith('.md') && !path.includes('node_modules'),
);

/** The first two cells of each row of a page's tables. */
const rows = (page: string) =>
  [...read(page).matchAll(/^\| `([^`]+)` \| ([^|]*?) \|/gm)].map(([, name = '', second = '']) => [
    name,
    second,
  ]);

describe.each(['docs/en/procedures.md', 'docs/fr/procedures.md'])('%s', (page) => {
  const sections = read(page).split(/^## /m).slice(1);

  it('lists every procedure, with its permission, and no other', () => {
    const said = sections.map((section) => [
      section.split('\n', 1)[0],
      /^\| permission \| `([^`]+)` \|$/m.exec(section)?.[1] ?? null,
    ]);
    const known = [...builtInApi.procedures].map(([name, { guard }]) => [
      name,
      'permission' in guard ? guard.permission : null,
    ]);
    expect(said.sort()).toEqual(known.sort());
  });

  it('says how each is called', () => {
    for (const section of sections) {
      const type = builtInApi.procedures.get(section.split('\n', 1)[0] ?? '')?.type;
      expect(section, section.slice(0, 20)).toMatch(
        type === 'mutation' ? /^\| \w+ \| POST \|$/m : /^\| \w+ \| GET/m,
      );
    }
  });

  it('names existing reasons only', () => {
    const named = [...read(page).matchAll(/`([A-Z]+(?:_[A-Z]+)+|CONFLICT)`/g)].map(
      ([, reason = '']) => reason,
    );
    expect(named.filter((reason) => !Object.hasOwn(REFUSALS, reason))).toEqual([]);
  });
});

describe('docs/operators/configuration.md', () => {
  it('lists every variable, and no other', () => {
    const named = rows('docs/operators/configuration.md').map(([name]) => name);
    expect(named.sort()).toEqual(Object.keys(Variables.shape).sort());
  });
});

describe('pages for consumers', () => {
  const english = pages.filter((page) => page.startsWith('docs/en/'));

  it.each([...english.map((page) => [page, page.replace('/en/', '/fr/')]), ['README.md', 'README.fr.md']])(
    '%s and %s have the same sections, tables and examples',
    (one = '', other = '') => {
      const shape = (page: string) => {
        const lines = read(page).split('\n');
        const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
        return { headings: count(/^#+ /), rows: count(/^\| /), blocks: count(/^```/), items: count(/^- /) };
      };
      expect(shape(one)).toEqual(shape(other));
    },
  );

  it('exist in both languages', () => {
    const names = (language: string) =>
      pages.filter((page) => page.startsWith(`docs/${language}/`)).map((page) => page.slice(8));
    expect(names('fr').sort()).toEqual(names('en').sort());
  });
});

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(pages)('%s', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to);
  const inside = links.filter((to) => !/^https?:/.test(to));

  it('links to existing headings', () => {
    const missing = [...read(page).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)].filter(
      ([, to = '', anchor = '']) => !anchorsOf(to === '' ? page : join(dirname(page), to)).includes(anchor),
    );
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it('links to existing pages', () => {
    const missing = inside.filter((to) => !existsSync(join(root, dirname(page), to)));
    expect(missing).toEqual([]);
  });

  it('names existing files', () => {
    const files = [
      ...read(page).matchAll(/`((?:server|shared|client|test|drizzle|examples|bench)\/[\w./-]+\.\w+)`/g),
    ];
    const own = ['server/notes/routes.ts', 'test/service/notes.test.ts'];
    const missing = files
      .map(([, path = '']) => path)
      .filter((path) => !own.includes(path) && !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });
});
