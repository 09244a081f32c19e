import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { compileExamples } from '../harness/compiled.ts';

// Each compilation reads the server's sources too.
vi.setConfig({ testTimeout: 120_000 });

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const PRODUCT = ['shared', 'drizzle', 'server', 'cli', 'sdk', 'client', 'web'];

/** A name for the module of an example that says where the example is. */
const moduleOf = (place: string, index: number) => `${place.replaceAll(/[^\w]+/g, '-')}-${index}.ts`;

/** The examples of a file's docstrings: code in a fence or behind the tag, with the declaration that follows. */
function examplesOf(path: string): string[] {
  return [
    ...read(path).matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export (?:async )?(?:function|class|const) (\w+))?/g,
    ),
  ].flatMap(([, comment = '', name = '']) => {
    const text = comment.replaceAll(/^ *\* ?/gm, '');
    return text
      .split(/^@example\b/m)
      .slice(1)
      .map((example) => {
        const [, code] = /^\s*```ts\n([\s\S]*?)^```/m.exec(example) ?? [];
        const [line = ''] = example.trim().split('\n');
        return code ?? `import { ${name} } from ${JSON.stringify(join(root, path))};\n${line}`;
      });
  });
}

const sources = PRODUCT.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`),
);

describe('examples of docstrings', () => {
  const examples = new Map(
    sources.flatMap((path) => examplesOf(path).map((text, index) => [moduleOf(path, index), text] as const)),
  );

  it('compile', async () => {
    expect(examples.size).toBeGreaterThan(9);
    expect(await compileExamples(examples)).toEqual([]);
  });

  it('fail to compile if they are wrong', async () => {
    const wrong = [...examples.values()].map((text) =>
      text.replaceAll(/'(keyseal|@keyseal)/g, "'$1-nothing"),
    );
    const errors = await compileExamples(new Map(wrong.map((text, index) => [`wrong-${index}.ts`, text])));
    const importing = wrong.filter((text) => text.includes('-nothing')).length;
    expect(importing).toBeGreaterThan(9);
    expect(errors.filter((line) => line.includes('-nothing')).length).toBeGreaterThanOrEqual(importing);
  });
});

/** What the blocks of a page may use without saying where it is from. */
const GLOBALS = `
declare const url: string;
declare const apiKey: string;
declare const signingSecret: string;
declare const email: string;
declare const password: string;
declare const client: import('@keyseal/client').KeysealClient;
declare const key: { readonly id: string };
`;

/** Blocks that other tests put into their places, and run. */
const RUN_ELSEWHERE = ['openapi.md', 'your-own-procedures.md', 'add-your-own-procedure.md'];

describe('TypeScript on pages', () => {
  const folders = [
    '.',
    'client',
    'docs',
    'docs/en',
    'docs/fr',
    'docs/operators',
    'docs/contributors',
    'docs/reference',
  ];
  const pages = folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.md') && !RUN_ELSEWHERE.some((name) => path.endsWith(name)));
  /** Declarations of the reference are no programs; its examples are. */
  const isProgram = (path: string, code: string) =>
    !path.startsWith('docs/reference/') || /^import /.test(code);

  it('compiles, block by block', async () => {
    const blocks = pages.flatMap((path) =>
      [...read(path).matchAll(/^```ts\n([\s\S]*?)^```/gm)]
        .map(([, code = '']) => code)
        .filter((code) => isProgram(path, code))
        .map((code, index) => [moduleOf(path, index), code] as const),
    );
    expect(blocks.length).toBeGreaterThan(20);
    expect(await compileExamples(new Map([['globals.d.ts', GLOBALS], ...blocks]))).toEqual([]);
  });
});
