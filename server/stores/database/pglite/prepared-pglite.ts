import { randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip, gzipSync } from 'node:zlib';
import type { OnProgress } from '../migrations.ts';

/**
 * An empty database with all tables, next to the compiled sources: creating a database costs PGlite far more memory and time
 * than opening one. The build creates it; without a build there is none.
 */
export const PREPARED = fileURLToPath(new URL('../../../../pglite.gz', import.meta.url));

/** Bytes that are unpacked at a time. */
const CHUNK = 256 * 1024;
/** The number of files between two reports of progress. */
const REPORT_EVERY = 50;

/** A file or a folder of the archive: paths from its root, parents first. */
interface Entry {
  readonly path: string;
  /** Bytes; null for a folder. */
  readonly size: number | null;
}

/**
 * Unpacks the prepared database if there is none yet. It appears whole: a startup that is killed leaves no partial database.
 * @param onProgress receives the number of files that are unpacked, and of all
 * @returns whether it unpacked it
 */
export async function unpackPrepared(folder: string, onProgress: OnProgress): Promise<boolean> {
  if (existsSync(folder) || !existsSync(PREPARED)) return false;
  const temporary = `${folder}.${randomBytes(4).toString('hex')}`;
  try {
    await pipeline(
      createReadStream(PREPARED),
      createGunzip({ chunkSize: CHUNK }),
      (bytes: AsyncIterable<Buffer>) => unpack(new ArchiveReader(bytes), temporary, onProgress),
    );
    renameSync(temporary, folder);
    return true;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function unpack(archive: ArchiveReader, folder: string, onProgress: OnProgress): Promise<void> {
  const entries: Entry[] = JSON.parse(await archive.line());
  mkdirSync(folder, { mode: 0o700 });
  for (const [done, { path, size }] of entries.entries()) {
    if (done % REPORT_EVERY === 0) onProgress(done, entries.length);
    if (size === null) mkdirSync(join(folder, path), { mode: 0o700 });
    else await writeNew(join(folder, path), archive.bytes(size));
  }
  onProgress(entries.length, entries.length);
}

async function writeNew(path: string, parts: AsyncIterable<Buffer>): Promise<void> {
  const file = openSync(path, 'wx', 0o600);
  try {
    for await (const part of parts) writeFileSync(file, part);
  } finally {
    closeSync(file);
  }
}

/** Reads an archive in parts: all of it at once would be a fifth of the memory that a first startup uses. */
class ArchiveReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #unread: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    while (!this.#unread.includes('\n')) this.#unread = Buffer.concat([this.#unread, await this.#next()]);
    const end = this.#unread.indexOf('\n');
    const line = this.#unread.toString('utf8', 0, end);
    this.#unread = this.#unread.subarray(end + 1);
    return line;
  }

  async *bytes(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#unread.length === 0) this.#unread = await this.#next();
      const part = this.#unread.subarray(0, left);
      this.#unread = this.#unread.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Error('the prepared database is cut short');
    return value;
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
  return gzipSync(Buffer.concat([header, ...contents.filter((content) => content !== null)]), { level: 9 });
}
