import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOutage } from '../../server/stores/database/connection-errors.ts';
import { openPgliteClient, type PgliteClient } from '../../server/stores/database/pglite/pglite-client.ts';
import { freshPglite } from '../harness/fresh.ts';

const unexpected = (error: Error) => {
  throw error;
};
const open = async (onUnexpectedExit: (error: Error) => void = unexpected) =>
  openPgliteClient(join(await freshPglite(), 'pglite'), onUnexpectedExit);

/** A statement that computes for a long time, and answers a number. */
const HEAVY = 'select count(*)::int as counted from generate_series(1, 3000000) a where a % 7 <> 9';

describe('PGlite in a thread of its own', () => {
  let client: PgliteClient;
  beforeAll(async () => {
    client = await open();
    await client.query('create table notes (id int primary key, text text not null, payer text)');
  });
  afterAll(() => client.close());

  it('lets the main thread answer requests while a statement runs', async () => {
    const server = createServer((_, response) => void response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const order: string[] = [];
    const heavy = client.query(HEAVY).then(() => order.push('statement'));
    for (let n = 0; n < 3; n++) {
      await fetch(`http://127.0.0.1:${port}`);
      order.push('request');
    }
    await heavy;
    server.close();
    expect(order).toEqual(['request', 'request', 'request', 'statement']);
  });

  it('returns values as drizzle reads them', async () => {
    const text = `select 1::int as n, 2::bigint as big, null as nothing, true as yes, '{"a":[1]}'::jsonb as json,
      '2026-01-02 03:04:05+00'::timestamptz as at, '{1,2}'::int[] as list, '\\x0102'::bytea as bytes`;
    const { rows } = await client.query(text);
    const bytes = new Uint8Array([1, 2]);
    expect(rows).toEqual([
      {
        ...{ n: 1, big: 2, nothing: null, yes: true, json: { a: [1] } },
        ...{ at: '2026-01-02 03:04:05+00', list: [1, 2], bytes },
      },
    ]);
    const sent = await client.query('select $1::int[], $2::jsonb, $3::bytea', [[3, 4], { b: 1 }, bytes], {
      rowMode: 'array',
    });
    expect(sent.rows).toEqual([[[3, 4], { b: 1 }, bytes]]);
  });

  it('keeps code, message, detail and constraint of an error, and no parameter', async () => {
    await client.query('insert into notes values (1, $1)', ['once']);
    const error = await client
      .query('insert into notes values (1, $1)', ['hunter2'])
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      code: '23505',
      severity: 'ERROR',
      message: 'duplicate key value violates unique constraint "notes_pkey"',
      detail: 'Key (id)=(1) already exists.',
      constraint: 'notes_pkey',
      table: 'notes',
    });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('hunter2');
  });

  it('rejects a parameter that cannot be sent, and continues', async () => {
    await expect(client.query('select $1', [() => {}])).rejects.toThrow(/could not be cloned/);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('runs no other statement within a transaction', async () => {
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const first = client.transaction(async (transaction) => {
      await transaction.query('select 1').then(note('first begins'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await transaction.query('select 1').then(note('first ends'));
    });
    const lone = client.query('select 1').then(note('lone'));
    const second = client.transaction(async (transaction) => {
      await transaction.query('select 1').then(note('second'));
    });
    const last = client.query('select 1').then(note('last'));
    await Promise.all([first, lone, second, last]);
    expect(order).toEqual(['first begins', 'first ends', 'lone', 'second', 'last']);
  });

  it('commits a transaction that returns, and rolls back one that throws', async () => {
    const insert = (id: number) =>
      client.transaction(async (transaction) => {
        await transaction.query('insert into notes values ($1, $2)', [id, 'text']);
        if (id === 11) throw new Error('no longer wanted');
        return id;
      });
    expect(await insert(10)).toBe(10);
    await expect(insert(11)).rejects.toThrow('no longer wanted');
    expect((await client.query('select id from notes where id in (10, 11)')).rows).toEqual([{ id: 10 }]);
  });

  it('rejects a transaction that returns although one of its statements failed', async () => {
    const transaction = client.transaction(async (session) => {
      await session.query('insert into notes values (20, $1)', ['text']);
      await session.query('select 1 / 0').catch(() => {});
      return 'done';
    });
    await expect(transaction).rejects.toMatchObject({ code: '25P02' });
    expect((await client.query('select id from notes where id = 20')).rows).toEqual([]);
    await expect(client.transaction(async () => 'no statement')).resolves.toBe('no statement');
  });

  it('begins a transaction with the first statement that can be sent', async () => {
    const transaction = client.transaction(async (session) => {
      await session.query('select $1', [() => {}]).catch(() => {});
      await session.query('insert into notes values (25, $1)', ['text']);
      throw new Error('no longer wanted');
    });
    await expect(transaction).rejects.toThrow('no longer wanted');
    expect((await client.query('select id from notes where id = 25')).rows).toEqual([]);
  });

  it('rejects a statement of a transaction that has ended', async () => {
    const stray = await client.transaction(async (session) => {
      await session.query('select 1');
      return session;
    });
    await expect(stray.query('insert into notes values (30, $1)', ['stray'])).rejects.toThrow(
      'Transaction is closed',
    );
    expect((await client.query('select id from notes where id = 30')).rows).toEqual([]);
  });
});

describe('the thread of PGlite', () => {
  it('is closed after everything that was sent, and is an outage from then on', async () => {
    const client = await open();
    const order: string[] = [];
    const heavy = client.query(HEAVY).then(() => order.push('statement'));
    const transaction = client.transaction(async (session) => {
      await session.query('select 1');
      order.push('transaction');
    });
    await client.close();
    order.push('closed');
    await Promise.all([heavy, transaction]);
    expect(order).toEqual(['statement', 'transaction', 'closed']);
    const error = await client.query('select 1').catch((thrown) => thrown);
    expect(isOutage(error)).toBe(true);
  });

  it('that dies is reported once, and rejects what waits for it', async () => {
    const started = once(process, 'worker') as Promise<[Worker]>;
    const deaths: string[] = [];
    const client = await open(({ message }) => deaths.push(message));
    const [worker] = await started;
    const waiting = client.query(HEAVY).catch((thrown) => thrown);
    await worker.terminate();
    expect(isOutage(await waiting)).toBe(true);
    await expect(client.query('select 1')).rejects.toThrow('PGlite is closed');
    expect(deaths).toEqual(['it exited with status 1']);
  });

  it('that cannot open the database rejects with the error of the file system, and ends', async () => {
    const started = once(process, 'worker') as Promise<[Worker]>;
    await expect(openPgliteClient('/proc/keyseal/pglite', unexpected)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    const [worker] = await started;
    expect(worker.threadId).toBe(-1);
  });
});
