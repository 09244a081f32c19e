import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

type Pair = Credentials & { readonly apiKey: string };

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

/** The reason of a refusal with what is missing; `done` where there is none. */
async function outcome(who: Credentials, name: string, input: object): Promise<string> {
  const { status, reason, json } = await mutate(service, who, name, input);
  return status === 200 ? 'done' : [reason, json.error.data.missing].filter(Boolean).join(' ');
}

const pairOf = async (who: Credentials, id: string, graceSeconds: number): Promise<Pair> => {
  const { secret, signingSecret } = (await mutate(service, who, 'keys.rotate', { id, graceSeconds })).json
    .result.data;
  return { id, apiKey: secret, signingSecret };
};

/** A key whose previous secrets are valid for longer than the key itself. */
async function leaked(more: object = {}): Promise<{ old: Pair; current: Pair }> {
  const permissions = ['keys:write', 'exemple:read'];
  const old = await createKey(service, ada, { permissions, expiresAt: inMinutes(60), ...more });
  return { old, current: await pairOf(ada, old.id, 7_200) };
}

describe.each([
  ['a personal key', {}],
  ['a service key', { service: true }],
])('S2: the pair from before a rotation, where %s expires before the grace ends', (_, kind) => {
  it('cannot get the next secrets, and cannot extend the key', async () => {
    const { old, current } = await leaked(kind);
    for (const graceSeconds of [0, 60])
      expect(await outcome(old, 'keys.rotate', { id: old.id, graceSeconds })).toBe(
        'ESCALATION_DENIED expiresAt',
      );
    for (const changes of [
      { expiresAt: inMinutes(90) },
      { expiresAt: null },
      { enabled: true },
      { permissions: ['keys:write', 'exemple:read'] },
      { permissions: ['keys:write', 'exemple:*'] },
    ])
      expect(await outcome(old, 'keys.update', { id: old.id, ...changes })).toMatch(/^ESCALATION_DENIED /);
    expect((await query(service, current, 'exemple')).status).toBe(200);
  });

  it('cannot get it through a key that it creates', async () => {
    const { old, current } = await leaked(kind);
    const { expiresAt } = (await query(service, ada, 'keys.get', { id: old.id })).json.result.data;
    const input = { name: 'Made', environment: 'live', permissions: ['keys:write', 'exemple:read'], ...kind };
    // As long as the key itself: it could then receive the key's new secrets.
    expect(await outcome(old, 'keys.create', { ...input, expiresAt })).toBe('ESCALATION_DENIED expiresAt');
    const made = await createKey(service, old, { ...input, expiresAt: inMinutes(30) });
    expect(await outcome(made, 'keys.rotate', { id: old.id, graceSeconds: 0 })).toBe(
      'ESCALATION_DENIED expiresAt',
    );
    // Nor by ending the key sooner first.
    expect(await outcome(old, 'keys.update', { id: old.id, expiresAt: inMinutes(20) })).toBe('done');
    expect(await outcome(made, 'keys.rotate', { id: old.id, graceSeconds: 0 })).toBe(
      'ESCALATION_DENIED ownerId',
    );
    expect((await query(service, current, 'exemple')).status).toBe(200);
  });

  it('cannot loosen the limits of an external owner', async () => {
    const { old, current } = await leaked(kind);
    const loosened = { externalId: `customer-${old.id}`, credits: { remaining: 5 } };
    expect(await outcome(current, 'owners.update', loosened)).toBe('done');
    const more = { ...loosened, credits: { remaining: 1_000_000 } };
    expect(await outcome(old, 'owners.update', more)).toBe('ESCALATION_DENIED expiresAt');
    expect(await outcome(old, 'owners.update', { ...loosened, credits: { remaining: 1 } })).toBe('done');
    expect(await outcome(current, 'owners.update', more)).toBe('done');
  });

  it('leaves it to the current secrets and the person to rotate and extend the key', async () => {
    const { old, current } = await leaked(kind);
    expect(await outcome(ada, 'keys.update', { id: old.id, expiresAt: inMinutes(600) })).toBe('done');
    expect(await outcome(current, 'keys.rotate', { id: old.id, graceSeconds: 60 })).toBe('done');
  });
});
