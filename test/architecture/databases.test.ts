import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const TEST = join(import.meta.dirname, '..');
/** Files here run on PGlite and on Postgres; those of `instances` connect to Postgres themselves. */
const OF_DATABASES = ['service/', 'instances/'];
/** How a test learns on which database it runs. */
const ASKS = /inject\('database'\)|\bdatabase\.kind\b/;

const asks = (files: Iterable<readonly [path: string, text: string]>): string[] =>
  [...files]
    .filter(([path, text]) => !OF_DATABASES.some((folder) => path.startsWith(folder)) && ASKS.test(text))
    .map(([path]) => path);

function* testFiles(): Generator<readonly [string, string]> {
  for (const name of readdirSync(TEST, { recursive: true, encoding: 'utf8' })) {
    const path = name.replaceAll('\\', '/');
    if (path.endsWith('.test.ts')) yield [path, readFileSync(join(TEST, path), 'utf8')];
  }
}

test('a file that runs only on PGlite does not depend on the database', () => {
  const self = 'architecture/databases.test.ts';
  expect(asks(testFiles()).filter((path) => path !== self)).toEqual([]);
});

test('the check finds a file that asks for its database where it runs on one', () => {
  const text = "const RUNS = inject('database') === 'postgres' ? 25 : 125;";
  expect(asks([['http/a.test.ts', text]])).toEqual(['http/a.test.ts']);
  expect(asks([['service/a.test.ts', text]])).toEqual([]);
});
