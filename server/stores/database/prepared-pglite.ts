import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { OnProgress } from './migrations.ts';

/**
 * An empty database with all tables, beside the compiled sources: creating one takes PGlite far more memory and time than
 * opening one. The build makes it. Sources that are not compiled have none.
 */
export const PREPARED = fileURLToPath(new URL('../../../pglite.gz', import.meta.url));

/** The number of files between two reports of progress. */
const REPORT_EVERY = 50;

/** A file or a folder of the archive: paths from its root, parents first. */
interface Entry {
  readonly path: string;
  /** Bytes; null for a folder. */
  readonly size: number | null;
}

/**
 * Unpacks the prepared database if there is none yet. It appears whole: a start that is killed leaves no database.
 * @param onProgress receives the number of files that are unpacked, and of all
 * @returns whether it unpacked it
 */
export function unpackPrepared(folder: string, onProgress: OnProgress): boolean {
  if (existsSync(folder) || !existsSync(PREPARED)) return false;
  const beside = `${folder}.${randomBytes(4).toString('hex')}`;
  try {
    unpack(readFileSync(PREPARED), beside, onProgress);
    renameSync(beside, folder);
    return true;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function unpack(archive: Buffer, folder: string, onProgress: OnProgress): void {
  const bytes = gunzipSync(archive);
  let at = bytes.indexOf('\n') + 1;
  const entries: Entry[] = JSON.parse(bytes.toString('utf8', 0, at));
  mkdirSync(folder, { mode: 0o700 });
  for (const [done, { path, size }] of entries.entries()) {
    if (done % REPORT_EVERY === 0) onProgress(done, entries.length);
    if (size === null) {
      mkdirSync(join(folder, path), { mode: 0o700 });
      continue;
    }
    writeFileSync(join(folder, path), bytes.subarray(at, at + size), { mode: 0o600, flag: 'wx' });
    at += size;
  }
  onProgress(entries.length, entries.length);
}

/** Packs a database that no process has open. */
export function packDatabase(folder: string): Buffer {
  const found = readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const contents = found.map(({ path, isFile }) => (isFile ? readFileSync(path) : null));
  const entries = found.map(
    ({ path }, i): Entry => ({ path: path.slice(folder.length + 1), size: contents[i]?.length ?? null }),
  );
  const header = Buffer.from(`${JSON.stringify(entries)}\n`);
  return gzipSync(Buffer.concat([header, ...contents.filter((one) => one !== null)]), { level: 9 });
}
