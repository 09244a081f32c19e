import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCleanup } from './cleanup.ts';

/** A folder that is deleted with the run. Start its writers after creating it, so that they stop first. */
export async function runFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyseal-bench-'));
  onCleanup(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
