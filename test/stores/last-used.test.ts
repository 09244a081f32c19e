import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, it, vi } from 'vitest';
import { LastUsed } from '../../server/stores/credentials/last-used.ts';
import type { Db } from '../../server/stores/database/database.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { freshFolder, freshPglite, freshPostgres } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';

it('S7: a workspace with many keys does not make uses of the keys of another go unnoted', () => {
  const lastUsed = new LastUsed({} as Db);
  const note = (id: string, workspaceId: string, at: number) =>
    lastUsed.record({ id, payer: [workspaceId, workspaceId, id] }, at, false);
  for (let n = 0; n < 30_000; n++) note(`key ${n}`, 'busy', n);
  const { used, capacity } = lastUsed.occupancy;
  expect([used, capacity]).toEqual([10_000, 40_000]);
  note('key 7', 'busy', 9);
  for (let n = 0; n < 100; n++) note(`other ${n}`, 'other', n);
  expect(['key 29999', 'key 7', 'other 99'].map((id) => lastUsed.pending(id))).toEqual([null, 9, 99]);
});

describe('the job that writes last uses', () => {
  async function opened(keys: number) {
    const database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
    await database.query(sql`insert into workspaces (id, name) values ('one', 'One')`);
    await database.query(sql`
      insert into keys (id, workspace_id, name, environment, permissions, secret_hash, pepper_version,
        signing_sealed, signing_version)
      select 'key' || n, 'one', 'Key', 'live', '[]', '', 1, '', 1 from generate_series(1, ${keys}) n`);
    const lastUsed = new LastUsed(database.db);
    const note = (n: number, at: number, previous = false) =>
      lastUsed.record({ id: `key${n}`, payer: ['one', 'one', `key${n}`] }, at, previous);
    return { database, lastUsed, note };
  }

  it('writes each key at most once a minute if many are used, and shows pending uses in the meantime', async () => {
    const { database, lastUsed, note } = await opened(1_200);
    const begun = 1_800_000_000_000;
    const stored = async () => {
      const [row] = await database.query<{ n: number }>(sql`select count(last_used_at)::int as n from keys`);
      return row?.n;
    };
    for (let run = 0; run < 60; run++) {
      for (let n = 1; n <= 1_200; n++) note(n, begun + run);
      await lastUsed.writeDue();
      expect(await stored()).toBe(20 * (run + 1));
    }
    // The last were written just now, and the first in the first run.
    expect([lastUsed.pending('key1'), lastUsed.pending('key1200')]).toEqual([begun + 59, null]);
    await database.close();
  });

  it('S7: a read of one workspace writes what was noted there, in bounded statements, and nothing of another', async () => {
    const { database, lastUsed, note } = await opened(1_200);
    for (let n = 1; n <= 1_200; n++) note(n, 1_800_000_000_000);
    lastUsed.record({ id: 'elsewhere', payer: ['one', 'two', 'elsewhere'] }, 1_800_000_000_000, false);
    const { execute } = database.db;
    let statements = 0;
    const counting: typeof execute = (...args) => {
      statements++;
      return execute.apply(database.db, args) as never;
    };
    Object.assign(database.db, { execute: counting });
    await lastUsed.flushWorkspace(['one', 'two']);
    expect([statements, lastUsed.pending('elsewhere'), lastUsed.occupancy.used]).toEqual([1, null, 1_200]);
    await Promise.all(Array.from({ length: 20 }, () => lastUsed.flushWorkspace(['one', 'one'])));
    expect([statements, lastUsed.occupancy.used]).toEqual([7, 0]);
    await database.close();
  });

  it('writes both pairs of a key in one statement, and no row that has a later use already', async () => {
    const { database, lastUsed, note } = await opened(2);
    const rows = () =>
      database.query<{ at: number; previous: number | null; version: string }>(sql`
        select extract(epoch from last_used_at)::float8 as at, extract(epoch from previous_last_used_at)::float8 as previous,
          xmin::text as version from keys order by id`);
    note(1, 1_800_000_000_123, true);
    note(2, 1_800_000_000_456);
    await lastUsed.flush();
    const [one, two] = await rows();
    expect([one, two]).toMatchObject([
      { at: 1_800_000_000.123, previous: 1_800_000_000.123 },
      { at: 1_800_000_000.456, previous: null },
    ]);
    note(1, 1_800_000_000_123, true);
    note(2, 1_700_000_000_000, true);
    await lastUsed.flush();
    const [oneLater, twoLater] = await rows();
    expect(oneLater).toEqual(one);
    expect(twoLater).toMatchObject({ at: two?.at, previous: 1_700_000_000 });
    await database.close();
  });
});

requires('postgres').describe('two instances on one Postgres', () => {
  const IDS = Array.from({ length: 200 }, (_, n) => `key${String(n).padStart(9, '0')}`);

  async function instances() {
    const databaseUrl = await freshPostgres();
    const databases = [
      await openDatabase({ databaseUrl, dataDir: await freshFolder() }),
      await openDatabase({ databaseUrl, dataDir: await freshFolder() }),
    ] as const;
    const sql = postgres(databaseUrl, { max: 2, onnotice: () => {} });
    await sql`set session_replication_role = replica`;
    // The rows are in the table in the opposite order of their ids.
    for (const id of [...IDS].reverse()) {
      await sql`insert into keys (id, workspace_id, owner_id, name, environment, permissions, secret_hash, pepper_version,
          signing_sealed, signing_version, created_at)
        values (${id}, 'a', 'b', 'Key', 'live', '[]', '', 1, '', 1, now())`;
    }
    const stop = async () => {
      await sql.end();
      for (const { close } of databases) await close();
    };
    return { stores: databases.map(({ db }) => new LastUsed(db)), sql, stop };
  }

  it('lock keys in the order of their ids, however they were used', async () => {
    const { stores, sql, stop } = await instances();
    const [lowest = ''] = IDS;
    let flushing: Promise<void> | undefined;
    await sql.begin(async (tx) => {
      await tx`select from keys where id = ${lowest} for update`;
      for (const id of [...IDS].reverse())
        stores[0]?.record({ id, payer: ['a', 'a', id] }, 1_800_000_000_000, false);
      flushing = stores[0]?.flush();
      await vi.waitFor(async () => {
        const waiting = await sql`select from pg_stat_activity
          where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
        expect(waiting).toHaveLength(1);
      }, 30_000);
      // It waits for the lowest, so it holds none of the others.
      await tx`select from keys where id > ${lowest} order by id for update nowait`;
    });
    await flushing;
    const [{ n } = { n: 0 }] = await sql<{ n: number }[]>`select count(last_used_at)::int as n from keys`;
    expect(n).toBe(IDS.length);
    await stop();
  });

  it('write the same keys at the same time, each in its own order', async () => {
    const { stores, sql, stop } = await instances();
    for (let round = 0; round < 20; round++) {
      for (const [i, store] of stores.entries()) {
        const order = i === 0 ? IDS : [...IDS].reverse();
        for (const id of order)
          store.record({ id, payer: ['a', 'a', id] }, 1_800_000_000_000 + round * 1000, true);
      }
      await Promise.all(stores.map((store) => store.flush()));
    }
    const rows = await sql<{ t: number }[]>`
      select distinct extract(epoch from least(last_used_at, previous_last_used_at))::int as t from keys`;
    expect(rows.map(({ t }) => t)).toEqual([1_800_000_019]);
    await stop();
  });
});
