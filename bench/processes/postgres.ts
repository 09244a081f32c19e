import postgres from 'postgres';
import { startPostgres } from '../../test/harness/embedded-postgres.ts';
import { seed } from '../fixtures/seed.ts';
import { handleSignals, onCleanup } from './cleanup.ts';
import { runFolder } from './folder.ts';

let server: Promise<string> | undefined;
const filled = new Map<string, Promise<string>>();

/** Creates a database on the run's one Postgres, with default settings, and returns its URL. */
export async function newDatabase(name: string): Promise<string> {
  server ??= start();
  const url = new URL(await server);
  const client = postgres(url.href, { max: 1, onnotice: () => {} });
  try {
    await client`create database ${client(name)}`;
  } finally {
    await client.end();
  }
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * A Keyseal database with that many keys, the same one for every call.
 * @param keys how many there are, and how many of them can be used, in addition to the one that calls `verify`
 */
export function keysDatabase(keys: { usable: number; total: number }): Promise<string> {
  const name = `keys_${keys.total}_${keys.usable}`;
  const known = filled.get(name);
  if (known !== undefined) return known;
  const filling = newDatabase(name).then(async (url) => {
    await seed(url, keys);
    return url;
  });
  filled.set(name, filling);
  return filling;
}

async function start(): Promise<string> {
  const { server, url } = await startPostgres(await runFolder());
  onCleanup(() => server.stop());
  handleSignals();
  return url;
}
