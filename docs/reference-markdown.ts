import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryPoint, PublicName } from './public-api.ts';

const ROOT = join(import.meta.dirname, '..');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/** The source file of each entry point of a package, by what is imported. */
function entriesOf(manifest: string): Record<string, string> {
  const { name, exports }: Manifest = JSON.parse(readFileSync(join(ROOT, manifest), 'utf8'));
  const entries = Object.entries(exports).flatMap(([entry, target]) =>
    typeof target === 'string' ? [] : [[name + entry.slice(1), sourceOf(target.types)] as const],
  );
  return Object.fromEntries(entries);
}

const sourceOf = (types: string): string => types.replace(/^\.\/(?:dist\/)?/, '').replace(/\.d\.ts$/, '.ts');

const { 'keyseal/client': _, ...SDK } = entriesOf('package.json');

/** The generated pages: of each its title and what it describes. */
export const REFERENCES = {
  'client.md': ['The client', entriesOf('client/manifest.json')],
  'sdk.md': ['The SDK', SDK],
} as const;

/** @returns a page of the API reference, as CommonMark */
export function referenceMarkdown(page: keyof typeof REFERENCES, api: readonly EntryPoint[]): string {
  const [title] = REFERENCES[page];
  const sections = api.flatMap((entry, index) => entrySection(entry, api.slice(0, index)));
  return [`# ${title}: API reference`, WRITTEN, ...sections].join('\n\n').concat('\n');
}

const WRITTEN = '<!-- Written by `npm run docs` from docstrings: change them there. -->';
const ORDER = ['function', 'class', 'type'];

function entrySection({ specifier, exported, named }: EntryPoint, before: readonly EntryPoint[]): string[] {
  const described = new Set(
    before.flatMap((entry) => [...entry.exported, ...entry.named].map(({ name }) => name)),
  );
  const fresh = ({ name }: PublicName) => !described.has(name);
  const again = exported.filter((name) => !fresh(name)).map(({ name }) => `\`${name}\``);
  const sorted = exported.filter(fresh).sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return [
    `## \`${specifier}\``,
    ...(again.length > 0 ? [`Also exports ${again.join(', ')}, as described above.`] : []),
    ...sorted.flatMap(nameSection),
    ...namedSection(specifier, named.filter(fresh)),
  ];
}

function namedSection(specifier: string, named: readonly PublicName[]): string[] {
  if (named.length === 0) return [];
  const declarations = named.map(({ text, declaration }) => {
    const comment = text ? `/** ${text.replaceAll('\n', '\n * ')} */\n` : '';
    return comment + declaration;
  });
  return [`### Types that \`${specifier}\` names`, fenced(declarations.join('\n\n'))];
}

function nameSection({ name, declaration, text, tags }: PublicName): string[] {
  const tagged = (tag: string) => tags.filter((entry) => entry.tag === tag).map((entry) => entry.text);
  const items = [
    ...tagged('param').map((param) => `- ${param.replace(/^_?(\w+)\s+/, '`$1`: ')}`),
    ...tagged('returns').map((returns) => `- Returns ${returns}`),
    ...tagged('throws').map((thrown) => `- Throws ${thrown.replace(/^(\w+Error|Error)\b/, '`$1`')}`),
  ];
  return [
    `### ${name}`,
    ...(text ? [text] : []),
    ...(items.length > 0 ? [items.map((item) => item.replaceAll('\n', '\n  ')).join('\n')] : []),
    fenced(declaration),
    ...tagged('example'),
  ];
}

const fenced = (code: string): string => `\`\`\`ts\n${code}\n\`\`\``;
