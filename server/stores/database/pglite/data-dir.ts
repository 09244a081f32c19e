import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ConfigError } from '../../../lib/config.ts';
import type { MasterKey } from '../../../lib/env-schema.ts';
import { makeDirs, preparePrivateDir, type Warn, writeSecretFile } from '../private-files.ts';
import { dataDirFailure } from './data-dir-failure.ts';

/** Linux allows 108 bytes for a socket's path, macOS 104. */
const MAX_SOCKET_PATH = 100;

/**
 * Locks the data directory for this process, or throws. The lock is a listening socket: it ends with
 * the process, however the process ends, and holds between containers that share the directory.
 * @returns a function that releases the directory
 */
export async function lockDataDir(dir: string): Promise<() => Promise<void>> {
  makeDirs(dir);
  const path = join(dir, 'lock');
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    throw new ConfigError(
      `KEYSEAL_DATA_DIR takes a path of at most ${MAX_SOCKET_PATH - 5} bytes: "${dir}" is longer.`,
    );
  }
  const server = (await listen(path)) ?? (await takeOver(path));
  if (!server) {
    throw new ConfigError(
      `The data directory "${dir}" is in use by another process: stop that one, or set KEYSEAL_DATA_DIR to another directory.`,
    );
  }
  return () => new Promise((resolve) => server.close(() => resolve()));
}

/** Replaces a lock that a killed process left; null if its holder is alive. */
async function takeOver(path: string): Promise<Server | null> {
  if (await isAlive(path)) return null;
  // Renaming is atomic: of two processes that see a stale lock one moves it, and neither removes a new lock.
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    // Another process has moved it. For any other reason it is still there, and would look like that of a live process.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return listen(path);
  }
  if (await isAlive(aside)) {
    renameSync(aside, path);
    return null;
  }
  rmSync(aside, { force: true });
  return listen(path);
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(path, () => resolve(server.unref()));
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The master key of a service in development: created once, stored next to the data, readable only by its owner. */
export function developmentMasterKey(dir: string, warn: Warn = () => {}): readonly MasterKey[] {
  const path = join(dir, 'master.key');
  const bytes = Buffer.from(readOrMakeMasterKey(dir, path, warn), 'base64');
  if (bytes.length === 32) return [{ version: 1, bytes }];
  throw new ConfigError(
    `"${path}" does not contain a master key of 32 bytes: restore it, or remove the data directory.`,
  );
}

function readOrMakeMasterKey(dir: string, path: string, warn: Warn): string {
  try {
    if (!existsSync(path)) makeMasterKey(dir, path, warn);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw dataDirFailure(dir, error);
  }
}

function makeMasterKey(dir: string, path: string, warn: Warn): void {
  try {
    preparePrivateDir(dir, warn);
    writeSecretFile(path, randomBytes(32).toString('base64'), 'new');
  } catch (error) {
    // Another process wrote it first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(path)) throw error;
  }
}
