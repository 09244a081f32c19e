import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

type Key = Credentials & { apiKey: string };
let service: TestService;
let ada: Person;
let ahead = 0;

beforeAll(async () => {
  service = await startTestService({ clock: () => Date.now() + ahead });
  ada = await signUp(service);
});
afterAll(() => service.stop());

const t = () => Math.floor((Date.now() + ahead) / 1000);
const outcome = async (who: Credentials) => {
  const draft = sign(who, '/api/exemple', { authority: service.authority, t: t() });
  return (await send(service.port, draft)).reason ?? 'admitted';
};
const rotated = async (key: Key, graceSeconds: number): Promise<Key> => {
  const { json } = await mutate(service, ada, 'keys.rotate', { id: key.id, graceSeconds });
  return { id: key.id, apiKey: json.result.data.secret, signingSecret: json.result.data.signingSecret };
};
const seen = async (id: string) => (await query(service, ada, 'keys.get', { id })).json.result.data;

describe('keys.rotate', () => {
  it('gives a key new secrets under its id; the previous ones are valid for the grace period', async () => {
    const before = await createKey(service, ada);
    expect(await outcome(before)).toBe('admitted');
    const answer = await mutate(service, ada, 'keys.rotate', { id: before.id, graceSeconds: 60 });
    const { key, secret, signingSecret, previousValidUntil } = answer.json.result.data;
    expect(key).toMatchObject({
      id: before.id,
      status: 'active',
      previous: { validUntil: previousValidUntil },
    });
    expect(Date.parse(previousValidUntil)).toBeGreaterThan(Date.now() + 55_000);
    const after = { id: before.id, apiKey: secret, signingSecret };
    expect([await outcome(after), await outcome(before)]).toEqual(['admitted', 'admitted']);
  });

  it('without a grace period ends the previous secrets at once', async () => {
    const before = await createKey(service, ada);
    await outcome(before);
    const after = await rotated(before, 0);
    expect([await outcome(after), await outcome(before)]).toEqual(['admitted', 'KEY_INVALID']);
    expect((await seen(before.id)).previous).toBeNull();
  });

  it('accepts each signing secret only with the API key from the same rotation', async () => {
    const before = await createKey(service, ada);
    const after = await rotated(before, 60);
    expect(await outcome({ ...before, signingSecret: after.signingSecret })).toBe('SIGNATURE_INVALID');
    expect(await outcome({ ...after, signingSecret: before.signingSecret })).toBe('SIGNATURE_INVALID');
  });

  it('ends the previous secrets when their grace period is over, and older ones with the next rotation', async () => {
    const first = await createKey(service, ada);
    const second = await rotated(first, 60);
    ahead = 61_000;
    expect([await outcome(first), await outcome(second)]).toEqual(['KEY_INVALID', 'admitted']);
    ahead = 0;
    const third = await rotated(second, 60);
    const all = [await outcome(first), await outcome(second), await outcome(third)];
    expect(all).toEqual(['KEY_INVALID', 'admitted', 'admitted']);
  });

  it('shows when the previous secrets were last used', async () => {
    const before = await createKey(service, ada);
    const after = await rotated(before, 60);
    await outcome(after);
    expect((await seen(before.id)).previous.lastUsedAt).toBeNull();
    await outcome(before);
    const { previous, lastUsedAt } = await seen(before.id);
    expect(previous.lastUsedAt).toBe(lastUsedAt);
    await service.running.service.stores.lastUsed.flush();
    expect((await seen(before.id)).previous.lastUsedAt).toBe(lastUsedAt);
  });

  it.each<[string, (key: Key) => Promise<unknown>]>([
    ['revoked', (key) => mutate(service, ada, 'keys.revoke', { id: key.id })],
    ['disabled', (key) => mutate(service, ada, 'keys.update', { id: key.id, enabled: false })],
  ])('refuses a key that is %s', async (_, end) => {
    const key = await createKey(service, ada);
    await end(key);
    const answer = await mutate(service, ada, 'keys.rotate', { id: key.id, graceSeconds: 60 });
    expect([answer.status, answer.reason]).toEqual([409, 'CONFLICT']);
  });

  it('refuses a key that has expired', async () => {
    const key = await createKey(service, ada, { expiresAt: new Date(Date.now() + 30_000).toISOString() });
    ahead = 31_000;
    const body = JSON.stringify({ id: key.id, graceSeconds: 60 });
    const options = { authority: service.authority, token: ada.token, body, t: t() };
    expect((await send(service.port, sign(ada, '/api/keys.rotate', options))).reason).toBe('CONFLICT');
    ahead = 0;
  });

  it('does not show a caller the secrets of a key with more permissions', async () => {
    const strong = await createKey(service, ada, { permissions: ['exemple:read', 'echo:write'] });
    const weak = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    const answer = await mutate(service, weak, 'keys.rotate', { id: strong.id, graceSeconds: 0 });
    expect([answer.reason, answer.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'echo:write']);
    expect(await outcome(strong)).toBe('admitted');
  });

  it('lets a key rotate itself', async () => {
    const key = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    const { json } = await mutate(service, key, 'keys.rotate', { id: key.id, graceSeconds: 0 });
    const { secret, signingSecret } = json.result.data;
    expect(await outcome({ id: key.id, apiKey: secret, signingSecret })).toBe('admitted');
  });

  it.each([
    { graceSeconds: -1 },
    { graceSeconds: 2_592_001 },
    { graceSeconds: 1.5 },
    {},
    { graceSeconds: '60' },
  ])('refuses %j with INPUT_INVALID', async (more) => {
    const { id } = await createKey(service, ada);
    expect((await mutate(service, ada, 'keys.rotate', { id, ...more })).reason).toBe('INPUT_INVALID');
  });
});

describe('an idempotency key', () => {
  const input = (more: object = {}) => ({
    name: 'Once',
    environment: 'live',
    permissions: ['exemple:read'],
    idempotencyKey: crypto.randomUUID(),
    ...more,
  });
  const create = async (what: object, who: Parameters<typeof mutate>[1] = ada) =>
    mutate(service, who, 'keys.create', what);

  it('has two equal calls create one key, and its secrets are shown once', async () => {
    const same = input();
    const [first, second] = [await create(same), await create(same)];
    expect(second.json.result.data.key.id).toBe(first.json.result.data.key.id);
    expect(first.json.result.data.secret).toMatch(/^ks_live_/);
    expect(second.json.result.data).toMatchObject({ secret: null, signingSecret: null });
  });

  it('has twenty concurrent calls create one key', async () => {
    const same = input({ name: 'At once' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(same)));
    expect(new Set(answers.map(({ json }) => json.result.data.key.id)).size).toBe(1);
    expect(answers.filter(({ json }) => json.result.data.secret !== null)).toHaveLength(1);
  });

  it('with another input is IDEMPOTENCY_MISMATCH', async () => {
    const first = input();
    await create(first);
    expect((await create({ ...first, name: 'Other' })).reason).toBe('IDEMPOTENCY_MISMATCH');
  });

  it('is separate for each actor and each procedure', async () => {
    const same = input();
    const maker = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    const ids = [
      await create(same),
      await create(same, maker),
      await create(same, await signUp(service)),
    ].map(({ json }) => json.result.data.key.id);
    expect(new Set(ids).size).toBe(3);
    const { idempotencyKey } = same;
    const turn = { id: ids[0], graceSeconds: 0, idempotencyKey };
    const first = (await mutate(service, ada, 'keys.rotate', turn)).json.result.data;
    const second = (await mutate(service, ada, 'keys.rotate', turn)).json.result.data;
    expect([first.secret === null, second.secret === null]).toEqual([false, true]);
    expect(await outcome({ id: ids[0], apiKey: first.secret, signingSecret: first.signingSecret })).toBe(
      'admitted',
    );
  });

  it('is not spent by a call that was refused', async () => {
    const same = input({ expiresAt: '2020-01-01T00:00:00Z' });
    expect((await create(same)).reason).toBe('INPUT_INVALID');
    expect((await create({ ...same, expiresAt: undefined })).json.result.data.secret).toMatch(/^ks_/);
  });

  it.each(['', 'with space', 'x'.repeat(201), 7])('%j is INPUT_INVALID', async (idempotencyKey) => {
    expect((await create(input({ idempotencyKey }))).reason).toBe('INPUT_INVALID');
  });
});
