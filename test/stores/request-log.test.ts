import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../server/stores/database/database.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { RequestLog } from '../../server/stores/usage/request-log.ts';
import { freshPglite } from '../harness/fresh.ts';

const HOUR = 3_600_000;
let database: Database;
let now = 1_800_000_000_000;

beforeAll(async () => {
  database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
});
beforeEach(() => database.query(sql`delete from request_log`));
afterAll(() => database.close());

const open = () => new RequestLog(database, () => now);

function note(log: RequestLog, workspaceId: string, id: string, outcome: 'OK' | 'RATE_LIMITED' = 'OK') {
  const key = { id, workspaceId, environment: 'live', payer: [workspaceId, workspaceId, id] } as const;
  log.record(key, { procedure: 'exemple', outcome, durationMs: 1.5, address: null, requestId: `of ${id}` });
}

async function stored(id: string, outcome = 'OK') {
  const rows = await database.query<{ represents: number }>(
    sql`select represents from request_log where key_id = ${id} and outcome = ${outcome} order by id`,
  );
  return rows.map(({ represents }) => represents);
}

describe('the request log', () => {
  it('keeps a sample of a flood, and a flood leaves room for other workspaces, and for refusals of its own key', async () => {
    const log = open();
    for (let n = 0; n < 30_000; n++) note(log, 'busy', 'flood');
    note(log, 'busy', 'flood', 'RATE_LIMITED');
    for (let n = 0; n < 50; n++) note(log, 'quiet', 'other');
    await log.flush();
    const kept = await stored('flood');
    // A thousand in a burst, and two a second while the loop runs.
    expect(kept.length).toBeGreaterThanOrEqual(900);
    expect(kept.length).toBeLessThan(5_000);
    expect(await stored('flood', 'RATE_LIMITED')).toEqual([1]);
    expect(await stored('other')).toEqual(Array(50).fill(1));
    expect(log.occupancy.used).toBe(0);
  });

  it('says how many calls a kept one represents', async () => {
    const log = open();
    const moment = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    for (let n = 0; n < 1_041; n++) note(log, 'one', 'sampled');
    moment.mockRestore();
    await log.flush();
    vi.spyOn(performance, 'now').mockReturnValue(1_600);
    note(log, 'one', 'sampled');
    note(log, 'one', 'sampled');
    vi.restoreAllMocks();
    await log.flush();
    const kept = await stored('sampled');
    expect(kept).toHaveLength(1_001);
    // The 41 that were left out, and itself. No kept call follows the last one yet.
    expect(kept.filter((represents) => represents > 1)).toEqual([42]);
  });

  it('keeps what cannot be written, within its bounds, and writes each call once', async () => {
    const log = open();
    const query = vi.spyOn(database, 'query').mockRejectedValue(new Error('the database is gone'));
    for (let n = 0; n < 200; n++) for (let id = 0; id < 100; id++) note(log, `w${id}`, `key${id}`);
    await expect(log.flush()).rejects.toThrow('the database is gone');
    const { used, capacity } = log.occupancy;
    expect(used).toBeGreaterThan(1_000);
    expect(used).toBeLessThanOrEqual(capacity);
    query.mockRestore();
    await log.flush();
    await log.flush();
    const [row] = await database.query<{ n: number }>(sql`select count(*)::int as n from request_log`);
    expect([row?.n, log.occupancy.used]).toEqual([used, 0]);
  });

  it('deletes calls after 24 hours', async () => {
    const log = open();
    note(log, 'old', 'old');
    await log.flush();
    now += 23 * HOUR;
    note(log, 'old', 'new');
    await log.flush();
    now += 2 * HOUR;
    await log.purge();
    expect([await stored('old'), await stored('new')]).toEqual([[], [1]]);
  });
});
