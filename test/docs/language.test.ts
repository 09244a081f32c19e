import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { literalsOf } from './literals.ts';

const ROOT = join(import.meta.dirname, '../..');
const under = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => ending.test(path));

/** Written from docstrings, which are checked as comments. */
const FROM_COMMENTS = /\/reference\//;

/** What people read who do not read the code: pages, the console's messages, the guide to refusals. */
const TEXTS = [
  ...[
    'README.md',
    'README.fr.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'client/README.md',
    'bench/README.md',
  ],
  ...under('docs', /\.md$/).filter((path) => !FROM_COMMENTS.test(path)),
  'shared/procedure-docs/fr.ts',
  ...under('shared/error-guide', /\.ts$/),
  ...under('web', /\/(en|fr)\.ts$/),
];

/** Sources whose messages and descriptions reach people: of the command line, the service and both packages. */
const WITH_MESSAGES = ['cli', 'client', 'drizzle', 'sdk', 'server', 'shared'].flatMap((folder) =>
  under(folder, /\.ts$/),
);

/** Phrases that readers had to guess at, each with the plain words for it. */
const PHRASES: readonly [RegExp, string][] = [
  [/\bnobody grants\b/i, 'you can give only permissions that you have'],
  [/\bat odds with\b/i, 'conflicts with'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\basked of\b/i, 'required of, or sent to'],
  [/\btold in (its|their) turn\b/i, 'name who gets what'],
  [/\bwhoever\b/i, 'name the reader: operators, callers, the holder'],
  [/\bsealed (calls?|requests?)\b/i, 'signed call'],
  [/\bgood once\b/i, 'works once, is accepted once'],
  [/\b(in vain|said of|let through)\b/i, 'fails, describes, accepted'],
  [/\bnot good, or not for\b/i, 'is not valid'],
  [/\b(is|are|be|was|were) told\b(?! to\b)/i, 'learns, receives, or name who says what'],
  [/\btold of\b/i, 'name who gets what'],
  [/\b(held|hold|holds) (\w+ )?against\b/i, 'compare with, check against'],
  [/\b(is|are) good (for|until|again|once)\b/i, 'is valid, works again, works once'],
  [/\b(stands?|stood) (on|under|beside) (the|its|a|it)\b/i, 'is in, is written in'],
  [/\b(made|makes|seals?|sealed) (\w+ )*anew\b/i, 'make another, encrypt again'],
  [/\b(dear|dearer) to\b/i, 'expensive to'],
  [/\bstrangers?\b/i, 'unauthenticated callers'],
  [/\bsomebody\b/i, 'someone, or name the person, caller or client'],
  [/\banew\b/i, 'again'],
  [/\bjudg(es?|ed|ing)\b/i, 'verify, check, authorize, decide'],
  [/\bfor good\b/i, 'permanently'],
  [/\bwhich reason wins\b|\bquel motif l’emporte\b/i, 'the order of checks'],
  [/\bis not now\b/i, 'is outside the allowed window'],
  [/\b(where it travels|où elle voyage)\b/i, 'where it is sent'],
  [/\bproven callers?\b/i, 'authenticated callers'],
  [/\blet (himself|itself|them|him|it) in\b|\blets? in\b/i, 'admit'],
  [/\bhalf (a|of a) character\b/i, 'an unpaired surrogate'],
  [/\bmade out for\b/i, 'issued for'],
  [/\blets? \w+( \w+)?(?<!sign) in\b/i, 'admits'],
  [/\bone and the same\b/i, 'the same'],
  [/\b(See that|Look into)\b/, 'check'],
  [/\bleads? to (a pooler|Postgres)\b/i, 'points to'],
  [/\bis not there\b/i, 'does not exist'],
  [/\bappels? scellés?\b/i, 'appel signé'],
  [/\bn'accorde ce qu'/i, 'vous ne pouvez donner que les permissions que vous avez'],
  [/\bbonn?e? une fois\b/i, "ne sert qu'une fois"],
  [/\bvau(t|lent) une fois\b/i, "ne sert qu'une fois"],
  [/\bquoi qui soit\b/i, "quelle qu'en soit la cause"],
  [/\bquiconque\b/i, 'nommez le lecteur : appelant, membre, détenteur'],
  [/\b(détien(t|nent|s)|détenait|détenir)\b/i, 'a la permission, a le droit'],
  [/\bcourriels?\b|\badresse électronique\b/i, 'e-mail, adresse e-mail'],
  [/\b(renouvel\w+) (la|une|cette|les|sa|leur) (propre )?clé/i, 'faire la rotation de la clé'],
];

/** Of these, the ones that have no place in a comment either, and words that only comments had. */
const IN_COMMENTS: typeof PHRASES = [
  ...PHRASES.filter(([phrase]) =>
    /whoever|mend|told of|asked of|said of|at odds|good once|dear|strangers|somebody|anew|judg/.test(
      phrase.source,
    ),
  ),
];

const SOURCES = ['cli', 'client', 'compat', 'docs', 'drizzle', 'sdk', 'server', 'shared', 'web'].flatMap(
  (folder) => under(folder, /\.tsx?$/),
);

/** The prose of a file: its literals where it is code, without code where it is a page. */
function proseOf(path: string): string {
  const text = path.endsWith('.ts')
    ? literalsOf(join(ROOT, path)).join('\n')
    : readFileSync(join(ROOT, path), 'utf8')
        .replace(/^```[\s\S]*?^```/gm, '')
        .replace(/`[^`\n]*`/g, '');
  return text.replace(/[\u00a0\u202f]/g, ' ');
}

/** The comments of a source, each on one line. */
const commentsOf = (path: string): string =>
  (readFileSync(join(ROOT, path), 'utf8').match(/\/\*[\s\S]*?\*\/|\/\/ .*$/gm) ?? [])
    .map((comment) => comment.replace(/\s*\n\s*\* ?/g, ' '))
    .join('\n');

const complaintsAbout = (prose: string, phrases: typeof PHRASES): string[] =>
  phrases.flatMap(([phrase, plain]) => {
    const [match] = prose.match(phrase) ?? [];
    return match === undefined ? [] : [`"${match}": write ${plain}`];
  });

describe('texts for readers and users are in plain words', () => {
  it.each(TEXTS)('%s', (path) => {
    expect(complaintsAbout(proseOf(path), PHRASES)).toEqual([]);
  });
});

it('messages and descriptions in the code are in plain words', () => {
  const found = WITH_MESSAGES.flatMap((path) =>
    complaintsAbout(proseOf(path), PHRASES).map((complaint) => `${path}: ${complaint}`),
  );
  expect(found).toEqual([]);
});

it('the check reads literals, and neither comments nor statements', () => {
  const source = `import x from './mend.ts'; // mend it
    const message = \`Mend \${x}\` + 'at odds';
    const rows = sql\`select mend\`;`;
  expect(literalsOf('server/x.ts', source)).toEqual(['Mend …', 'at odds']);
});

/** French texts: pages, the console, the guide of refusals. */
const FRENCH = TEXTS.filter((path) => /README\.fr|docs\/fr\/|\/fr\.ts$/.test(path));

it.each(FRENCH)('%s has typographic apostrophes', (path) => {
  expect(proseOf(path).match(/\p{L}'[\p{L}«[*].*/gu) ?? []).toEqual([]);
});

it('comments are in plain words', () => {
  const found = SOURCES.flatMap((path) =>
    complaintsAbout(commentsOf(path), IN_COMMENTS).map((complaint) => `${path}: ${complaint}`),
  );
  expect(found).toEqual([]);
});
