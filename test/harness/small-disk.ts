import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { atEndOfFile } from './end-of-file.ts';
import { freshFolder } from './fresh.ts';

/** A file system of its own, which a test can fill. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Removes what `fill` wrote. */
  free(): void;
  /** Only while no file in it is open to be written. */
  makeReadOnly(): void;
}

/** Mounts a file system in memory; it takes the rights to mount (`requires('mount')`). */
export async function smallDisk(size: string): Promise<SmallDisk> {
  const path = join(await freshFolder(), 'disk');
  mkdirSync(path);
  run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', path);
  atEndOfFile(() => run('umount', '--lazy', path));
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => writeUntilFull(filler),
    free: () => rmSync(filler),
    makeReadOnly: () => run('mount', '-o', 'remount,ro', path),
  };
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a');
  for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) while (fits(file, Buffer.alloc(bytes)));
  closeSync(file);
}

function fits(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch {
    return false;
  }
}
