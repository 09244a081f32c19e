import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { expect, vi } from 'vitest';
import { freePort } from './embedded-postgres.ts';
import { atEndOfFile } from './end-of-file.ts';
import { runFolder } from './run-folder.ts';

/** The folder of Debian's package `postgresql-15`, which has programs that the embedded Postgres lacks. */
const PROGRAMS = '/usr/lib/postgresql/15/bin';

/** A program of Debian's Postgres. */
const postgresProgram = (name: 'initdb' | 'postgres' | 'pg_dump' | 'pg_restore' | 'psql'): string =>
  join(PROGRAMS, name);

/** A server of Debian's Postgres. */
export interface DebianPostgres {
  /** Creates an empty database. @returns its URL, as a superuser */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the server on a free loopback port, with its data in a folder that goes with it. */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const { folder, remove } = await runFolder('debian-postgres');
  const user = databaseUser();
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const data = initialise(folder, user, password);
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${data}`];
  const options = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(postgresProgram('postgres'), options, { ...user, cwd: folder, stdio: 'ignore' });
  const end = () => void child.kill('SIGQUIT');
  // A hook that fails must not leave a server.
  atEndOfFile(end);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const server = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await vi.waitUntil(() => answers(server), { timeout: 60_000, interval: 100 });
  return {
    createDatabase: () => createDatabase(server),
    stop: async () => {
      child.kill('SIGINT');
      await ended;
      await remove();
    },
  };
}

/** Postgres refuses to run as root: there its package's own user runs it. */
function databaseUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** @returns the data directory */
function initialise(folder: string, user: ReturnType<typeof databaseUser>, password: string): string {
  // mkdtemp makes it 0700 for the caller.
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  const options = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const text = ['--encoding=UTF8', '--locale=C'];
  execFileSync(postgresProgram('initdb'), ['-D', data, ...options, ...text], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  return data;
}

async function answers(url: string): Promise<boolean> {
  const client = postgres(url, { max: 1, connect_timeout: 2 });
  return client`select 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.end({ timeout: 1 }));
}

async function createDatabase(server: string): Promise<string> {
  const name = `ks_${randomBytes(8).toString('hex')}`;
  const client = postgres(server, { max: 1, onnotice: () => {} });
  await client`create database ${client(name)}`.finally(() => client.end());
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

/** A `pg_dump` that has its locks and its snapshot, and whose output nobody reads. */
export interface HeldDump {
  /** Reads its output, and resolves once it has ended well. */
  finish(): Promise<void>;
}

/**
 * Starts `pg_dump`, and waits until its pipe and its connection are full, for which the database needs some 10 MB.
 * @param url as a role that may read all of it
 * @param format `plain` for psql, `custom` for pg_restore
 * @param file for its output, once that is read
 */
export async function holdDump(url: string, format: 'plain' | 'custom', file: string): Promise<HeldDump> {
  const options = [`--format=${format}`, `--dbname=${url}`];
  const child = spawn(postgresProgram('pg_dump'), options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => void child.kill('SIGKILL');
  atEndOfFile(end);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await expect.poll(() => dumpState(url), { timeout: 60_000, interval: 50 }).toBe('held');
  return {
    finish: async () => {
      await pipeline(child.stdout, createWriteStream(file));
      if ((await ended) !== 0) throw new Error(errors);
    },
  };
}

/** `held` if the session of pg_dump has a snapshot and waits for its client to read. */
export async function dumpState(url: string): Promise<'held' | 'running' | 'absent'> {
  const client = postgres(url, { max: 1 });
  const [session] = await client<{ held: boolean }[]>`
    select backend_xmin is not null and wait_event = 'ClientWrite' as held from pg_stat_activity
    where application_name = 'pg_dump' and datname = current_database()`.finally(() => client.end());
  if (!session) return 'absent';
  return session.held ? 'held' : 'running';
}

/** Restores a dump into an empty database, and stops at the first error. */
export async function restoreDump(url: string, format: 'plain' | 'custom', file: string): Promise<void> {
  const run = promisify(execFile);
  if (format === 'plain') {
    const options = ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', `--dbname=${url}`, `--file=${file}`];
    await run(postgresProgram('psql'), options);
  } else {
    await run(postgresProgram('pg_restore'), ['--exit-on-error', `--dbname=${url}`, file]);
  }
}
