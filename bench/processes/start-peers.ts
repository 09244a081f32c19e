import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import { type Forked, forkFile } from './forked.ts';

const BENCH = join(PACKAGE_ROOT, 'bench');

/**
 * Starts what Keyseal is measured beside in a process of its own, from its source: from the build it would find our
 * packages and not its own, which it brings in versions of its own. They are installed where they are not.
 * @param name of a file in `peers`
 */
export async function startPeer<Ready = object>(
  name: string,
  env: Record<string, string>,
): Promise<Forked<Ready>> {
  install();
  const file = new URL(`file://${join(BENCH, 'peers', `${name}.ts`)}`);
  return forkFile<Ready>(file, env, ['--import', import.meta.resolve('tsx')]);
}

function install(): void {
  const installed = join(BENCH, 'node_modules', '.package-lock.json');
  const wanted = join(BENCH, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  try {
    execFileSync('npm', ['ci', '--prefix', BENCH, '--no-audit', '--no-fund'], { stdio: 'inherit' });
  } catch (cause) {
    throw new Error('What Keyseal is measured beside is not there: run `npm ci --prefix bench`.', { cause });
  }
}
