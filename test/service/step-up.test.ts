import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { recordsOf } from '../harness/audit-chain.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { queriesOf } from '../harness/queries.ts';
import { codeAt, STEP_MS, StoppedClock, setUpFactor } from '../harness/second-factor.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ageProof, setProvenAt, stepUp, TEN_MINUTES_MS } from '../harness/step-up.ts';
import { activeOf, newMember, signInAgain } from '../harness/teams.ts';

let service: TestService;
let ada: Person;
const clock = new StoppedClock();
const { now } = clock;

beforeAll(async () => {
  service = await startTestService({ clock: now, env: { KEYSEAL_ADDRESS_FAILURES: '1000000' } });
});
afterAll(() => service.stop());
beforeEach(async () => {
  clock.reset();
  ada = await signUp(service);
});

const LIVE = { name: 'A key', environment: 'live', permissions: ['exemple:read'] } as const;
const REFUSED = 'STEP_UP_REQUIRED';
const create = (who: Person, more: object = {}) => mutate(service, who, 'keys.create', { ...LIVE, ...more });

describe('the guards of the procedures', () => {
  /** Every procedure that a person can call, and no other, may ask. */
  const ASKING = [
    'auth.createReset',
    'invitations.create',
    'members.remove',
    'members.setRole',
    'workspaces.delete',
    'workspaces.update',
  ];
  /** Those that end the session, or stay open, or take bytes. */
  const LEFT_OUT = ['auth.signOut', 'keys.tail', 'upload', 'ticks'];

  it('ask in these procedures, and in no other', async () => {
    await ageProof(service, ada, now());
    const asked: string[] = [];
    for (const [name, { type, guard }] of builtInApi.procedures) {
      if (guard.access === 'public' || guard.access === 'session' || LEFT_OUT.includes(name)) continue;
      if (type === 'subscription') continue;
      const answer = await (type === 'query' ? query : mutate)(service, ada, name, {});
      if (answer.reason === REFUSED) asked.push(name);
    }
    expect(asked.sort()).toEqual(ASKING);
  });

  it('let a session that has just signed in pass', async () => {
    for (const name of ASKING)
      expect([name, (await mutate(service, ada, name, {})).reason]).toEqual([name, 'INPUT_INVALID']);
  });

  it('ask the database nothing: the session is at hand', async () => {
    await query(service, ada, 'whoami');
    const call = async () => void (await mutate(service, ada, 'members.setRole', {}));
    expect(await queriesOf(service, call)).toBe(0);
  });

  it('refuse before the input is read, so that a refusal tells nothing about it', async () => {
    await ageProof(service, ada, now());
    expect((await mutate(service, ada, 'members.setRole', { userId: 'x', role: 'none' })).reason).toBe(
      REFUSED,
    );
  });
});

describe('a change of keys', () => {
  /** What a person does to a key of theirs, and whether that asks if the key is live. */
  const CHANGES: readonly (readonly [what: string, name: string, input: object, asks: boolean])[] = [
    ['a new name', 'keys.update', { name: 'Another name' }, false],
    ['other metadata', 'keys.update', { metadata: { team: 'x' } }, false],
    ['fewer permissions', 'keys.update', { permissions: ['exemple:read'] }, false],
    ['the same permissions', 'keys.update', { permissions: ['exemple:read', 'echo:write'] }, false],
    ['more permissions', 'keys.update', { permissions: ['exemple:*', 'echo:write'] }, true],
    ['a shorter life', 'keys.update', { expiresAt: '2030-01-01T00:00:00.000Z' }, false],
    ['a longer life', 'keys.update', { expiresAt: null }, true],
    ['fewer addresses', 'keys.update', { allowedAddresses: ['192.0.2.1'] }, false],
    ['more addresses', 'keys.update', { allowedAddresses: [] }, true],
    ['a lower limit', 'keys.update', { limits: [{ name: 'a', limit: 5, windowSeconds: 60 }] }, false],
    ['a higher limit', 'keys.update', { limits: [{ name: 'a', limit: 50, windowSeconds: 60 }] }, true],
    ['fewer credits', 'keys.update', { credits: { remaining: 5 } }, false],
    ['more credits', 'keys.update', { credits: { remaining: 500 } }, true],
    ['no credits any more', 'keys.update', { credits: null }, true],
    ['an authority', 'keys.update', { authorities: ['api.example.com'] }, true],
    ['an external owner', 'keys.update', { externalId: 'acme' }, true],
    ['its end for now', 'keys.update', { enabled: false }, false],
    ['its return', 'keys.update', { enabled: true }, true],
    [
      'something less and something more',
      'keys.update',
      { permissions: ['exemple:read'], expiresAt: null },
      true,
    ],
    ['other secrets', 'keys.rotate', { graceSeconds: 60 }, true],
    ['its end for good', 'keys.revoke', {}, false],
  ];
  const BOUNDED = {
    permissions: ['exemple:read', 'echo:write'],
    expiresAt: '2031-01-01T00:00:00.000Z',
    allowedAddresses: ['127.0.0.1', '192.0.2.1'],
    limits: [{ name: 'a', limit: 10, windowSeconds: 60 }],
    credits: { remaining: 50 },
  };

  it.each(CHANGES)('%s asks only of a live key, and only if it does more', async (_, name, input, asks) => {
    const live = await createKey(service, ada, { ...LIVE, ...BOUNDED });
    const test = await createKey(service, ada, { ...LIVE, ...BOUNDED, environment: 'test' });
    await ageProof(service, ada, now());
    const { reason } = await mutate(service, ada, name, { id: live.id, ...input });
    expect(reason).toBe(asks ? REFUSED : undefined);
    expect((await mutate(service, ada, name, { id: test.id, ...input })).reason).toBeUndefined();
    expect((await stepUp(service, ada)).status).toBe(200);
    expect((await mutate(service, ada, name, { id: live.id, ...input })).reason).toBeUndefined();
  });

  it('creates a test key without a fresh proof, and no live one', async () => {
    await ageProof(service, ada, now());
    expect((await create(ada, { environment: 'test' })).status).toBe(200);
    expect((await create(ada)).reason).toBe(REFUSED);
    const { items } = (await query(service, ada, 'keys.list')).json.result.data;
    expect(items.map(({ environment }: { environment: string }) => environment)).toEqual(['test']);
  });

  it('asks for wider limits that all keys of an external owner share, and not for narrower ones', async () => {
    const limits = (limit: number) => ({
      externalId: 'acme',
      limits: [{ name: 'a', limit, windowSeconds: 60 }],
    });
    await ageProof(service, ada, now());
    expect((await mutate(service, ada, 'owners.update', limits(10))).status).toBe(200);
    expect((await mutate(service, ada, 'owners.update', limits(5))).status).toBe(200);
    expect((await mutate(service, ada, 'owners.update', limits(6))).reason).toBe(REFUSED);
    await stepUp(service, ada);
    expect((await mutate(service, ada, 'owners.update', limits(6))).status).toBe(200);
  });

  it('tells a caller without the right nothing else than before', async () => {
    const viewer = await newMember(service, ada, 'viewer');
    await ageProof(service, viewer, now());
    expect((await create(viewer)).reason).toBe('PERMISSION_DENIED');
    const key = await createKey(service, ada);
    const admin = await newMember(service, ada, 'admin');
    await ageProof(service, admin, now());
    const widened = { id: key.id, permissions: ['exemple:*'] };
    expect((await mutate(service, admin, 'keys.update', widened)).reason).toBe('ESCALATION_DENIED');
  });

  it('asks no key, however long ago its person signed in', async () => {
    const key = await createKey(service, ada, { permissions: ['keys:*', 'exemple:read'] });
    await ageProof(service, ada, now());
    const made = await mutate(service, key, 'keys.create', LIVE);
    expect(made.status).toBe(200);
    const { id } = made.json.result.data.key;
    expect((await mutate(service, key, 'keys.rotate', { id, graceSeconds: 0 })).status).toBe(200);
    expect((await mutate(service, key, 'keys.update', { id, enabled: true })).status).toBe(200);
  });
});

describe('the age of a proof', () => {
  it.each([
    ['ten minutes', -TEN_MINUTES_MS, undefined],
    ['a millisecond more', -TEN_MINUTES_MS - 1, REFUSED],
    ['a millisecond in the future', 1, REFUSED],
  ])('of %s', async (_, difference, reason) => {
    await setProvenAt(service, ada, new Date(now() + difference));
    expect((await create(ada)).reason).toBe(reason);
  });

  it.each([null, 'infinity', '-infinity'])('of %s refuses', async (at) => {
    await setProvenAt(service, ada, at);
    expect((await create(ada)).reason).toBe(REFUSED);
    expect((await query(service, ada, 'whoami')).status).toBe(200);
  });

  it('is not renewed by a refresh', async () => {
    await ageProof(service, ada, now());
    const { token: _, ...alone } = ada;
    const refreshed = await mutate(service, alone, 'auth.refresh', { refreshToken: ada.refreshToken });
    expect(refreshed.status).toBe(200);
    const again = { ...ada, token: refreshed.json.result.data.session.accessToken };
    expect((await create(again)).reason).toBe(REFUSED);
  });

  it('begins with a sign-in, by the password or with a code', async () => {
    await ageProof(service, ada, now());
    expect((await create(await signInAgain(service, ada))).status).toBe(200);
    expect((await create(ada)).reason).toBe(REFUSED);
  });
});

describe('auth.stepUp', () => {
  it('counts for the calling session alone', async () => {
    const other = await signInAgain(service, ada);
    for (const who of [ada, other]) await ageProof(service, who, now());
    const answer = await stepUp(service, ada);
    expect(answer.json.result.data).toEqual({ provenAt: new Date(now()).toISOString() });
    expect((await create(other)).reason).toBe(REFUSED);
    expect((await create(ada)).status).toBe(200);
  });

  it('takes the password, and a code of an account with a second factor', async () => {
    const { secret, recoveryCodes } = await setUpFactor(service, ada, now());
    clock.advance(STEP_MS);
    await ageProof(service, ada, now());
    for (const proof of [{ password: 'a wrong guess' }, { code: '000000x' }, { code: 'none' }])
      expect((await stepUp(service, ada, proof)).reason).toBe('CREDENTIALS_INVALID');
    expect((await stepUp(service, ada)).reason).toBe('INPUT_INVALID');
    expect((await create(ada)).reason).toBe(REFUSED);
    const code = codeAt(secret, now());
    expect((await stepUp(service, ada, { code })).status).toBe(200);
    expect((await stepUp(service, ada, { code })).reason).toBe('CREDENTIALS_INVALID');
    expect((await create(ada)).status).toBe(200);
    expect((await stepUp(service, ada, { code: recoveryCodes[0] })).status).toBe(200);
  });

  it('slows wrong passwords and wrong codes down', async () => {
    const { secret, recoveryCodes } = await setUpFactor(service, ada, now());
    clock.advance(STEP_MS);
    const reasons = new Set<string | undefined>();
    for (let n = 0; n < 25; n++) reasons.add((await stepUp(service, ada, { code: '123' })).reason);
    expect([...reasons].sort()).toEqual(['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES']);
    await ageProof(service, ada, now());
    const right = codeAt(secret, now());
    expect((await stepUp(service, ada, { code: right })).reason).toBe('TOO_MANY_FAILURES');
    expect((await create(ada)).reason).toBe(REFUSED);
    // It cannot be guessed.
    expect((await stepUp(service, ada, { code: recoveryCodes[0] })).status).toBe(200);
  });

  it('is recorded, with what changed', async () => {
    await stepUp(service, ada);
    const records = await recordsOf(service, await activeOf(service, ada));
    const record = records.findLast(({ action }) => action === 'auth.stepUp');
    expect(record).toMatchObject({ actorId: ada.userId, subject: ada.id });
  });

  it('is open neither to a key nor to a key for a person', async () => {
    const key = await createKey(service, ada);
    const input = { password: ada.password };
    expect((await mutate(service, key, 'auth.stepUp', input)).reason).toBe('ACCESS_DENIED');
    expect((await mutate(service, { ...key, token: ada.token } as never, 'auth.stepUp', input)).reason).toBe(
      'ACCESS_DENIED',
    );
  });
});
