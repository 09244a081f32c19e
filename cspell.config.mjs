import { readFileSync } from 'node:fs';

/** The terms of the glossary: what stands in the first column of its tables. */
const glossary = readFileSync(new URL('docs/contributors/glossary.md', import.meta.url), 'utf8');
const terms = [...glossary.matchAll(/^\| (\*\*.+?) \|/gm)].flatMap(
  ([, cell = '']) => cell.match(/\p{L}+/gu) ?? [],
);

const DICTIONARY = 'keyseal';

export default {
  version: '0.2',
  language: 'en,en-GB',
  useGitignore: true,
  import: ['@cspell/dict-fr-fr/cspell-ext.json'],
  dictionaryDefinitions: [{ name: DICTIONARY, path: './docs/contributors/words.txt', addWords: true }],
  dictionaries: [DICTIONARY],
  words: terms,
  // Code in pages is compiled or run; secrets, ids and addresses are no words.
  ignoreRegExpList: ['/^ *```[\\s\\S]*?^ *```/gm', '/`[^`\\n]+`/g', '/\\]\\([^)]*\\)/g'],
  files: [
    '*.md',
    'client/README.md',
    'docs/**/*.md',
    '{shared,drizzle,server,cli,sdk,client,web,test,bench,compat,docs}/**/*.{ts,tsx}',
  ],
  ignorePaths: ['bench/peers', 'drizzle/migrations', 'test/vectors', 'docs/reference'],
  overrides: [
    { filename: ['**/docs/fr/**/*.md', '**/README.fr.md'], language: 'en,en-GB,fr' },
    // Of code, its comments.
    { filename: '**/*.{ts,tsx}', includeRegExpList: ['CStyleComment'] },
  ],
};
