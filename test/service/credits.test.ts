import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const permissions = ['exemple:read', 'echo:write', 'profile:read'];
const metered = (remaining: number, more: object = {}) =>
  createKey(service, ada, { permissions, credits: { remaining }, ...more });
const left = async (key: Credentials) =>
  (await query(service, ada, 'keys.get', { id: key.id })).json.result.data.credits.remaining;

describe('a metered key', () => {
  it('spends one credit for a call, and is refused once none is left', async () => {
    const key = await metered(2);
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect(await left(key)).toBe(1);
    expect((await query(service, key, 'exemple')).status).toBe(200);
    const refused = await query(service, key, 'exemple');
    expect([refused.status, refused.reason]).toEqual([429, 'CREDITS_EXHAUSTED']);
    expect(refused.json.error.data.remaining).toBe(0);
    expect(refused.headers['retry-after']).toBeUndefined();
  });

  it('learns when the next refill comes', async () => {
    const key = await metered(0, { credits: { remaining: 0, refill: { amount: 5, every: 'day' } } });
    const refused = await query(service, key, 'exemple');
    const midnight = new Date(new Date().setUTCHours(24, 0, 0, 0)).toISOString();
    expect(refused.json.error.data.resetAt).toBe(midnight);
    expect(Number(refused.headers['retry-after'])).toBe(refused.json.error.data.retryAfter);
    expect(refused.json.error.data.retryAfter).toBeLessThanOrEqual(86_400);
  });

  it('with a hundred credits is admitted for exactly a hundred of 300 concurrent calls', async () => {
    const key = await metered(100);
    const answers = await Promise.all(Array.from({ length: 300 }, () => query(service, key, 'exemple')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(answers.filter(({ reason }) => reason === 'CREDITS_EXHAUSTED')).toHaveLength(200);
    expect(await left(key)).toBe(0);
  });

  it('spends credits for each call of a batch', async () => {
    const key = await metered(2);
    const target = '/api/exemple,exemple,exemple?batch=1';
    const { json } = await send(service.port, sign(key, target, { authority: service.authority }));
    const reasons = json.map((one: { error?: { data: { reason: string } } }) => one.error?.data.reason);
    expect(reasons.filter((reason?: string) => reason === undefined)).toHaveLength(2);
    expect(reasons.filter((reason?: string) => reason === 'CREDITS_EXHAUSTED')).toHaveLength(1);
  });

  it.each<[string, (key: Credentials) => Promise<{ reason: string | undefined }>, string]>([
    ['with a wrong input', (key) => query(service, key, 'exemple', { nom: 'x' }), 'INPUT_INVALID'],
    ['that finds nothing', (key) => query(service, key, 'keys.get', { id: 'none' }), 'KEY_NOT_FOUND'],
    [
      'whose input the procedure itself finds wrong',
      (key) => mutate(service, key, 'keys.update', { id: key.id, permissions: ['launch:missiles'] }),
      'INPUT_INVALID',
    ],
    ['with an input that is no JSON', (key) => echo(key, '{"text":'), 'INPUT_INVALID'],
    ['without permission', (key) => upload(key), 'PERMISSION_DENIED'],
    ['without the user that it needs', (key) => query(service, key, 'profile'), 'TOKEN_MISSING'],
    [
      'that was signed with a guess',
      (key) => query(service, { ...key, signingSecret: 'kss_guess' }, 'exemple'),
      'SIGNATURE_INVALID',
    ],
  ])('spends nothing for a call %s', async (_, call, reason) => {
    const key = await metered(5, { permissions: [...permissions, 'keys:*'] });
    expect((await call(key)).reason).toBe(reason);
    expect(await left(key)).toBe(5);
  });

  it('spends nothing for a call beyond its rate limit', async () => {
    const key = await metered(5, { limits: [{ name: 'calls', limit: 1, windowSeconds: 60 }] });
    await query(service, key, 'exemple');
    expect((await query(service, key, 'exemple')).reason).toBe('RATE_LIMITED');
    expect(await left(key)).toBe(4);
  });

  it('is refunded for a call that failed because of an error in the service', async () => {
    const key = await metered(5);
    const profile = () =>
      send(service.port, sign(key, '/api/profile', { authority: service.authority, token: ada.token }));
    expect((await profile()).status).toBe(200);
    // Key and session are cached by now; only the procedure itself asks the database.
    const select = vi.spyOn(service.running.service.stores.database.db, 'select').mockImplementation(() => {
      throw new Error('the procedure is broken');
    });
    expect((await profile()).reason).toBe('INTERNAL');
    select.mockRestore();
    expect(await left(key)).toBe(4);
  });

  it('spends nothing to read its credits', async () => {
    const key = await metered(3);
    for (let i = 0; i < 5; i++) {
      expect((await query(service, key, 'whoami')).json.result.data.key.credits).toEqual({ remaining: 3 });
    }
  });
});

const upload = (key: Credentials) =>
  send(service.port, sign(key, '/api/upload', { authority: service.authority, body: 'x' }));
const echo = (key: Credentials, body: string) =>
  send(service.port, sign(key, '/api/echo', { authority: service.authority, body }));

describe('credits of a key', () => {
  it('are set, topped up and removed at once', async () => {
    const key = await createKey(service, ada, { permissions });
    const update = (credits: object | null) => mutate(service, ada, 'keys.update', { id: key.id, credits });
    expect((await update({ remaining: 1 })).json.result.data.credits).toEqual({ remaining: 1 });
    await query(service, key, 'exemple');
    expect((await query(service, key, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
    const refill = { amount: 10, every: 'month' };
    expect((await update({ remaining: 2, refill })).json.result.data.credits).toEqual({
      remaining: 2,
      refill,
    });
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect((await update(null)).json.result.data.credits).toBeNull();
    for (let i = 0; i < 3; i++) expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('are shown in the list', async () => {
    const key = await metered(7);
    const { items } = (await query(service, ada, 'keys.list', { search: key.id })).json.result.data;
    expect(items[0].credits).toEqual({ remaining: 7 });
  });

  it('are not changed by the key that they meter', async () => {
    const key = await metered(7, { permissions: ['keys:write'] });
    const answer = await mutate(service, key, 'keys.update', { id: key.id, credits: { remaining: 100 } });
    expect([answer.reason, answer.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'credits']);
    expect((await mutate(service, key, 'keys.update', { id: key.id, name: 'Mine' })).status).toBe(200);
  });

  it('stay with the key when it is rotated', async () => {
    const key = await metered(2);
    const { json } = await mutate(service, ada, 'keys.rotate', { id: key.id, graceSeconds: 60 });
    const { secret, signingSecret } = json.result.data;
    expect((await query(service, { id: key.id, apiKey: secret, signingSecret }, 'exemple')).status).toBe(200);
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect((await query(service, key, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
  });

  it.each<[string, unknown]>([
    ['less than nothing', { remaining: -1 }],
    ['half a credit', { remaining: 0.5 }],
    ['more than a million million', { remaining: 1_000_000_000_001 }],
    ['more than a number holds', { remaining: 1e308 }],
    ['a refill of nothing', { remaining: 1, refill: { amount: 0, every: 'day' } }],
    ['a refill that would overflow', { remaining: 1, refill: { amount: 2 ** 53, every: 'day' } }],
    ['a refill every week', { remaining: 1, refill: { amount: 1, every: 'week' } }],
    ['a refill without an amount', { remaining: 1, refill: { every: 'day' } }],
    ['an unknown field', { remaining: 1, unlimited: true }],
    ['no number', { remaining: '5' }],
    ['nothing', {}],
  ])('are refused with INPUT_INVALID if they are %s', async (_, credits) => {
    const input = { name: 'k', environment: 'live', permissions, credits };
    expect((await mutate(service, ada, 'keys.create', input)).reason).toBe('INPUT_INVALID');
    const key = await createKey(service, ada, { permissions });
    expect((await mutate(service, ada, 'keys.update', { id: key.id, credits })).reason).toBe('INPUT_INVALID');
  });

  it('cause no statement for a key without any', async () => {
    const key = await createKey(service, ada, { permissions });
    const spend = vi.spyOn(service.running.service.stores.credits, 'spend');
    await query(service, key, 'exemple');
    expect(spend).not.toHaveBeenCalled();
    spend.mockRestore();
  });
});
