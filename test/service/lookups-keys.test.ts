import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../drizzle/schema/keys.ts';
import { newKeyText } from '../../server/stores/credentials/issued-credentials.ts';
import { base62 } from '../../server/stores/secrets/random-ids.ts';
import { formatKey } from '../../shared/key-format.ts';
import { dbOf } from '../harness/audit-chain.ts';
import { flood, from } from '../harness/flood.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { queriesOf } from '../harness/queries.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Credentials, send, sign, withHeader } from '../harness/wire.ts';

const FLOOD = 500;
const FLOODER = '198.51.100.1';
/** Lookups of an address, of a network, and of one row: at once, and in a second. */
const OF_ADDRESS = [100, 20] as const;
const OF_NETWORK = [200, 50] as const;
const OF_ALL = [50, 100] as const;
const OF_ROW = [10, 5] as const;

let service: TestService;
let ada: Person;
type Key = Credentials & { readonly apiKey: string };

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
  ada = await signUp(service);
});
afterAll(() => service.stop());

const stores = () => service.running.service.stores;
const call = (who: Credentials) => sign(who, '/api/exemple', { authority: service.authority });
const reasonOf = async (who: Credentials, address = '203.0.113.9') =>
  (await send(service.port, from(call(who), address))).reason ?? 'OK';
const madeUp = (id = base62(12)): Key => ({
  id,
  apiKey: formatKey('ks', 'live', id, base62(32)),
  signingSecret: `kss_${'x'.repeat(43)}`,
});
/** As after a restart: no row of the key is cached. */
const forget = ({ id }: Credentials) => stores().credentials.changed({ key: id });
const misses = () => stores().credentials.use.keys.misses;

/** A key from before API keys contained a MAC. */
async function legacyKey(): Promise<Key> {
  const key = await createKey(service, ada);
  const apiKey = madeUp(key.id).apiKey;
  const secretHash = stores().vault.mac('pepper', apiKey);
  await dbOf(service).update(keys).set({ secretHash }).where(eq(keys.id, key.id));
  forget(key);
  return { ...key, apiKey };
}

/** Honest callers while a flood continues: one who is cached, and one who is not, from there and from elsewhere. */
async function whileFlooded<T>(running: Promise<T>): Promise<T> {
  const [cached, cold, near] = [
    await createKey(service, ada),
    await createKey(service, ada),
    await createKey(service, ada),
  ];
  await reasonOf(cached);
  const reasons = await Promise.all([reasonOf(cached), reasonOf(cold), reasonOf(near, FLOODER)]);
  expect(reasons).toEqual(['OK', 'OK', 'OK']);
  return running;
}

describe('S3: API keys that were never issued', () => {
  it('use the lookups of one address, and honest callers from it are admitted', async () => {
    const { reasons, queries, allowed } = await whileFlooded(flood(service, FLOOD, () => call(madeUp())));
    expect(queries).toBeLessThanOrEqual(allowed(...OF_ADDRESS) + 20);
    expect((reasons['KEY_INVALID'] ?? 0) + (reasons['TOO_MANY_FAILURES'] ?? 0)).toBe(FLOOD);
  });

  it('use the lookups of one network from many of its addresses', async () => {
    const addressOf = (n: number) => `2001:db8:1:${n.toString(16)}::1`;
    const { queries, allowed } = await whileFlooded(flood(service, FLOOD, () => call(madeUp()), addressOf));
    expect(queries).toBeLessThanOrEqual(allowed(...OF_NETWORK) + 20);
  });

  it('use no more from many networks than the total', async () => {
    const addressOf = (n: number) => `2001:db8:${(n + 16).toString(16)}::1`;
    const { reasons, queries, allowed } = await whileFlooded(
      flood(service, FLOOD, () => call(madeUp()), addressOf),
    );
    expect(queries).toBeLessThanOrEqual(allowed(...OF_ALL) + 20);
    expect(reasons['OK']).toBeUndefined();
  });
});

describe('S3: wrong secrets for a known id', () => {
  it('evict nothing, and use as many lookups as unknown ids', async () => {
    const key = await createKey(service, ada);
    await reasonOf(key);
    const before = misses();
    const { queries, allowed } = await flood(
      service,
      FLOOD,
      () => call(madeUp(key.id)),
      () => '192.0.2.1',
    );
    expect(queries).toBeLessThanOrEqual(allowed(...OF_ADDRESS));
    expect(await queriesOf(service, async () => void (await reasonOf(key)))).toBe(0);
    expect(misses()).toBe(before);
  });

  it('take as many lookups as an unknown id, whether the key is cached or not', async () => {
    const key = await createKey(service, ada);
    const wrong = () => queriesOf(service, async () => void (await reasonOf(madeUp(key.id), '192.0.2.2')));
    const unknown = await queriesOf(service, async () => void (await reasonOf(madeUp(), '192.0.2.2')));
    const cold = await wrong();
    await reasonOf(key);
    expect([unknown, cold, await wrong()]).toEqual([1, 1, 1]);
  });

  it('that were right before a rotation are read at the pace of one row', async () => {
    const key = await createKey(service, ada);
    const rotated = await mutate(service, ada, 'keys.rotate', { id: key.id, graceSeconds: 0 });
    const { secret, signingSecret } = rotated.json.result.data;
    const { reasons, queries, allowed } = await flood(service, FLOOD, () => call(key));
    expect(queries).toBeLessThanOrEqual(allowed(...OF_ROW));
    expect(reasons['OK']).toBeUndefined();
    expect(await reasonOf({ ...key, apiKey: secret, signingSecret })).toBe('OK');
  });
});

it('S3: secrets that another instance made are admitted at once, during a flood with the previous ones', async () => {
  const key = await createKey(service, ada);
  await reasonOf(key);
  const apiKey = newKeyText(stores().vault, { brand: 'ks', environment: 'live', id: key.id });
  const secretHash = stores().vault.mac('pepper', apiKey);
  await dbOf(service).update(keys).set({ secretHash, rev: 99 }).where(eq(keys.id, key.id));
  expect(await reasonOf({ ...key, apiKey })).toBe('OK');
  const running = flood(service, FLOOD, () => call(key));
  expect(await reasonOf({ ...key, apiKey })).toBe('OK');
  const { reasons, queries, allowed } = await running;
  expect(reasons['OK']).toBeUndefined();
  expect(queries).toBeLessThanOrEqual(allowed(...OF_ROW));
});

describe('S3: keys that are revoked, disabled or deleted', () => {
  it('cause no lookup once they are known to be revoked', async () => {
    const key = await createKey(service, ada);
    await mutate(service, ada, 'keys.revoke', { id: key.id });
    expect(await reasonOf(key)).toBe('KEY_REVOKED');
    const { reasons, queries } = await flood(service, FLOOD, () => call(key));
    expect([reasons, queries]).toEqual([{ KEY_REVOKED: FLOOD }, 0]);
  });

  it('are read at the pace of one row while they are disabled, and admitted once they are enabled', async () => {
    const key = await createKey(service, ada);
    await mutate(service, ada, 'keys.update', { id: key.id, enabled: false });
    const { reasons, queries, allowed } = await flood(service, FLOOD, () => call(key));
    expect(reasons).toEqual({ KEY_DISABLED: FLOOD });
    expect(queries).toBeLessThanOrEqual(allowed(...OF_ROW));
    // As another instance does it: this one is not notified.
    await dbOf(service).update(keys).set({ enabled: true }).where(eq(keys.id, key.id));
    expect(await reasonOf(key)).toBe('OK');
  });

  it('that are deleted are looked up once each, then like invented ones', async () => {
    const gone = await Promise.all(Array.from({ length: 20 }, () => createKey(service, ada)));
    for (const key of gone) await dbOf(service).delete(keys).where(eq(keys.id, key.id));
    for (const key of gone) forget(key);
    const { reasons, queries, allowed } = await whileFlooded(
      flood(
        service,
        FLOOD,
        (n) => call(gone[n % gone.length] as Key),
        () => '192.0.2.3',
      ),
    );
    expect(reasons['OK']).toBeUndefined();
    expect(queries).toBeLessThanOrEqual(allowed(...OF_ADDRESS) + 2 * gone.length + 20);
  });

  it('over their limit cause no lookup', async () => {
    const limits = [{ name: 'calls', limit: 1, windowSeconds: 3_600 }];
    const key = await createKey(service, ada, { limits });
    await reasonOf(key);
    // The first lookup is not cached if it overlaps the key's creation.
    await reasonOf(key);
    const { reasons, queries } = await flood(service, 200, () => call(key));
    expect([reasons, queries]).toEqual([{ RATE_LIMITED: 200 }, 0]);
  });
});

describe('S3: keys from before API keys contained a MAC', () => {
  it('keep working, and are looked up once', async () => {
    const key = await legacyKey();
    const { reasons, queries } = await flood(
      service,
      200,
      () => call(key),
      () => '192.0.2.4',
    );
    expect(reasons).toEqual({ OK: 200 });
    expect(queries).toBeLessThan(100);
    expect(await queriesOf(service, async () => void (await reasonOf(key)))).toBe(0);
  });

  it('are admitted at once with secrets that another instance made', async () => {
    const key = await legacyKey();
    await reasonOf(key);
    const { apiKey } = madeUp(key.id);
    const secretHash = stores().vault.mac('pepper', apiKey);
    await dbOf(service).update(keys).set({ secretHash, rev: 99 }).where(eq(keys.id, key.id));
    expect(await reasonOf({ ...key, apiKey }, '192.0.2.5')).toBe('OK');
    expect(await reasonOf(key, '192.0.2.5')).toBe('KEY_INVALID');
  });
});

it('S3: an address with too many failures is refused before a lookup, and a valid key from it is admitted', async () => {
  const now = Date.now();
  const strict = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '20' }, clock: () => now });
  const { demo, port, authority } = strict;
  const right = () => sign(demo, '/api/exemple', { authority });
  await send(port, right());
  for (let n = 0; n < 21; n++) {
    const forged = withHeader(
      right(),
      'x-signature',
      `v1,k=${demo.id},t=${Math.floor(Date.now() / 1000)},n=${base62(22)},s=${'0'.repeat(64)}`,
    );
    await send(port, forged);
  }
  const answers: Answer[] = [];
  const guess = async () =>
    void answers.push(await send(port, sign(madeUp(), '/api/exemple', { authority })));
  expect(await queriesOf(strict, guess)).toBe(0);
  expect(answers[0]).toMatchObject({ status: 429, reason: 'TOO_MANY_FAILURES' });
  expect(Number(answers[0]?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  strict.running.service.stores.credentials.changed({ key: demo.id });
  expect((await send(port, right())).status).toBe(200);
  await strict.stop();
});
