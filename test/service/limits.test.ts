import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { rateFields } from '../harness/rate-fields.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { queryTarget, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
/** Milliseconds by which the service's clock runs ahead. */
let ahead = 0;

beforeAll(async () => {
  service = await startTestService({ clock: () => Date.now() + ahead });
  ada = await signUp(service);
});
afterAll(() => service.stop());

const limits = (limit: number, windowSeconds: number, name = 'calls') => [{ name, limit, windowSeconds }];
const permissions = ['exemple:read', 'echo:write'];

describe('a key with a limit', () => {
  it('learns what is left, and is refused once nothing is', async () => {
    const key = await createKey(service, ada, { permissions, limits: limits(2, 60) });
    const fields = { q: 2, w: 60 };
    for (const r of [1, 0]) {
      const answer = await query(service, key, 'exemple');
      expect(answer.status).toBe(200);
      expect(rateFields(answer)).toEqual({ calls: { ...fields, r, t: expect.any(Number) } });
    }
    const refused = await query(service, key, 'exemple');
    expect([refused.status, refused.reason]).toEqual([429, 'RATE_LIMITED']);
    expect(rateFields(refused)['calls']).toMatchObject({ ...fields, r: 0 });
    const { data } = refused.json.error;
    expect(data).toMatchObject({ limit: 2, remaining: 0, resetAt: expect.stringMatching(/Z$/) });
    expect(data.retryAfter).toBeGreaterThan(55);
    expect(data.retryAfter).toBeLessThanOrEqual(61);
    expect(refused.headers['retry-after']).toBe(String(data.retryAfter));
  });

  it('is admitted again after retry-after', async () => {
    const key = await createKey(service, ada, { permissions, limits: limits(1, 30) });
    await query(service, key, 'exemple');
    const { retryAfter } = (await query(service, key, 'exemple')).json.error.data;
    ahead += retryAfter * 1000;
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('of 500 a minute is admitted for exactly 500 of 1,200 calls', async () => {
    const key = await createKey(service, ada, { permissions, limits: limits(500, 60) });
    const reasons: (string | undefined)[] = [];
    // From forty callers, each with the next call as soon as the last was answered.
    const callers = Array.from({ length: 40 }, async () => {
      for (let n = 0; n < 30; n++) reasons.push((await query(service, key, 'exemple')).reason);
    });
    const begun = Date.now();
    await Promise.all(callers);
    expect(Date.now() - begun, 'within one window').toBeLessThan(60_000);
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(500);
    expect(reasons.filter((reason) => reason === 'RATE_LIMITED')).toHaveLength(700);
  });

  it('counts each call of a batch', async () => {
    const key = await createKey(service, ada, { permissions, limits: limits(3, 60) });
    const target = '/api/exemple,exemple,exemple,exemple?batch=1';
    const answer = await send(service.port, sign(key, target, { authority: service.authority }));
    expect(answer.status).toBe(207);
    const reasons = answer.json.map(
      (one: { error?: { data: { reason: string } } }) => one.error?.data.reason,
    );
    // Which of them is refused is chance: they are made at once.
    expect(reasons.filter((reason: string | undefined) => reason === 'RATE_LIMITED')).toHaveLength(1);
    expect(reasons.filter((reason: string | undefined) => reason === undefined)).toHaveLength(3);
    expect(rateFields(answer)['calls']).toMatchObject({ q: 3, r: 0 });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('counts calls with a wrong input, but none without permission or that are not admitted', async () => {
    const key = await createKey(service, ada, { permissions: ['exemple:read'], limits: limits(2, 60) });
    const look = async () => (await query(service, key, 'exemple')).status;
    const draft = sign(key, queryTarget('exemple'), { authority: service.authority });
    await send(service.port, draft);
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    expect((await mutate(service, key, 'echo', { text: 'x' })).reason).toBe('PERMISSION_DENIED');
    expect((await query(service, key, 'exemple', { nom: 'x' })).reason).toBe('INPUT_INVALID');
    expect(await look()).toBe(429);
  });

  it('does not count calls that another limit refuses', async () => {
    const both = [...limits(5, 60, 'wide'), ...limits(2, 60, 'narrow')];
    const key = await createKey(service, ada, { permissions, limits: both });
    for (let i = 0; i < 4; i++) await query(service, key, 'exemple');
    expect(rateFields(await query(service, key, 'exemple'))).toMatchObject({
      wide: { r: 3 },
      narrow: { r: 0 },
    });
  });

  it('is refused on a stream before it begins', async () => {
    const key = await createKey(service, ada, { permissions: ['clock:read'], limits: limits(1, 60) });
    const stream = () => sign(key, '/api/clock', { authority: service.authority });
    const leave = new AbortController();
    const first = await fetch(`${service.url}/api/clock`, {
      headers: Object.fromEntries(stream().headers),
      signal: leave.signal,
    });
    expect(first.headers.get('ratelimit')).toMatch(/^"calls";r=0;t=\d+$/);
    leave.abort();
    expect((await send(service.port, stream())).text).toContain('RATE_LIMITED');
  });

  it('causes no store access if it has no limit', async () => {
    const key = await createKey(service, ada, { permissions });
    const answer = await query(service, key, 'exemple');
    expect(answer.headers['ratelimit']).toBeUndefined();
    expect(answer.headers['ratelimit-policy']).toBeUndefined();
  });
});

describe('limits of a key', () => {
  it('are shown, changed at once, and removed', async () => {
    const key = await createKey(service, ada, { permissions, limits: limits(1, 60) });
    expect((await query(service, ada, 'keys.get', { id: key.id })).json.result.data.limits).toEqual(
      limits(1, 60),
    );
    await query(service, key, 'exemple');
    expect((await query(service, key, 'exemple')).status).toBe(429);
    await mutate(service, ada, 'keys.update', { id: key.id, limits: limits(2, 60) });
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect((await query(service, key, 'exemple')).status).toBe(429);
    await mutate(service, ada, 'keys.update', { id: key.id, limits: [] });
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('are shown to the key itself', async () => {
    const key = await createKey(service, ada, { permissions, limits: limits(9, 60) });
    expect((await query(service, key, 'whoami')).json.result.data.key.limits).toEqual(limits(9, 60));
  });

  it('are not changed by the key that they bound', async () => {
    const key = await createKey(service, ada, { permissions: ['keys:write'], limits: limits(5, 60) });
    const answer = await mutate(service, key, 'keys.update', { id: key.id, limits: [] });
    expect([answer.reason, answer.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'limits']);
  });

  it.each<[string, unknown]>([
    ['nine', Array.from({ length: 9 }, (_, i) => limits(1, 1, `n${i}`)[0])],
    ['two of one name', [...limits(1, 1), ...limits(2, 2)]],
    ['zero calls', limits(0, 1)],
    ['half a call', limits(0.5, 1)],
    ['a billion and one calls', limits(1_000_000_001, 1)],
    ['no time', limits(1, 0)],
    ['thirty-one days', limits(1, 2_678_400)],
    ['a name in capitals', limits(1, 1, 'Calls')],
    ['a name with a quote', limits(1, 1, 'a"b')],
    ['a name with a dot', limits(1, 1, 'owner.calls')],
    ['an empty name', limits(1, 1, '')],
    ['a name of 33 letters', limits(1, 1, 'x'.repeat(33))],
    ['an unknown field', [{ ...limits(1, 1)[0], burst: 3 }]],
    ['no list', { name: 'calls' }],
    ['nothing', null],
  ])('are refused with INPUT_INVALID if there are %s', async (_, wrong) => {
    const input = { name: 'k', environment: 'live', permissions, limits: wrong };
    expect((await mutate(service, ada, 'keys.create', input)).reason).toBe('INPUT_INVALID');
  });
});

describe('a clock that jumps', () => {
  it('locks out no caller, and loses no counted call', async () => {
    const key = await createKey(service, ada, { permissions, limits: limits(2, 10) });
    const before = ahead;
    const look = async () => {
      const t = Math.floor((Date.now() + ahead) / 1000);
      const draft = sign(key, queryTarget('exemple'), { authority: service.authority, t });
      return (await send(service.port, draft)).status;
    };
    ahead += 600_000;
    expect([await look(), await look()]).toEqual([200, 200]);
    ahead -= 240_000;
    expect(await look()).toBe(429);
    ahead += 11_000;
    expect([await look(), await look(), await look()]).toEqual([200, 200, 429]);
    ahead = before;
  });
});

describe('keys.limits', () => {
  const left = async (id: string) =>
    (await query(service, ada, 'keys.limits', { id })).json.result.data.items;

  it('shows what is left of each limit, those of the external owner too, and consumes nothing', async () => {
    const owner = { externalId: 'looked at', limits: limits(9, 3_600) };
    expect((await mutate(service, ada, 'owners.update', owner)).status).toBe(200);
    const policy = { permissions, externalId: owner.externalId };
    const key = await createKey(service, ada, { ...policy, limits: limits(3, 60) });
    const sister = await createKey(service, ada, policy);
    for (const caller of [key, key, sister])
      expect((await query(service, caller, 'exemple')).status).toBe(200);
    for (let times = 0; times < 2; times++) {
      expect(await left(key.id)).toEqual([
        { name: 'calls', limit: 3, windowSeconds: 60, remaining: 1, resetAt: expect.any(String) },
        { name: 'owner.calls', limit: 9, windowSeconds: 3_600, remaining: 6, resetAt: expect.any(String) },
      ]);
    }
    const [{ resetAt }] = await left(key.id);
    expect(Date.parse(resetAt) - (Date.now() + ahead)).toBeGreaterThan(50_000);
    expect((await left(sister.id)).map(({ name }: { name: string }) => name)).toEqual(['owner.calls']);
  });

  it('is empty for a key without limits', async () => {
    const key = await createKey(service, ada, { permissions });
    expect(await left(key.id)).toEqual([]);
  });
});
