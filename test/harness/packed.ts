import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { keyseal } from './cli.ts';
import { freshFolder } from './fresh.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Packs the client as it is published. @returns the tarball's path */
export async function packClient(args: readonly string[] = []): Promise<string> {
  const { code, json, err } = await keyseal([
    'generate-client',
    '--json',
    '--out',
    await freshFolder(),
    ...args,
  ]);
  if (code !== 0) throw new Error(err);
  return json.file;
}

/** Packs the service from the build, as `npm publish` does. @returns the tarball's path */
export async function packService(): Promise<string> {
  const folder = await freshFolder();
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  return join(folder, JSON.parse(stdout)[0].filename);
}

/** What a client is packed from. A commit of an earlier layout lacks some of these. */
const SOURCES = [
  'shared',
  'drizzle',
  'server',
  'cli',
  'sdk',
  'client',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'LICENSE',
];

/** Packs the client of an earlier commit with the generator of that commit. @returns the tarball's path */
export async function packClientOf(commit: string): Promise<string> {
  const folder = await freshFolder();
  const trusted = ['-c', `safe.directory=${root}`];
  const git = (...args: string[]) => run('git', [...trusted, ...args], { cwd: root });
  const { stdout: tree } = await git('ls-tree', '--name-only', commit);
  const sources = SOURCES.filter((name) => tree.split('\n').includes(name));
  await git('archive', '--output', join(folder, 'then.tar'), commit, ...sources);
  await run('tar', ['xf', 'then.tar'], { cwd: folder });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const node = (...args: string[]) => run(process.execPath, args, { cwd: folder });
  // Its types were right then; what is installed now may be another version.
  await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck');
  const { bin } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { stdout } = await node(bin.keyseal, 'generate-client', '--json', '--out', 'packed');
  return JSON.parse(stdout).file;
}

/** A packed client as a program gets it that installed it. */
export async function installed(tarball: string): Promise<typeof import('../../client/index.ts')> {
  const folder = await freshFolder();
  await unpack(tarball, folder, '@keyseal/client');
  await lend(folder, ['@trpc', 'eventsource', 'eventsource-parser']);
  return import(pathToFileURL(join(folder, 'node_modules/@keyseal/client/client/index.js')).href);
}

/** Unpacks a tarball as npm would, as a package of a folder's node_modules. */
export async function unpack(tarball: string, folder: string, name: string): Promise<void> {
  const target = join(folder, 'node_modules', name);
  await mkdir(target, { recursive: true });
  await run('tar', ['xzf', tarball, '-C', target, '--strip-components', '1']);
}

/** Lends packages of ours to a folder. */
export async function lend(folder: string, packages: readonly string[]): Promise<void> {
  for (const name of packages) {
    const target = join(folder, 'node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    await symlink(join(root, 'node_modules', name), target);
  }
}
