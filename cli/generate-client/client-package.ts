import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import { CommandError } from '../output/failure.ts';

/** Contents of files by their paths in the package, such as `client/index.js`. */
export type Files = ReadonlyMap<string, string>;

/** The name of a client package, and the procedures that it has in addition to those of Keyseal. */
export interface ClientPackage {
  readonly name: string;
  readonly version: string;
  /** Declarations, first the one that exports `routes`; null if there are no custom procedures. */
  readonly custom: { readonly entry: string; readonly files: Files } | null;
}

/** Packages that it may import: its dependencies and peers, and those of the guard for Fastify. */
const OUTSIDE = /^(@trpc\/(client|server)(\/.*)?|eventsource-parser|node:stream)$/;

/** The file with the types of the routes, which every other file of the client imports. */
const ROUTES = 'client/routes.d.ts';

/**
 * Writes a package into an empty folder: the build's files that `exports` names, and all that they import.
 * @throws CommandError if a file imports a module that a client does not have
 */
export async function writeClientPackage(
  folder: string,
  { name, version, custom }: ClientPackage,
): Promise<void> {
  const manifest = JSON.parse(await readSource('client/manifest.json'));
  const entries = Object.values<string | Record<string, string>>(manifest.exports)
    .flatMap((entry) => (typeof entry === 'string' ? [] : Object.values(entry)))
    .map((path) => path.slice('./'.length));
  const given = new Map(custom ? [...custom.files, [ROUTES, routesOf(custom.entry)] as const] : []);
  const files = await gather(entries, async (path) => given.get(path) ?? readBuilt(path));
  files.set('package.json', `${JSON.stringify({ ...manifest, name, version }, null, 2)}\n`);
  files.set('README.md', (await readSource('client/README.md')).replaceAll('@keyseal/client', name));
  files.set('LICENSE', await readSource('LICENSE'));
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const readSource = (path: string): Promise<string> => readFile(join(PACKAGE_ROOT, path), 'utf8');

function readBuilt(path: string): Promise<string> {
  return readSource(`dist/${path}`).catch((error) => {
    throw new CommandError('Keyseal is not built here. Run npm run build.', undefined, {
      cause: String(error),
    });
  });
}

/** All files that the given files import, with the package specifiers that they use. */
async function gather(
  entries: readonly string[],
  read: (path: string) => Promise<string>,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const text = publishedTextOf(await read(path));
    files.set(path, text);
    for (const specifier of specifiersOf(text)) {
      if (specifier.startsWith('.')) waiting.push(resolveSpecifier(path, specifier));
      else if (!OUTSIDE.test(specifier)) throw forbiddenImport(specifier, path);
    }
  }
  return files;
}

/** Docstrings, whose examples import packages that a reader has installed. */
const DOCSTRING = /^[ \t]*\/\*\*[\s\S]*?\*\//gm;
const SPECIFIER = /\b(from|import)(\s+|\s*\(\s*)(['"])([^'"]+)\3/g;

/** The imports of a module or a declaration. */
export function specifiersOf(text: string): string[] {
  return [...text.replace(DOCSTRING, '').matchAll(SPECIFIER)].map(
    ([, , , , specifier]) => specifier as string,
  );
}

/** A file as it is published: without its source map, and with specifiers that resolve to the published files. */
function publishedTextOf(text: string): string {
  return text
    .replace(/^\/\/# sourceMappingURL=.*\n?/m, '')
    .replace(SPECIFIER, (whole, _word, _gap, _quote, specifier: string) =>
      specifier.startsWith('.') ? whole.replace(specifier, specifier.replace(/\.ts$/, '.js')) : whole,
    );
}

/** A declaration imports declarations, a module modules. */
function resolveSpecifier(path: string, specifier: string): string {
  const target = posix.join(posix.dirname(path), specifier);
  return path.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target;
}

function forbiddenImport(specifier: string, path: string): CommandError {
  return new CommandError(
    `The types of ${path} mention ${specifier}, which a client does not include. Return plain data from the procedure, and move the types that it names into a file without that import.`,
  );
}

const typesOf = (name: string, path: string): string =>
  `import type { ${name} } from ${JSON.stringify(path)};`;

const routesOf = (entry: string): string =>
  [
    typesOf('routes', '../server/app/routes.js'),
    typesOf('routes as customRoutes', `../${entry.replace(/\.d\.ts$/, '.js')}`),
    '/** The procedures that a client knows by default. */',
    'export type Routes = typeof routes & typeof customRoutes;',
    '',
  ].join('\n');
