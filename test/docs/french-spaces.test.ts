import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { literalsOf } from './literals.ts';

const ROOT = join(import.meta.dirname, '../..');
const under = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => ending.test(path));

const FRENCH = [
  ...['README.fr.md', 'shared/procedure-docs/fr.ts', 'shared/error-guide/fr.ts'],
  ...under('docs/fr', /\.md$/),
  ...under('web', /\/fr\.ts$/),
];
/** Sources with messages in both languages. English has none of these spaces. */
const BILINGUAL = [
  ...['docs/procedures-markdown.ts', 'docs/refusals-markdown.ts', 'shared/procedure-docs/access-labels.ts'],
  ...['server/html/api-page-texts.ts', 'server/html/refusals-page.ts'],
];

/**
 * The rule of French typesetters: a narrow no-break space before `;`, `!` and `?`,
 * a no-break space before `:` and inside `«  »`.
 */
const WRONG_SPACES = /[ \n\u00a0][;!?](?!\[)|[ \n\u202f][:»]|«(?!\u00a0)|(?<![ \n\u202f\u00a0])»/;
/** A sign that follows a word without a space, at the end of a word. */
const NO_SPACE = /[\p{L}\p{N})\]](?:[;!?]|(?<=[\p{L})\]]):)(?=[\s*]|$)/u;

/** The prose of a page or of a literal: code, the targets of links and English quotations are no French. */
const proseOf = (text: string): string =>
  text
    .replace(/^ *```[\s\S]*?^ *```/gm, '')
    .replace(/`[^`\n]*`/g, 'x')
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/<[^>\n]*>/g, 'x')
    .replace(/“[^”]*”/g, 'x');

const textsOf = (path: string): string[] =>
  path.endsWith('.md') ? [readFileSync(join(ROOT, path), 'utf8')] : literalsOf(join(ROOT, path));

/** The places in texts where a rule is broken, each with what precedes it. */
function placesOf(texts: readonly string[], rule: RegExp): string[] {
  const place = new RegExp(`.{0,20}(?:${rule.source})`, 'gu');
  return texts.flatMap((text) => proseOf(text).match(place) ?? []);
}

it.each(FRENCH)('%s has no-break spaces before its signs', (path) => {
  const texts = textsOf(path);
  expect([...placesOf(texts, WRONG_SPACES), ...placesOf(texts, NO_SPACE)]).toEqual([]);
});

it.each(BILINGUAL)('%s has no other space before a sign', (path) => {
  expect(placesOf(textsOf(path), WRONG_SPACES)).toEqual([]);
});

it('the check knows each sign', () => {
  const right =
    'oui\u202f! «\u00a0non\u00a0»\u00a0: a\u202f; b\u202f? http://x:80, 10:30, `a: b`, [a](b.md?c), ![image](x)';
  const wrong = ['a ;', 'a\u00a0!', 'a?', 'a:', 'a :', 'a\u202f:', '« a\u00a0»', '«\u00a0a »', '(a)!'];
  expect([...placesOf([right], WRONG_SPACES), ...placesOf([right], NO_SPACE)]).toEqual([]);
  for (const text of wrong)
    expect([text, placesOf([text], WRONG_SPACES).length + placesOf([text], NO_SPACE).length]).not.toEqual([
      text,
      0,
    ]);
});
