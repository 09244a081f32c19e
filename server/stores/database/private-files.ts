import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../../lib/config.ts';

/** The mode bits of everyone except the owner. */
const OTHERS_ANY = 0o077;
const OTHERS_WRITE = 0o022;
/** Whether the platform's files have owners and modes. */
const HAS_MODES = process.platform !== 'win32';

/** Called with a warning for the operator. It contains no secret. */
export type Warn = (details: object, sentence: string) => void;

/**
 * Creates a private directory, or makes an existing one private.
 * @param warn called if the mode of an existing directory is changed
 * @throws ConfigError if another user owns it, or others could have written into it
 */
export function preparePrivateDir(dir: string, warn: Warn): void {
  makeDirs(dir);
  const { mode, uid } = statSync(dir);
  if (!HAS_MODES || (mode & OTHERS_ANY) === 0) return;
  const user = process.geteuid?.();
  if (user !== 0 && uid !== user) {
    throw new ConfigError(
      `The data directory "${dir}" belongs to another user (uid ${uid}), and its mode ${octal(mode)} gives others access: set KEYSEAL_DATA_DIR to a directory below it that does not exist yet, or give it to uid ${user} with the mode 700.`,
    );
  }
  if ((mode & OTHERS_WRITE) !== 0) {
    throw new ConfigError(
      `The data directory "${dir}" has the mode ${octal(mode)}: others can write to it, and its files may not be Keyseal's. Check the files, and run chmod 700 "${dir}", or set KEYSEAL_DATA_DIR to another directory.`,
    );
  }
  chmodSync(dir, 0o700);
  const modes = { path: dir, from: octal(mode), to: octal(0o700) };
  warn(modes, 'others could read the data directory: its mode was changed');
}

/**
 * Creates a directory for only its owner, and those above it that are missing. Node's own `recursive` never ends below /proc,
 * if nothing can be created.
 */
export function makeDirs(dir: string): void {
  if (existsSync(dir) && statSync(dir).isDirectory()) return;
  const parent = dirname(resolve(dir));
  if (parent !== resolve(dir)) makeDirs(parent);
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(dir).isDirectory()) throw error;
  }
}

const octal = (mode: number) => (mode & 0o777).toString(8).padStart(4, '0');

/** Removes others' access to a directory and everything in it. PGlite creates its files with access for everyone. */
export function tightenFiles(dir: string): void {
  if (!HAS_MODES || !existsSync(dir)) return;
  tighten(dir);
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() || entry.isDirectory()) tighten(join(entry.parentPath, entry.name));
  }
}

function tighten(path: string): void {
  const { mode } = lstatSync(path);
  if ((mode & OTHERS_ANY) !== 0) chmodSync(path, mode & 0o700);
}

/**
 * Writes a secret into a private file. Once this returns, all of it is on disk.
 * @param how `new` leaves an existing file unchanged, and throws EEXIST
 * @throws the error of the file system
 */
export function writeSecretFile(path: string, text: string, how: 'new' | 'replace'): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    // A new file, since an existing one would keep its mode and its open readers.
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (how === 'new') linkSync(temporary, path);
    else renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(dirname(path));
}

/**
 * Writes a string to a terminal, a pipe or a file, and returns once all of it is accepted.
 * @throws if it is not accepted: closed, or full
 */
export function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      // The pipe's reader is slow.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function syncDirectory(dir: string): void {
  // Windows cannot open a directory.
  if (!HAS_MODES) return;
  const file = openSync(dir, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
