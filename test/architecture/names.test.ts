import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PRODUCT = ['shared', 'drizzle', 'server', 'cli', 'sdk', 'client', 'web'];
/** A file of messages exports its language: a page loads the file of the language that its reader chose. */
const TEXTS = /^(en|fr)\.ts$/;
const EXPORTED =
  /^export (?:default )?(?:abstract )?(?:async )?(?:type|interface|class|const|function\*?|enum) (\w+)/gm;

/** Names that a module exports apart from their declarations. */
const EXPORTED_LIST = /^export (?:type )?\{([^}]*)\};$/gm;
/** The SDK writes out these types of the server, under their names: its users need none of the server's modules. */
const WRITTEN_OUT: readonly string[] = ['Caller', 'CallerOf', 'Context'];

function filesByName(sources: Iterable<readonly [path: string, text: string]>): Map<string, Set<string>> {
  const files = new Map<string, Set<string>>();
  for (const [path, text] of sources) {
    if (TEXTS.test(basename(path))) continue;
    const listed = [...text.matchAll(EXPORTED_LIST)].flatMap(([, names = '']) => names.split(','));
    const declared = [...text.matchAll(EXPORTED)].map(([, name = '']) => name);
    for (const name of [...declared, ...listed.map((each) => each.trim())])
      if (name !== '') files.set(name, (files.get(name) ?? new Set()).add(path));
  }
  return files;
}

const inTwo = (sources: Iterable<readonly [string, string]>) =>
  [...filesByName(sources)].filter(([, files]) => files.size > 1).map(([name, files]) => [name, ...files]);

function* product(): Generator<readonly [string, string]> {
  for (const folder of PRODUCT) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (/\.tsx?$/.test(name)) yield [`${folder}/${name}`, readFileSync(join(ROOT, folder, name), 'utf8')];
    }
  }
}

test('no name is exported from two files', () => {
  const twice = inTwo(product());
  expect(twice.filter(([name = '']) => !WRITTEN_OUT.includes(name))).toEqual([]);
  expect(twice.length).toBe(WRITTEN_OUT.length);
});

test('the check finds a name that two files export, and counts a schema and its type in one file as one', () => {
  const sources = [
    ['server/a.ts', 'export interface Row {}\nexport const Key = 1;\nexport type Key = typeof Key;'],
    ['web/b.tsx', 'export function Row() {}\n'],
    ['web/en.ts', 'export const Row = {};'],
    ['sdk/c.ts', 'interface Row {}\ntype Other = 1;\nexport type { Row, Other };'],
  ] as const;
  expect(inTwo(sources)).toEqual([['Row', 'server/a.ts', 'web/b.tsx', 'sdk/c.ts']]);
});
