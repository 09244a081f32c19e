import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
