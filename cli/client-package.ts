import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { PACKAGE_ROOT } from '../server/lib/package-root.ts';
import { CommandError } from './failure.ts';

/** Texts by their paths in the package, such as `client/index.js`. */
export type Files = ReadonlyMap<string, string>;

/** What a client package is called, and whose procedures it knows beside those of Keyseal. */
export interface ClientPackage {
  readonly name: string;
  readonly version: string;
  /** Declarations that begin with the one that exports `routes`; null where there are no others. */
  readonly own: { readonly entry: string; readonly files: Files } | null;
}

/** What the package may import from outside: its dependencies and peers, and what the guard of Fastify needs. */
const OUTSIDE = /^(@trpc\/(client|server)(\/.*)?|eventsource|node:stream)$/;

/** Where the types of the routes stand, for every other file of the client. */
const ROUTES = 'client/routes.d.ts';

/**
 * Writes a package into an empty folder: what its `exports` name, and everything that these reach, from the build.
 * @throws CommandError where a file reaches for what a client does not have
 */
export async function writeClientPackage(
  folder: string,
  { name, version, own }: ClientPackage,
): Promise<void> {
  const manifest = JSON.parse(await source('client/manifest.json'));
  const entries = Object.values<string | Record<string, string>>(manifest.exports)
    .flatMap((entry) => (typeof entry === 'string' ? [] : Object.values(entry)))
    .map((path) => path.slice('./'.length));
  const given = new Map(own ? [...own.files, [ROUTES, routesOf(own.entry)] as const] : []);
  const files = await gather(entries, async (path) => given.get(path) ?? built(path));
  files.set('package.json', `${JSON.stringify({ ...manifest, name, version }, null, 2)}\n`);
  files.set('README.md', (await source('client/README.md')).replaceAll('@keyseal/client', name));
  files.set('LICENSE', await source('LICENSE'));
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const source = (path: string): Promise<string> => readFile(join(PACKAGE_ROOT, path), 'utf8');

function built(path: string): Promise<string> {
  return source(`dist/${path}`).catch((error) => {
    throw new CommandError('Keyseal is not built here. Run npm run build.', undefined, {
      cause: String(error),
    });
  });
}

/** Files that are reached from some, with the specifiers of a package. */
async function gather(
  entries: readonly string[],
  read: (path: string) => Promise<string>,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const text = published(await read(path));
    files.set(path, text);
    for (const specifier of specifiersOf(text)) {
      if (specifier.startsWith('.')) waiting.push(reached(path, specifier));
      else if (!OUTSIDE.test(specifier)) throw outsider(specifier, path);
    }
  }
  return files;
}

/** A docstring, whose examples import what a reader has installed. */
const DOCSTRING = /^[ \t]*\/\*\*[\s\S]*?\*\//gm;
const SPECIFIER = /\b(from|import)(\s+|\s*\(\s*)(['"])([^'"]+)\3/g;

/** What a module or a declaration imports. */
export function specifiersOf(text: string): string[] {
  return [...text.replace(DOCSTRING, '').matchAll(SPECIFIER)].map(
    ([, , , , specifier]) => specifier as string,
  );
}

/** The text as it is published: without its map, and with the names that a program finds its files by. */
function published(text: string): string {
  return text
    .replace(/^\/\/# sourceMappingURL=.*\n?/m, '')
    .replace(SPECIFIER, (whole, _word, _gap, _quote, specifier: string) =>
      specifier.startsWith('.') ? whole.replace(specifier, specifier.replace(/\.ts$/, '.js')) : whole,
    );
}

/** A declaration reaches declarations, a module modules. */
function reached(path: string, specifier: string): string {
  const target = posix.join(posix.dirname(path), specifier);
  return path.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target;
}

function outsider(specifier: string, path: string): CommandError {
  return new CommandError(
    `The types of ${path} mention ${specifier}, which a client does not include. Return plain data from the procedure, and move the types that it names into a file without that import.`,
  );
}

const typesOf = (name: string, path: string): string =>
  `import type { ${name} } from ${JSON.stringify(path)};`;

const routesOf = (entry: string): string =>
  [
    typesOf('routes', '../server/app/routes.js'),
    typesOf('routes as own', `../${entry.replace(/\.d\.ts$/, '.js')}`),
    '/** The procedures that a client knows by default. */',
    'export type Routes = typeof routes & typeof own;',
    '',
  ].join('\n');
