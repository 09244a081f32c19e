import type { Sql } from 'postgres';
import { afterEach, expect, it } from 'vitest';
import { connectPostgres, Upstream } from '../../server/stores/database/connection/connect.ts';
import { isOutage } from '../../server/stores/database/connection-errors.ts';
import { tolerateLostConnection } from '../../server/stores/database/resilient-client.ts';
import { errorResponse, type FaultyProxy, faultyProxy } from '../harness/faulty-proxy.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';

/** How a connection ends: with a reset, and as its server says. */
const ENDS: readonly [string, 'reset' | Buffer][] = [
  ['reset', 'reset'],
  ['ended by the server', errorResponse('FATAL', '57P01')],
];

requires('postgres').describe('D2: a connection that is lost', () => {
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  /** One connection, so that each statement is sent on the one that the statement before it has left. */
  async function start(): Promise<{ sql: Sql; proxy: FaultyProxy }> {
    const url = new URL(await freshPostgres());
    const proxy = await faultyProxy(Number(url.port));
    stops.push(() => proxy.close());
    url.port = String(proxy.port);
    const sql = tolerateLostConnection(connectPostgres(url.href, { max: 1 }));
    stops.push(() => sql.end({ timeout: 1 }));
    await sql`select 1`;
    return { sql, proxy };
  }

  /** Each of the next statements gets its own answer. */
  async function answersItsOwn(sql: Sql): Promise<void> {
    const own = async (n: number) => [...(await sql`select ${n}::int as own`)];
    for (let n = 1; n <= 3; n++) expect(await own(n)).toEqual([{ own: n }]);
    expect(await Promise.all([4, 5, 6].map(own))).toEqual([4, 5, 6].map((n) => [{ own: n }]));
  }

  const outcome = async (query: PromiseLike<unknown>): Promise<{ rows: unknown; error: unknown }> => {
    try {
      return { rows: await query, error: null };
    } catch (error) {
      return { rows: null, error };
    }
  };

  it.each(ENDS)(
    '%s: what was sent meanwhile is rejected, and no statement gets the answer of another',
    async (_, end) => {
      const { sql, proxy } = await start();
      proxy.inject((type) => (type === 'D' ? end : 'pass'));
      let meanwhile: ReturnType<typeof outcome> = Promise.resolve({ rows: null, error: null });
      const first = await sql`select 'first'`.catch((error: unknown) => {
        proxy.inject(() => 'pass');
        // The socket has failed, and is not closed yet.
        meanwhile = outcome(sql`select 'meanwhile' as own`);
        return error;
      });
      expect(isOutage(first)).toBe(true);
      await answersItsOwn(sql);
      const { rows, error } = await meanwhile;
      if (error === null) expect(rows).toEqual([{ own: 'meanwhile' }]);
      else expect(isOutage(error)).toBe(true);
    },
  );

  it.each(ENDS)(
    '%s while statements are being sent: the next connection is ready at once',
    async (_, end) => {
      const { sql, proxy } = await start();
      const outcomes: ReturnType<typeof outcome>[] = [];
      let sending = true;
      // In each turn of the event loop, and in several places of it.
      const send = () => {
        outcomes.push(outcome(sql`select 'sent' as own`));
        if (sending) setImmediate(send);
      };
      proxy.inject((type) => {
        if (type !== 'D') return 'pass';
        proxy.inject(() => 'pass');
        setTimeout(() => {
          sending = false;
        });
        return end;
      });
      send();
      await expect.poll(() => sending).toBe(false);
      for (const { rows, error } of await Promise.all(outcomes)) {
        if (error === null) expect(rows).toEqual([{ own: 'sent' }]);
        else
          expect([isOutage(error), error]).toEqual([
            true,
            expect.not.objectContaining({ code: 'CONNECT_TIMEOUT' }),
          ]);
      }
      await answersItsOwn(sql);
    },
  );

  it.each(ENDS)('%s after some rows of an answer leaves none to the next one', async (_, end) => {
    const { sql, proxy } = await start();
    let rows = 0;
    proxy.inject((type) => (type === 'D' && ++rows === 3 ? end : 'pass'));
    expect(isOutage((await outcome(sql`select generate_series(1, 9)`)).error)).toBe(true);
    proxy.inject(() => 'pass');
    await answersItsOwn(sql);
  });

  it('leaves no error to the next one', async () => {
    const { sql, proxy } = await start();
    let failed = false;
    proxy.inject((type) => {
      if (type === 'Z' && failed) {
        failed = false;
        return 'reset';
      }
      failed ||= type === 'E';
      return 'pass';
    });
    await expect(sql`select 1 / 0`).rejects.toThrow();
    const next = await outcome(sql`select 2 as own`);
    expect(next.error === null || isOutage(next.error)).toBe(true);
    await answersItsOwn(sql);
  });

  it.each([
    ['FATAL', '25P03'],
    ['FATAL', '25P04'],
    ['FATAL', '40001'],
    ['FATAL', 'XX000'],
    ['FATAL', '57P01'],
    ['ERROR', '25006'],
  ])('by %s %s is an outage: of a statement, and in a transaction', async (severity, code) => {
    const { sql, proxy } = await start();
    const failNext = (type: string) => {
      if (type !== 'D') return 'pass';
      proxy.inject(() => 'pass');
      return errorResponse(severity, code);
    };
    proxy.inject(failNext);
    const alone = await outcome(sql`select 1 as own`);
    expect([alone.rows, isOutage(alone.error)]).toEqual([null, true]);
    await answersItsOwn(sql);
    // A conflict is tried again: each attempt fails.
    proxy.inject((type) => (type === 'D' ? errorResponse(severity, code) : 'pass'));
    const within = await outcome(sql.begin(async (transaction) => transaction`select 1 as own`));
    expect([within.rows, isOutage(within.error)]).toEqual([null, true]);
    proxy.inject(() => 'pass');
    await answersItsOwn(sql);
  });

  it('at COMMIT, or while a transaction waits for something else, is an outage of the transaction', async () => {
    const { sql, proxy } = await start();
    const isCommit = (type: string, bytes: Buffer) => type === 'C' && bytes.includes('COMMIT');
    proxy.inject((type, bytes) => (isCommit(type, bytes) ? 'reset' : 'pass'));
    const committed = await outcome(sql.begin((transaction) => transaction`select 1`));
    expect(isOutage(committed.error)).toBe(true);
    proxy.inject(() => 'pass');
    const pid = async () => (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid;
    const before = await pid();
    let finish = () => {};
    const waited = await outcome(
      sql.begin(async (transaction) => {
        await transaction`select 1`;
        proxy.reset();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      }),
    );
    // Whatever it did not ask of the database is done only now: no COMMIT may follow.
    finish();
    expect(isOutage(waited.error)).toBe(true);
    expect(await pid()).not.toBe(before);
    await answersItsOwn(sql);
  });

  it('takes its transaction with it: what follows in the transaction is not carried out', async () => {
    const { sql, proxy } = await start();
    await sql`create table carried_out (what text)`;
    const transaction = sql.begin(async (tx) => {
      await tx`insert into carried_out values ('before')`;
      proxy.inject((type) => (type === 'D' ? 'reset' : 'pass'));
      await tx`select 1`.catch(() => proxy.inject(() => 'pass'));
      await tx`insert into carried_out values ('after')`;
    });
    expect(isOutage((await outcome(transaction)).error)).toBe(true);
    expect([...(await sql`select * from carried_out`)]).toEqual([]);
    await answersItsOwn(sql);
  });

  it('is not confused with an aborted transaction, which fails with its first error', async () => {
    const { sql } = await start();
    const transaction = sql.begin(async (tx) => {
      await tx`select 1 / 0`.catch(() => {});
      await tx`select 1`.catch((cause: unknown) => {
        throw new Error('of a statement', { cause });
      });
    });
    await expect(transaction).rejects.toMatchObject({ code: '22012' });
    await answersItsOwn(sql);
  });

  it('is not mistaken for a statement that failed after rows: the next one has its own rows', async () => {
    const { sql } = await start();
    await expect(sql`select 1 / (3 - n) from generate_series(1, 5) as n`).rejects.toThrow('division by zero');
    await answersItsOwn(sql);
  });

  it('repeatedly leaves few sessions behind', async () => {
    const url = await freshPostgres();
    const sql = tolerateLostConnection(connectPostgres(url, { max: 3, upstream: new Upstream(true) }));
    const other = connectPostgres(url, { max: 1 });
    stops.push(() => Promise.all([sql.end({ timeout: 1 }), other.end({ timeout: 1 })]));
    const pids = async () => {
      const each = [1, 2, 3].map(
        () => sql<{ pid: number }[]>`select pg_backend_pid() as pid from pg_sleep(0.2)`,
      );
      return (await Promise.all(each)).map(([row]) => row?.pid ?? 0);
    };
    for (let round = 0; round < 8; round++) {
      const [first = 0] = await pids();
      await other`select pg_terminate_backend(${first})`;
      await expect.poll(async () => (await pids()).includes(first)).toBe(false);
    }
    const sessions = async () =>
      (
        await other<
          { n: number }[]
        >`select count(*)::int as n from pg_stat_activity where datname = current_database()`
      )[0]?.n;
    await expect.poll(sessions).toBeLessThanOrEqual(1 + 3 * 3);
  }, 60_000);
});
