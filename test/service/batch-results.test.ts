import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { noted } from '../harness/clients.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const MIB = 1024 * 1024;
/** Calls of one batch. */
const CALLS = 20;

let service: TestService;
let hers: Credentials;
let other: Credentials;
beforeAll(async () => {
  service = await startTestService();
  const readers = { permissions: ['keys:read', 'audit:read'] };
  hers = await createKey(service, await signUp(service), readers);
  other = await createKey(service, await signUp(service), readers);
  for (const { id } of [hers, other]) await addLargeKeys(id);
});
afterAll(() => service.stop());
afterEach(() => void vi.restoreAllMocks());

/** Gives the workspace of a key a hundred more, each as large in a list as a key can be. */
async function addLargeKeys(id: string): Promise<void> {
  await service.running.service.stores.database.db.execute(sql`
    insert into keys (id, workspace_id, owner_id, name, environment, permissions, secret_hash, pepper_version,
      signing_sealed, signing_version, created_at, metadata, authorities)
    select substr(id, 1, 4) || lpad(n::text, 8, '0'), workspace_id, owner_id, 'Key ' || n, 'live', '["exemple:read"]', 'ff', 1,
      'x', 1, date_trunc('milliseconds', now()), jsonb_build_object('text', repeat('x', 4000)),
      (select jsonb_agg(repeat('a', 60) || '.' || repeat('b', 60) || '.' || i || '.example') from generate_series(1, 64) i)
    from keys, generate_series(1, 100) n where id = ${id}`);
}

const batch = (caller: Credentials, name: string, input: object, trpcAccept?: string) => {
  const inputs = Object.fromEntries(Array.from({ length: CALLS }, (_, n) => [n, input]));
  const query = `batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
  const draft = sign(caller, `/api/${Array(CALLS).fill(name).join()}?${query}`, {
    authority: service.authority,
  });
  const headers = trpcAccept ? [...draft.headers, ['trpc-accept', trpcAccept] as const] : draft.headers;
  return send(service.port, { ...draft, headers });
};
const reasons = (json: { error?: { data: { reason: string } } }[]) =>
  json.map(({ error }) => error?.data.reason ?? 'OK');

describe('S7: the results of one batch', () => {
  it('have 4 MiB together: calls beyond that are refused, and their lists are not read', async () => {
    const { costlyReads, batchResults } = service.running.service.stores;
    const { run } = costlyReads;
    let reads = 0;
    vi.spyOn(costlyReads, 'run').mockImplementation((payer, read) =>
      run.call(costlyReads, payer, async () => {
        const result = await read();
        reads++;
        return result as never;
      }),
    );
    const { status, text, json } = await batch(hers, 'keys.list', { limit: 100 });
    expect(status).toBe(207);
    expect(text.length).toBeLessThan(4.1 * MIB);
    expect(text.length).toBeGreaterThan(2 * MIB);
    const outcomes = reasons(json);
    expect(outcomes[0]).toBe('OK');
    expect(outcomes.at(-1)).toBe('BODY_TOO_LARGE');
    expect(new Set(outcomes)).toEqual(new Set(['OK', 'BODY_TOO_LARGE']));
    // One statement of each list finds the ids of the page; another reads the keys.
    expect(reads - CALLS).toBeLessThan(CALLS / 2);
    await expect.poll(() => batchResults.occupancy.used).toBe(0);
  });

  it('have 4 MiB together as a stream, too', async () => {
    const { text } = await batch(hers, 'keys.list', { limit: 100 }, 'application/jsonl');
    expect(text.length).toBeLessThan(4.1 * MIB);
    expect(text).toContain('BODY_TOO_LARGE');
    await expect.poll(() => service.running.service.stores.batchResults.occupancy.used).toBe(0);
  });

  it('are all sent if they are small', async () => {
    const { status, json } = await batch(hers, 'keys.list', { limit: 5 });
    expect(status).toBe(200);
    expect(json).toHaveLength(CALLS);
  });
});

describe('S7: queries of the client whose results are too large together', () => {
  it('are sent again, each in a request of its own', async () => {
    const { fetch, paths } = noted();
    const client = createKeysealClient({
      url: service.url,
      apiKey: hers.apiKey as string,
      signingSecret: hers.signingSecret,
      fetch,
    });
    const lists = await Promise.all(
      Array.from({ length: CALLS }, () => client.keys.list.query({ limit: 100 })),
    );
    expect(lists.map(({ items }) => items.length)).toEqual(Array(CALLS).fill(100));
    const [batched, ...single] = paths();
    expect(batched).toBe(Array(CALLS).fill('keys.list').join());
    expect(single.length).toBeGreaterThan(0);
    expect(single.length).toBeLessThan(CALLS);
    expect(new Set(single)).toEqual(new Set(['keys.list']));
  });
});

describe('S7: the results of all batches', () => {
  it('are divided: who holds many is refused, and another workspace is not', async () => {
    const { batchResults } = service.running.service.stores;
    const open = vi.spyOn(batchResults, 'open');
    await batch(hers, 'keys.list', { limit: 1 });
    const [payer] = open.mock.calls[0] as Parameters<typeof batchResults.open>;
    const waiting = Array.from({ length: 16 }, () => batchResults.open(payer));
    const large = 'x'.repeat(3 * MIB);
    const isRefused = (one: (typeof waiting)[0]) => {
      try {
        one.add(large);
        return false;
      } catch {
        return true;
      }
    };
    expect(waiting.filter(isRefused).length).toBeGreaterThan(8);
    const refused = await batch(hers, 'keys.list', { limit: 100 });
    expect(new Set(reasons(refused.json))).toContain('UNAVAILABLE');
    const served = await batch(other, 'keys.list', { limit: 50 });
    expect(reasons(served.json)[0]).toBe('OK');
    for (const one of waiting) one.release();
    expect(batchResults.occupancy.used).toBe(0);
  });
});
