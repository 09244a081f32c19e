import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { newMember } from '../harness/teams.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let admin: Person;
let developer: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  [admin, developer] = [await newMember(service, ada, 'admin'), await newMember(service, ada, 'developer')];
});
afterAll(() => service.stop());

const LATER = new Date(Date.now() + 86_400_000).toISOString();
const SOON = new Date(Date.now() + 3_600_000).toISOString();

/** The reason of a refusal with what is missing; `done` where there is none. */
async function outcome(who: Person | Credentials, name: string, input: object): Promise<string> {
  const { status, reason, json } = await mutate(service, who, name, input);
  if (status === 200) return 'done';
  const { missing } = json.error.data;
  return missing === undefined ? String(reason) : `${reason} ${missing}`;
}
const rotate = (who: Person | Credentials, { id }: Credentials, graceSeconds = 0) =>
  outcome(who, 'keys.rotate', { id, graceSeconds });
const update = (who: Person | Credentials, { id }: Credentials, changes: object) =>
  outcome(who, 'keys.update', { id, ...changes });
const rotated = async (who: Person | Credentials, { id }: Credentials, graceSeconds: number) => {
  const { secret, signingSecret } = (await mutate(service, who, 'keys.rotate', { id, graceSeconds })).json
    .result.data;
  return { id, apiKey: secret, signingSecret };
};
const hers = (more: object = {}) =>
  createKey(service, ada, { permissions: ['exemple:read', 'echo:write'], ...more });

describe('S2: the secrets of a personal key', () => {
  it('are shown to its person and to no other role, with or without a grace period', async () => {
    const key = await hers();
    const theirs = await createKey(service, developer, { permissions: ['keys:*', 'exemple:*', 'echo:*'] });
    const machine = await createKey(service, ada, { service: true, permissions: ['keys:*', 'exemple:*'] });
    for (const who of [admin, developer, theirs, machine]) {
      for (const grace of [0, 2_592_000])
        expect(await rotate(who, key, grace)).toBe('ESCALATION_DENIED ownerId');
    }
    const ofDeveloper = await createKey(service, developer);
    expect(await rotate(ada, ofDeveloper)).toBe('ESCALATION_DENIED ownerId');
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect(await rotate(ada, key)).toBe('done');
  });

  it('are not extended or widened by others, who may narrow, disable and revoke', async () => {
    const key = await hers({ expiresAt: SOON, allowedAddresses: ['127.0.0.0/8'], limits: [LIMIT] });
    await update(ada, key, { credits: { remaining: 5 } });
    for (const [changes, expected] of [
      [{ expiresAt: LATER }, 'ESCALATION_DENIED ownerId'],
      [{ expiresAt: null }, 'ESCALATION_DENIED ownerId'],
      [{ permissions: ['exemple:read', 'echo:write', 'clock:read'] }, 'ESCALATION_DENIED ownerId'],
      [{ permissions: ['echo:*'] }, 'ESCALATION_DENIED ownerId'],
      [{ allowedAddresses: [] }, 'ESCALATION_DENIED ownerId'],
      [{ allowedAddresses: ['127.0.0.0/7'] }, 'INPUT_INVALID'],
      [{ allowedAddresses: ['126.0.0.0/7'] }, 'ESCALATION_DENIED ownerId'],
      [{ authorities: ['api.example.com'] }, 'ESCALATION_DENIED ownerId'],
      [{ limits: [] }, 'ESCALATION_DENIED ownerId'],
      [{ limits: [{ ...LIMIT, limit: 11 }] }, 'ESCALATION_DENIED ownerId'],
      [{ credits: { remaining: 6 } }, 'ESCALATION_DENIED ownerId'],
      [{ credits: { remaining: 4, refill: { amount: 1, every: 'day' } } }, 'ESCALATION_DENIED ownerId'],
      [{ credits: null }, 'ESCALATION_DENIED ownerId'],
      [{ externalId: 'acme' }, 'ESCALATION_DENIED ownerId'],
      [{ enabled: true }, 'ESCALATION_DENIED ownerId'],
      // One that takes away alongside one that gives.
      [{ enabled: false, permissions: ['exemple:*'] }, 'ESCALATION_DENIED ownerId'],
      [{ permissions: ['exemple:read'], expiresAt: null }, 'ESCALATION_DENIED ownerId'],
      [{ name: 'Renamed', metadata: { by: 'them' } }, 'done'],
      [{ permissions: ['exemple:read'] }, 'done'],
      [{ expiresAt: new Date(Date.now() + 1_800_000).toISOString() }, 'done'],
      [{ allowedAddresses: ['127.0.0.1'] }, 'done'],
      [{ limits: [{ ...LIMIT, limit: 9 }, MORE_LIMIT] }, 'done'],
      [{ credits: { remaining: 4 } }, 'done'],
      [{ enabled: false }, 'done'],
      [{ enabled: true }, 'ESCALATION_DENIED ownerId'],
    ] as const)
      expect([changes, await update(developer, key, changes)]).toEqual([changes, expected]);
    expect(await outcome(developer, 'keys.revoke', { id: key.id })).toBe('done');
  });

  it('are not obtained by narrowing the key first, by another person or by a weaker key of the same person', async () => {
    const strong = await hers();
    const weak = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    for (const who of [developer, weak]) {
      const key = await hers();
      expect(await update(who, key, { permissions: ['exemple:read'] })).toBe('done');
      expect(await rotate(developer, key, 60)).toBe('ESCALATION_DENIED ownerId');
      expect(await rotate(weak, key, 60)).toBe('ESCALATION_DENIED ownerId');
    }
    // In its other bounds too.
    const bound = await createKey(service, ada, {
      ...{ permissions: ['keys:write', 'exemple:read'], allowedAddresses: ['127.0.0.0/8'] },
    });
    const wide = await createKey(service, ada);
    expect(await rotate(bound, wide)).toBe('ESCALATION_DENIED allowedAddresses');
    expect(await update(bound, wide, { allowedAddresses: ['127.0.0.1'] })).toBe('done');
    expect(await rotate(bound, wide)).toBe('ESCALATION_DENIED ownerId');
    // A key of the same person may, within the permissions that it has.
    expect(await rotate(weak, await createKey(service, ada))).toBe('done');
    expect(await rotate(ada, strong)).toBe('done');
  });

  it('of a service key are not obtained by narrowing it first either', async () => {
    const key = await createKey(service, ada, {
      service: true,
      permissions: ['workspaces:delete', 'exemple:read'],
    });
    const weak = await createKey(service, ada, {
      ...{ service: true, permissions: ['keys:write', 'exemple:read'] },
    });
    expect(await update(admin, key, { permissions: ['exemple:read'] })).toBe('done');
    for (const who of [admin, weak]) expect(await rotate(who, key)).toBe('ESCALATION_DENIED ownerId');
    expect(await update(ada, key, { permissions: ['exemple:read'] })).toBe('done');
    expect(await rotate(admin, key)).toBe('done');
  });

  it('are not extended by the secrets from before a rotation', async () => {
    const before = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    const target = await createKey(service, ada);
    const now = await rotated(ada, before, 3_600);
    const input = { name: 'Lasting', environment: 'live', permissions: ['exemple:read'] };
    expect(await rotate(before, before, 60)).toBe('ESCALATION_DENIED expiresAt');
    expect(await rotate(before, target)).toBe('ESCALATION_DENIED expiresAt');
    expect(await outcome(before, 'keys.create', input)).toBe('ESCALATION_DENIED expiresAt');
    expect(await outcome(before, 'keys.create', { ...input, expiresAt: LATER })).toBe(
      'ESCALATION_DENIED expiresAt',
    );
    const within = new Date(Date.now() + 600_000).toISOString();
    expect(await outcome(before, 'keys.create', { ...input, expiresAt: within })).toBe('done');
    expect(await rotate(now, before, 60)).toBe('done');
  });

  it('are not shown by an idempotency key that was used', async () => {
    const key = await hers();
    const input = { id: key.id, graceSeconds: 60, idempotencyKey: crypto.randomUUID() };
    expect((await mutate(service, ada, 'keys.rotate', input)).json.result.data.secret).toMatch(/^ks_live_/);
    expect((await mutate(service, ada, 'keys.rotate', input)).json.result.data.secret).toBeNull();
    expect(await outcome(admin, 'keys.rotate', input)).toBe('ESCALATION_DENIED ownerId');
  });

  it('give no more rights once their person restores rights to the key', async () => {
    const key = await hers();
    await update(developer, key, { permissions: ['exemple:read'] });
    await rotate(developer, key, 2_592_000);
    expect(await update(ada, key, { permissions: ['exemple:read', 'echo:write'] })).toBe('done');
    const body = '{"text":"x"}';
    const draft = sign(key, '/api/echo', { authority: service.authority, body });
    expect((await send(service.port, draft)).status).toBe(200);
    expect((await query(service, ada, 'keys.get', { id: key.id })).json.result.data.previous).toBeNull();
  });
});

const LIMIT = { name: 'minute', limit: 10, windowSeconds: 60 };
const MORE_LIMIT = { name: 'hour', limit: 100, windowSeconds: 3_600 };
