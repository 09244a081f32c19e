import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { compileExamples } from '../harness/compiled.ts';

// The compiler reads the server's sources too.
vi.setConfig({ testTimeout: 120_000 });

const root = join(import.meta.dirname, '..', '..');

/** The entry points of both packages, and the tests of their types. */
const TESTED = [
  ['client/index.ts', 'client'],
  ['client/browser-session.ts', 'session'],
  ['client/verify-receipt.ts', 'receipt'],
  ['client/guard/index.ts', 'guard'],
  ['sdk/index.ts', 'sdk'],
] as const;

/** The types that an entry point exports, by itself or from another file. */
function typesOf(entry: string): string[] {
  const text = readFileSync(join(root, entry), 'utf8');
  const declared = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = '']) => name);
  const passedOn = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, all, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && (all !== undefined || name.startsWith('type ')))
      .map((name) => name.replace(/^type /, '')),
  );
  return [...declared, ...passedOn];
}

/** A test of types in which one imported type is `any`. */
function mutant(test: string, type: string): string {
  const text = readFileSync(join(root, `test/types/${test}.test.ts`), 'utf8');
  const imported = new RegExp(`(?<=[{,]\\s*)(?:type )?${type},?(?=\\s)`);
  return text
    .replace(imported, '')
    .replaceAll(/'\.\.\/\.\.\/([\w/.-]+)'/g, (_, path) => JSON.stringify(join(root, path)))
    .concat(`\ntype ${type}<_A = unknown> = any;\n`);
}

it('the tests of public types fail for every type that becomes any, and pass unchanged', async () => {
  const mutants = TESTED.flatMap(([entry, test]) =>
    typesOf(entry).map((type) => [`${test}-${type}.ts`, mutant(test, type)] as const),
  );
  expect(mutants.length).toBeGreaterThan(25);
  const unchanged = TESTED.map(([, test]) => [`${test}.ts`, mutant(test, 'NoSuchType')] as const);
  const errors = await compileExamples(new Map([...mutants, ...unchanged]));
  const failed = new Set(errors.flatMap((line) => /^([\w-]+\.ts)\(/.exec(line)?.[1] ?? []));
  expect([...failed].sort()).toEqual(mutants.map(([name]) => name).sort());
});
