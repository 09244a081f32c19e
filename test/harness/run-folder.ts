import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedTemporaryFolder } from './postgres-package.ts';

/** A temporary folder of the run, that `remove` removes, or else the end of the process. */
export async function runFolder(purpose: string): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(sharedTemporaryFolder(), `keyseal-test-${purpose}-`));
  const options = { recursive: true, force: true, maxRetries: 3 } as const;
  process.once('exit', () => rmSync(folder, options));
  return { folder, remove: () => rm(folder, options) };
}
