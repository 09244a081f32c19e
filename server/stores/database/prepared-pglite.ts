import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * An empty, migrated database, beside the compiled sources: to make one takes PGlite far more memory than to open one. The
 * build makes it. Sources that are not compiled have none.
 */
export const PREPARED = fileURLToPath(new URL('../../../pglite.gz', import.meta.url));

/** A file or a folder of the archive: paths from its root, parents first. */
interface Entry {
  readonly path: string;
  /** Bytes; null for a folder. */
  readonly size: number | null;
}

/** Puts the prepared database where there is none yet. Nothing is there half: a start that is killed leaves no database. */
export function unpackPrepared(folder: string, archive: string = PREPARED): void {
  if (existsSync(folder) || !existsSync(archive)) return;
  const beside = `${folder}.${randomBytes(4).toString('hex')}`;
  try {
    unpack(readFileSync(archive), beside);
    renameSync(beside, folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function unpack(archive: Buffer, folder: string): void {
  const bytes = gunzipSync(archive);
  let at = bytes.indexOf('\n') + 1;
  const entries: Entry[] = JSON.parse(bytes.toString('utf8', 0, at));
  mkdirSync(folder, { mode: 0o700 });
  for (const { path, size } of entries) {
    if (size === null) {
      mkdirSync(join(folder, path), { mode: 0o700 });
      continue;
    }
    writeFileSync(join(folder, path), bytes.subarray(at, at + size), { mode: 0o600, flag: 'wx' });
    at += size;
  }
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
