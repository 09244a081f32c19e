import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { freshPglite, freshPostgres } from './fresh.ts';
import { requires } from './requires.ts';

const JOURNAL = join(import.meta.dirname, '../../drizzle/migrations/meta/_journal.json');

requires('postgres').describe('freshPostgres', () => {
  test('creates an empty database', async () => {
    const [one, other] = await Promise.all([freshPostgres(), freshPostgres()]);
    expect(one).not.toBe(other);
    const client = postgres(one);
    expect(await client`select 1 from information_schema.tables where table_schema = 'public'`).toHaveLength(
      0,
    );
    await client.end();
  });

  test('creates a migrated copy, in which a service has nothing to migrate', async () => {
    const client = postgres(await freshPostgres('migrated'));
    const [row] = await client`select count(*)::int as applied from drizzle.__drizzle_migrations`;
    const { entries } = JSON.parse(await readFile(JOURNAL, 'utf8'));
    expect(row).toEqual({ applied: entries.length });
    expect(await client`select 1 from users`).toHaveLength(0);
    await client.end();
  });

  test('has the durability that the service requires', async () => {
    const client = postgres(await freshPostgres());
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(await client.unsafe(`show ${setting}`)).toEqual([{ [setting]: 'on' }]);
    }
    await client.end();
  });
});

describe('freshPglite', () => {
  test('creates a migrated data directory', async () => {
    const [one, other] = await Promise.all([freshPglite(), freshPglite()]);
    expect(one).not.toBe(other);
    const client = new PGlite({ dataDir: join(one, 'pglite') });
    expect((await client.query('select id from keys')).rows).toEqual([]);
    await client.close();
  });
});
