import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import { type Forked, forkFile } from './forked.ts';

const BENCH = join(PACKAGE_ROOT, 'bench');

/**
 * Starts a peer in its own process, from its source: the build would resolve our packages instead of its own
 * versions. Installs the peer's packages if they are missing.
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
    throw new Error(
      'The services that Keyseal is compared with are not installed: run `npm ci --prefix bench`.',
      { cause },
    );
  }
}
