import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PRODUCT = ['shared', 'drizzle', 'server', 'cli', 'sdk', 'client', 'web'];
/** A file of texts exports its language: a page loads the file of the language that its reader chose. */
const TEXTS = /^(en|fr)\.ts$/;
const EXPORTED =
  /^export (?:default )?(?:abstract )?(?:async )?(?:type|interface|class|const|function\*?|enum) (\w+)/gm;

function filesByName(sources: Iterable<readonly [path: string, text: string]>): Map<string, Set<string>> {
  const files = new Map<string, Set<string>>();
  for (const [path, text] of sources) {
    if (TEXTS.test(basename(path))) continue;
    for (const [, name = ''] of text.matchAll(EXPORTED))
      files.set(name, (files.get(name) ?? new Set()).add(path));
  }
  return files;
}

const inTwo = (sources: Iterable<readonly [string, string]>) =>
  [...filesByName(sources)].filter(([, files]) => files.size > 1).map(([name, files]) => [name, ...files]);

function* product(): Generator<readonly [string, string]> {
  for (const room of PRODUCT) {
    for (const name of readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })) {
      if (/\.tsx?$/.test(name)) yield [`${room}/${name}`, readFileSync(join(ROOT, room, name), 'utf8')];
    }
  }
}

test('no name is exported from two files', () => {
  expect(inTwo(product())).toEqual([]);
});

test('the check finds a name that two files export, and counts a schema and its type in one file as one', () => {
  const sources = [
    ['server/a.ts', 'export interface Row {}\nexport const Key = 1;\nexport type Key = typeof Key;'],
    ['web/b.tsx', 'export function Row() {}\n'],
    ['web/en.ts', 'export const Row = {};'],
  ] as const;
  expect(inTwo(sources)).toEqual([['Row', 'server/a.ts', 'web/b.tsx']]);
});
