import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { inject } from 'vitest';
import { atEndOfFile } from './end-of-file.ts';
import { POSTGRES_ABSENT, POSTGRES_TEMPLATE } from './provided.ts';

const run = promisify(execFile);

/**
 * Creates a database on the run's Postgres, and returns its URL.
 * @param schema `migrated` for a copy with Keyseal's tables, which takes no migration; otherwise an empty database
 */
export async function freshPostgres(schema: 'none' | 'migrated' = 'none'): Promise<string> {
  const server = inject('postgresUrl');
  if (server === null) throw new Error(POSTGRES_ABSENT);
  const name = `ks_${randomBytes(8).toString('hex')}`;
  const client = postgres(server, { max: 1, onnotice: () => {} });
  try {
    const template = schema === 'migrated' ? POSTGRES_TEMPLATE : 'template1';
    await client`create database ${client(name)} template ${client(template)}`;
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** The code of PGlite, held: V8 compiles code once for a process, and forgets it with the last thread that has it. */
let compiled: Promise<WebAssembly.Module> | undefined;

async function compilePglite(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(
    await readFile(new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))),
  );
}

/** Copies the migrated PGlite: a data directory for one service, removed when the test file ends. */
export async function freshPglite(): Promise<string> {
  compiled ??= compilePglite();
  await compiled;
  const folder = await freshFolder();
  // Hundreds of files, which Node's own `cp` takes three times as long for.
  await run('cp', ['-R', `${inject('pgliteTemplate')}/.`, folder]);
  return folder;
}

/** An empty folder, readable only by its owner, removed when the test file ends. */
export async function freshFolder(): Promise<string> {
  // Next to the template, so that the end of the run removes what a killed worker left.
  const folder = await mkdtemp(join(dirname(inject('pgliteTemplate')), 'fresh-'));
  atEndOfFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
