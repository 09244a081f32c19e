import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['shared', 'drizzle', 'server', 'cli', 'sdk', 'client', 'web', 'test'];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|js|mjs)$/.test(name))
    .map((name) => join(folder, name)),
);
const identifiers = new Set(
  sources.flatMap((path) => readFileSync(join(ROOT, path), 'utf8').match(/[A-Za-z]\w*/g) ?? []),
);
const fileNames = new Set(sources.map((path) => path.split('/').at(-1)));

/** The names of code that a page has between backticks: `camelCase`, `PascalCase`, and files without a folder. */
const namedIn = (page: string): string[] =>
  [...page.matchAll(/`([A-Za-z]+[a-z][A-Z]\w*|[a-z][\w-]*\.tsx?)`/g)].map(([, name = '']) => name);

it.each(['architecture.md', 'glossary.md'])('%s names existing code only', (name) => {
  const page = readFileSync(join(ROOT, 'docs/contributors', name), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  const named = namedIn(page);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((one) => !identifiers.has(one) && !fileNames.has(one))).toEqual([]);
});
