import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const GLOSSARY = readFileSync(join(import.meta.dirname, '../../docs/contributors/glossary.md'), 'utf8');

/** The terms of each table, in order: what the first cells have in bold. */
const tablesOf = (page: string): string[][][] =>
  page
    .split(/^## /m)
    .map((section) =>
      [...section.matchAll(/^\| (\*\*.+?) \|/gm)].map(([, cell = '']) =>
        [...cell.matchAll(/\*\*`?([^*`]+)`?\*\*/g)].map(([, term = '']) => term.toLowerCase()),
      ),
    );

/** The first terms of rows that are not in the order of the alphabet. */
const misplaced = (rows: string[][]): string[] => {
  const firsts = rows.map(([first = '']) => first);
  return firsts.filter((term, at) => at > 0 && (firsts[at - 1] as string) > term);
};

it('the glossary has its terms in alphabetical order, and each once', () => {
  const tables = tablesOf(GLOSSARY);
  expect(tables.flatMap(misplaced)).toEqual([]);
  const terms = tables.flat(2);
  expect(terms.length).toBeGreaterThan(40);
  expect(terms.filter((term, at) => terms.indexOf(term) < at)).toEqual([]);
});

it('the check names a row that is in the wrong place', () => {
  expect(misplaced([['nonce'], ['t'], ['key', 'widen']])).toEqual(['key']);
  expect(tablesOf('## A\n| **b**, **c** | x |\n| **`a`** | y |')).toEqual([[], [['b', 'c'], ['a']]]);
});
