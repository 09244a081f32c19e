import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, reportOf, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, type SignOptions, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let asking: Credentials;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
  ada = await signUp(service);
  asking = await verifyingKey(service, ada);
  key = await createKey(service, ada, {
    permissions: ['orders:read'],
    metadata: { plan: 'pro' },
    externalId: 'acme',
  });
});
afterAll(() => service.stop());

/** A request to the other service. */
const order = (who: Credentials, more: Partial<SignOptions> = {}): Draft =>
  sign(who, '/orders?since=2027', { authority: ORDERS, ...more });
const verdictOf = async (draft: Draft, more: object = {}) =>
  (await verdictOn(service, asking, draft, more)).verdict;
const makeKey = (more: object) => createKey(service, ada, { permissions: ['orders:read'], ...more });

describe('verify', () => {
  it('returns the caller and its permissions for a valid request', async () => {
    const answer = await verdictOn(service, asking, order(key));
    expect(answer.status).toBe(200);
    expect(answer.verdict).toEqual({
      valid: true,
      caller: {
        kind: 'key',
        key: {
          id: key.id,
          name: 'A key',
          environment: 'live',
          externalId: 'acme',
          metadata: { plan: 'pro' },
        },
        userId: null,
        externalUser: null,
        workspaceId: expect.any(String),
      },
      signature: { form: 'v1', algorithm: 'hmac-sha256' },
      permissions: ['orders:read'],
      limits: [],
      credits: null,
      requestId: expect.any(String),
    });
  });

  it('accepts the same request once', async () => {
    const draft = order(key);
    expect((await verdictOf(draft)).valid).toBe(true);
    expect(await verdictOf(draft)).toMatchObject({
      valid: false,
      reason: 'SIGNATURE_REPLAYED',
      httpStatus: 401,
      docs: `${service.url}/docs/refusals#SIGNATURE_REPLAYED`,
    });
  });

  it('accepts one of 50 concurrent reports of the same request', async () => {
    const draft = order(key);
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => verdictOf(draft)));
    expect(verdicts.filter(({ valid }) => valid)).toHaveLength(1);
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('accepts requests of method %s', async (method) => {
    expect(await verdictOf(order(key, { method }))).toMatchObject({ valid: true });
  });

  it('compares a body with its reported digest', async () => {
    const draft = order(key, { body: '{"item":1}' });
    const swapped = { ...draft, body: Buffer.from('{"item":2}') };
    expect(await verdictOf(swapped)).toMatchObject({ valid: false, reason: 'SIGNATURE_INVALID' });
    expect(await verdictOf(draft)).toMatchObject({ valid: true });
  });

  it('names the user for whom a key calls, and a person who signed', async () => {
    const { token } = ada;
    expect((await verdictOf(order(key, { token }))).caller).toMatchObject({
      kind: 'key',
      userId: ada.userId,
    });
    const person = (await verdictOf(order(ada, { token }))).caller;
    expect(person).toMatchObject({ kind: 'user', key: null, userId: ada.userId });
  });

  it('requires a user and a permission if the service does', async () => {
    const { token } = ada;
    const user = { require: { user: true } };
    expect(await verdictOf(order(key), user)).toMatchObject({ valid: false, reason: 'TOKEN_MISSING' });
    expect(await verdictOf(order(key, { token }), user)).toMatchObject({ valid: true });
    const permission = (name: string) => ({ require: { permission: name } });
    expect(await verdictOf(order(key), permission('orders:read'))).toMatchObject({ valid: true });
    expect(await verdictOf(order(key), permission('orders:write'))).toMatchObject({
      valid: false,
      reason: 'PERMISSION_DENIED',
      missing: 'orders:write',
      httpStatus: 403,
    });
  });

  it('returns the server’s time for a signature with a wrong one, to be passed on', async () => {
    const draft = order(key, { t: Math.floor(Date.now() / 1000) - 1_000 });
    expect(await verdictOf(draft)).toMatchObject({
      valid: false,
      reason: 'SIGNATURE_EXPIRED',
      clock: { now: expect.any(Number), mac: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('refuses a key that is revoked, disabled or narrowed from the next request on', async () => {
    const gone = await makeKey({});
    expect(await verdictOf(order(gone))).toMatchObject({ valid: true });
    await mutate(service, ada, 'keys.update', { id: gone.id, enabled: false });
    expect(await verdictOf(order(gone))).toMatchObject({ valid: false, reason: 'KEY_DISABLED' });
    await mutate(service, ada, 'keys.revoke', { id: gone.id });
    expect(await verdictOf(order(gone))).toMatchObject({ valid: false, reason: 'KEY_REVOKED' });
  });
});

describe('verify of a key with limits and credits', () => {
  it('counts its limits and those of the service, and spends its credits at the service’s price', async () => {
    const bounded = await makeKey({
      credits: { remaining: 10 },
      limits: [{ name: 'calls', limit: 3, windowSeconds: 60 }],
    });
    const more = { cost: 4, limit: { name: 'reads', limit: 2, windowSeconds: 60 } };
    expect(await verdictOf(order(bounded), more)).toMatchObject({
      valid: true,
      credits: { remaining: 6 },
      limits: [
        { name: 'calls', limit: 3, windowSeconds: 60, remaining: 2, resetAt: expect.stringMatching(/Z$/) },
        { name: 'service.reads', limit: 2, windowSeconds: 60, remaining: 1 },
      ],
    });
    expect(await verdictOf(order(bounded), more)).toMatchObject({ valid: true, credits: { remaining: 2 } });
    const limited = await verdictOf(order(bounded), more);
    expect(limited).toMatchObject({
      valid: false,
      reason: 'RATE_LIMITED',
      httpStatus: 429,
      limit: 2,
      remaining: 0,
    });
    expect(limited.retryAfter).toBeGreaterThan(50);
    expect(limited.limits).toMatchObject([{ remaining: 1 }, { remaining: 0 }]);
    expect(await verdictOf(order(bounded), { cost: 3 })).toMatchObject({
      valid: false,
      reason: 'CREDITS_EXHAUSTED',
      remaining: 2,
    });
    expect(await verdictOf(order(bounded), { cost: 0 })).toMatchObject({
      valid: false,
      reason: 'RATE_LIMITED',
    });
  });

  it('spends one credit if the service names no price', async () => {
    const bounded = await makeKey({ credits: { remaining: 1 } });
    expect(await verdictOf(order(bounded))).toMatchObject({ valid: true, credits: { remaining: 0 } });
    expect(await verdictOf(order(bounded))).toMatchObject({ valid: false, reason: 'CREDITS_EXHAUSTED' });
  });

  it("needs the caller's address for a key with allowed addresses", async () => {
    const bounded = await makeKey({ allowedAddresses: ['192.0.2.0/24', '2001:db8::/32'] });
    for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1', '2001:db8::1%eth0']) {
      expect(await verdictOf(order(bounded), { address })).toMatchObject({ valid: true });
    }
    for (const more of [{}, { address: '198.51.100.1' }, { address: '2001:db9::1' }]) {
      expect(await verdictOf(order(bounded), more)).toMatchObject({ valid: false, reason: 'IP_DENIED' });
    }
  });
});

describe('a dry run of verify', () => {
  it('returns the outcome, and claims, counts and spends nothing', async () => {
    const bounded = await makeKey({
      credits: { remaining: 1 },
      limits: [{ name: 'calls', limit: 1, windowSeconds: 60 }],
    });
    const draft = order(bounded);
    for (let i = 0; i < 5; i++) {
      expect(await verdictOf(draft, { dryRun: true })).toMatchObject({
        dryRun: 'admitted',
        credits: { remaining: 1 },
        limits: [{ remaining: 1 }],
      });
    }
    expect(await verdictOf(draft)).toMatchObject({ valid: true, credits: { remaining: 0 } });
    expect(await verdictOf(draft, { dryRun: true })).toMatchObject({
      dryRun: 'refused',
      reason: 'SIGNATURE_REPLAYED',
    });
    expect(await verdictOf(order(bounded), { dryRun: true })).toMatchObject({
      dryRun: 'refused',
      reason: 'RATE_LIMITED',
    });
  });

  it('returns nothing that could be mistaken for an admission', async () => {
    for (const draft of [order(key), order({ ...key, signingSecret: 'kss_guess' })]) {
      expect(await verdictOf(draft, { dryRun: true })).not.toHaveProperty('valid');
    }
  });

  it('is not decided by a cache: it uses changes of other instances', async () => {
    const changed = await makeKey({});
    await verdictOf(order(changed), { dryRun: true });
    const { stores } = service.running.service;
    const forgotten = vi.spyOn(stores.credentials, 'changed').mockImplementation(() => {});
    await mutate(service, ada, 'keys.revoke', { id: changed.id });
    forgotten.mockRestore();
    // In one process only `changed` invalidates the cache; another instance relies on the claim's check of `rev`.
    if (stores.database.kind === 'pglite') return;
    expect(await verdictOf(order(changed), { dryRun: true })).toMatchObject({ reason: 'KEY_REVOKED' });
  });
});

describe('the procedure verify itself', () => {
  it('requires its permission', async () => {
    const weak = await createKey(service, ada, { permissions: ['keys:read'], authorities: [ORDERS] });
    expect((await verdictOn(service, weak, order(key))).reason).toBe('PERMISSION_DENIED');
    expect((await mutate(service, ada, 'verify', reportOf(order(key)))).reason).toBe('ACCESS_DENIED');
  });

  it('spends the credits and counts the limits of the key that asks', async () => {
    const bounded = await verifyingKey(service, ada, { credits: { remaining: 1 } });
    expect((await verdictOn(service, bounded, order(key))).verdict.valid).toBe(true);
    expect((await verdictOn(service, bounded, order(key))).reason).toBe('CREDITS_EXHAUSTED');
  });

  it('is 503 if a store is gone, and says nothing about the request', async () => {
    const { stores } = service.running.service;
    const gone = Object.assign(new Error('the store is gone'), { code: 'ECONNRESET' });
    const claim = stores.replay.claim.bind(stores.replay);
    // The asking call is admitted; the reported one meets a store that is gone.
    const broken = vi
      .spyOn(stores.replay, 'claim')
      .mockImplementation((asked) => (asked.k === key.id ? Promise.reject(gone) : claim(asked)));
    for (const more of [{}, { dryRun: true }]) {
      const answer = await verdictOn(service, asking, order(key), more);
      expect([answer.status, answer.reason, answer.verdict]).toEqual([503, 'UNAVAILABLE', undefined]);
    }
    broken.mockRestore();
    expect(await verdictOf(order(key))).toMatchObject({ valid: true });
  });

  it.each<[string, object]>([
    ['an unknown field', { workspaceId: 'wsp_other' }],
    ['a digest in capitals', { bodySha256: 'A'.repeat(64) }],
    ['a digest of another length', { bodySha256: 'a'.repeat(63) }],
    ['headers that are no pairs', { headers: { host: 'x' } }],
    ['a header of three parts', { headers: [['a', 'b', 'c']] }],
    ['201 headers', { headers: Array.from({ length: 201 }, () => ['a', 'b']) }],
    ['an address that is none', { address: 'localhost' }],
    ['an address with a prefix', { address: '10.0.0.0/8' }],
    ['a price below nothing', { cost: -1 }],
    ['a price of half a credit', { cost: 0.5 }],
    ['a limit without a name', { limit: { limit: 1, windowSeconds: 1 } }],
    ['a permission that is none', { require: { permission: 'orders' } }],
    ['an unknown permission', { require: { permission: 'orders:raed' } }],
    ['a permission of every verb', { require: { permission: 'orders:*' } }],
  ])('is INPUT_INVALID with %s', async (_, more) => {
    expect((await verdictOn(service, asking, order(key), more)).reason).toBe('INPUT_INVALID');
  });

  it('can be called in a batch with others', async () => {
    const body = JSON.stringify({
      0: reportOf(order(key)),
      1: reportOf(order({ ...key, signingSecret: 'kss_x' })),
    });
    const { json } = await send(
      service.port,
      sign(asking, '/api/verify,verify?batch=1', { authority: service.authority, body }),
    );
    expect(json.map((one: { result: { data: { valid: boolean } } }) => one.result.data.valid)).toEqual([
      true,
      false,
    ]);
  });
});

describe('C1: verify with other spellings of the target', () => {
  const seen = '/orders?q=a+b';
  const signedAs = (target: string) => ({ ...sign(key, target, { authority: ORDERS }), target: seen });

  it('accepts a signature over one of them, once', async () => {
    const draft = signedAs('/orders?q=a%20b');
    expect((await verdictOf(draft)).reason).toBe('SIGNATURE_INVALID');
    const otherTargets = ['/orders?q=%61+b', '/orders?q=a%20b'];
    expect((await verdictOf(draft, { otherTargets })).valid).toBe(true);
    expect((await verdictOf(draft, { otherTargets })).reason).toBe('SIGNATURE_REPLAYED');
    expect((await verdictOf({ ...draft, target: otherTargets[1] as string })).reason).toBe(
      'SIGNATURE_REPLAYED',
    );
  });

  it('refuses a signature over another target', async () => {
    const { reason } = await verdictOf(signedAs('/orders?q=a%2Bb'), { otherTargets: ['/orders?q=a%20b'] });
    expect(reason).toBe('SIGNATURE_INVALID');
  });

  it.each([
    '/orders?q=a%2Bb',
    '/orders?q=a',
    '/orders?q=a+b&q=a+b',
    '/Orders?q=a+b',
    '/orders',
    '/%6Frders?q=a+b',
  ])('refuses a target with another meaning: %s', async (other) => {
    const answer = await verdictOn(service, asking, signedAs(other), { otherTargets: [other] });
    expect([answer.status, answer.reason]).toEqual([400, 'INPUT_INVALID']);
    expect(answer.json.error.data.issues).toEqual([expect.objectContaining({ path: 'otherTargets.0' })]);
  });

  it('refuses a malformed target, and more than 31', async () => {
    const unsound = await verdictOf(signedAs(seen), { otherTargets: ['/orders?q=a b'] });
    expect(unsound.reason).toBe('REQUEST_MALFORMED');
    const many = await verdictOn(service, asking, signedAs(seen), { otherTargets: Array(32).fill(seen) });
    expect([many.status, many.reason]).toEqual([400, 'INPUT_INVALID']);
  });
});
