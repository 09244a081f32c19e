import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, createKey, type Person, signUp, tell } from '../harness/people.ts';
import { rateFields } from '../harness/rate-fields.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

let names = 0;
const newName = () => `customer ${++names} <é>`;
const bound = (externalId: string, policy: object) =>
  tell(service, ada, 'owners.update', { externalId, ...policy });
const keyOf = (externalId: string, more: object = {}) =>
  createKey(service, ada, { permissions: ['exemple:read'], externalId, ...more });
const perMinute = (limit: number) => [{ name: 'minute', limit, windowSeconds: 60 }];

describe('keys of one external owner', () => {
  it('share its limit', async () => {
    const externalId = newName();
    await bound(externalId, { limits: perMinute(3) });
    const [one, other] = [await keyOf(externalId), await keyOf(externalId, { limits: perMinute(2) })];
    expect((await ask(service, one, 'exemple')).status).toBe(200);
    const answer = await ask(service, other, 'exemple');
    expect(rateFields(answer)).toMatchObject({ minute: { q: 2, r: 1 }, 'owner.minute': { q: 3, r: 1 } });
    expect((await ask(service, other, 'exemple')).status).toBe(200);
    expect((await ask(service, one, 'exemple')).reason).toBe('RATE_LIMITED');
    // What the owner's limit refuses does not count in the key's.
    await bound(externalId, { limits: perMinute(10) });
    expect(rateFields(await ask(service, other, 'exemple'))).toMatchObject({ minute: { r: 0 } });
  });

  it('share its credits, and spend their own beside them', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 3 } });
    const [rich, poor] = [await keyOf(externalId), await keyOf(externalId, { credits: { remaining: 1 } })];
    expect((await ask(service, poor, 'exemple')).status).toBe(200);
    expect((await ask(service, poor, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
    expect((await ask(service, ada, 'owners.get', { externalId })).json.result.data.credits.remaining).toBe(
      2,
    );
    for (let i = 0; i < 2; i++) expect((await ask(service, rich, 'exemple')).status).toBe(200);
    expect((await ask(service, rich, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
  });

  it('of another workspace that calls its customer alike share nothing', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 0 } });
    const eve = await signUp(service);
    const hers = await createKey(service, eve, { externalId });
    expect((await ask(service, hers, 'exemple')).status).toBe(200);
    expect((await ask(service, eve, 'owners.get', { externalId })).json.result.data.credits).toBeNull();
  });

  it('are bound from the moment at which they are tied to it, and free again afterwards', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 0 } });
    const key = await createKey(service, ada);
    const tie = (to: string | null) => tell(service, ada, 'keys.update', { id: key.id, externalId: to });
    expect((await ask(service, key, 'exemple')).status).toBe(200);
    expect((await tie(externalId)).json.result.data.externalId).toBe(externalId);
    expect((await ask(service, key, 'exemple')).reason).toBe('CREDITS_EXHAUSTED');
    expect((await tie(null)).json.result.data.externalId).toBeNull();
    expect((await ask(service, key, 'exemple')).status).toBe(200);
  });

  it('are found by it', async () => {
    const externalId = newName();
    const key = await keyOf(externalId);
    await createKey(service, ada);
    const { items } = (await ask(service, ada, 'keys.list', { externalId })).json.result.data;
    expect(items.map(({ id }: { id: string }) => id)).toEqual([key.id]);
  });
});

describe('owners.update', () => {
  it('makes an owner, changes what it is told, and nothing else', async () => {
    const externalId = newName();
    const made = (await bound(externalId, { limits: perMinute(3) })).json.result.data;
    expect(made).toEqual({ externalId, limits: perMinute(3), credits: null, createdAt: expect.any(String) });
    const credits = { remaining: 9, refill: { amount: 9, every: 'day' } };
    expect((await bound(externalId, { credits })).json.result.data).toEqual({ ...made, credits });
    expect((await bound(externalId, { limits: [] })).json.result.data).toEqual({
      ...made,
      credits,
      limits: [],
    });
    expect((await bound(externalId, { credits: null })).json.result.data).toEqual({ ...made, limits: [] });
  });

  it('by a test key, or by a key of an owner, is refused', async () => {
    const externalId = newName();
    const test = await createKey(service, ada, { permissions: ['keys:write'], environment: 'test' });
    const tied = await keyOf(externalId, { permissions: ['keys:write'] });
    const credits = { remaining: 1_000 };
    expect((await tell(service, test, 'owners.update', { externalId, credits })).reason).toBe(
      'ENVIRONMENT_DENIED',
    );
    const refused = await tell(service, tied, 'owners.update', { externalId, credits });
    expect([refused.reason, refused.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'externalId']);
  });

  it.each<[string, object]>([
    ['that changes nothing', { externalId: 'a' }],
    ['without a name', { credits: null }],
    ['with an empty name', { externalId: '', credits: null }],
    ['with a name of 201 characters', { externalId: 'x'.repeat(201), credits: null }],
    ['with a NUL', { externalId: 'a\0', credits: null }],
    ['with a name that ends in a space', { externalId: 'a ', credits: null }],
    ['with an unknown field', { externalId: 'a', credits: null, workspaceId: 'wsp_other' }],
    ['with a wrong limit', { externalId: 'a', limits: [{ name: 'x' }] }],
  ])('%s is INPUT_INVALID', async (_, input) => {
    expect((await tell(service, ada, 'owners.update', input)).reason).toBe('INPUT_INVALID');
  });
});

describe('owners.get and owners.list', () => {
  it('know the workspace’s own alone', async () => {
    const externalId = newName();
    await bound(externalId, { credits: { remaining: 1 } });
    const eve = await signUp(service);
    expect((await ask(service, eve, 'owners.get', { externalId })).reason).toBe('OWNER_NOT_FOUND');
    expect((await ask(service, eve, 'owners.list')).json.result.data).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('list by name, a page at a time, each owner once', async () => {
    const bob = await signUp(service);
    const all = ['b', 'a', 'e', 'd', 'c'];
    for (const externalId of all) await createKey(service, bob, { externalId });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const input: object = { limit: 2, ...(cursor === null ? {} : { cursor }) };
      const page = (await ask(service, bob, 'owners.list', input)).json.result.data;
      seen.push(...page.items.map((owner: { externalId: string }) => owner.externalId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
