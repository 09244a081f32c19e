import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { scrape, since } from '../harness/metrics.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const authority = () => ({ authority: service.authority });
const exemple = () => sign(service.demo, '/api/exemple', authority());
const echo = (text: string) =>
  sign(service.demo, '/api/echo', { ...authority(), body: JSON.stringify({ text }) });

describe('the metrics of the stores have', () => {
  it('claims by outcome, and the outstanding nonces', async () => {
    const before = await scrape(service.port);
    const twice = exemple();
    await send(service.port, twice);
    await send(service.port, twice);
    const after = await scrape(service.port);
    const claims = (outcome: string) => since(before, after, 'keyseal_nonce_claims_total', { outcome });
    expect([claims('won'), claims('seen'), claims('failed')]).toEqual([1, 1, 0]);
    expect(since(before, after, 'keyseal_table_entries', { table: 'nonces' })).toBe(1);
    expect(after.sum('keyseal_table_entries_max', { table: 'nonces' })).toBe(4_000_000);
  });

  it('hits and misses of the caches', async () => {
    const key = await createKey(service, ada);
    const before = await scrape(service.port);
    await send(service.port, sign(key, '/api/exemple', authority()));
    await send(service.port, sign(key, '/api/exemple', authority()));
    const after = await scrape(service.port);
    const reads = (result: string) =>
      since(before, after, 'keyseal_cache_reads_total', { cache: 'keys', result });
    expect([reads('hit'), reads('miss')]).toEqual([1, 1]);
    expect(since(before, after, 'keyseal_table_entries', { table: 'keys' })).toBe(1);
  });

  it('tables whose use never exceeds their capacity', async () => {
    const { samples, sum } = await scrape(service.port);
    const tables = samples.filter(({ name }) => name === 'keyseal_table_entries');
    expect(tables.length).toBeGreaterThanOrEqual(10);
    for (const { labels, value } of tables) {
      expect(value).toBeLessThanOrEqual(sum('keyseal_table_entries_max', labels));
    }
  });

  it('the bytes of bodies, which are given back with the answer', async () => {
    await send(service.port, echo('x'.repeat(1_000)));
    const { sum } = await scrape(service.port);
    expect(sum('keyseal_body_bytes')).toBe(0);
    expect(sum('keyseal_body_bytes_max')).toBe(144 * 1024 * 1024);
  });

  it('shared statements, and the pool, on Postgres', async () => {
    const before = await scrape(service.port);
    await Promise.all(Array.from({ length: 40 }, () => send(service.port, exemple())));
    const after = await scrape(service.port);
    const statements = since(before, after, 'keyseal_batch_statements_total', { queue: 'claims' });
    const questions = since(before, after, 'keyseal_batch_questions_total', { queue: 'claims' });
    if (inject('database') !== 'postgres') {
      expect([statements, questions, after.sum('keyseal_database_connections_max')]).toEqual([0, 0, 0]);
      return;
    }
    expect(questions).toBe(40);
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThanOrEqual(40);
    expect(
      since(before, after, 'keyseal_batch_statement_seconds_total', { queue: 'claims' }),
    ).toBeGreaterThan(0);
    expect(after.sum('keyseal_database_connections_max')).toBe(10);
    const used = after.sum('keyseal_database_connections_used');
    expect(used).toBeGreaterThanOrEqual(0);
    expect(used).toBeLessThanOrEqual(10);
  });

  it('the version of Keyseal, and that of the master key', async () => {
    const { sum } = await scrape(service.port);
    const { version } = (await send(service.port, { ...exemple(), target: '/api/health' })).json.result.data;
    expect(sum('keyseal_build_info', { version })).toBe(1);
    expect(sum('keyseal_master_key_version')).toBe(1);
  });
});
