import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publicDraft, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { attack, OWNER, signInFrom, statuses } from '../harness/sign-in-attack.ts';
import { type Answer, send, withHeader } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => service.stop());

const signIn = (input: object, address: string, from: { port?: number; cookie?: string } = {}) =>
  signInFrom(service, address, input, from);

describe('S4: sign-ups', () => {
  it('in a burst wait for each other, and a call that reads the database waits for few of them', async () => {
    const person = await signUp(service);
    const signUps = new EventEmitter();
    let ended = 0;
    const flood = Array.from({ length: 60 }, async (_, n) => {
      const input = { email: `burst-${n}-${randomUUID()}@example.com`, password: 'correct horse battery' };
      const draft = publicDraft(service, 'auth.signUp', input);
      const { status } = await send(service.port, withHeader(draft, 'x-forwarded-for', '203.0.113.60'));
      ended++;
      signUps.emit('end');
      return status;
    });
    const meanwhile: number[] = [];
    while (ended < 55) {
      const before = ended;
      expect((await query(service, person, 'whoami')).status).toBe(200);
      meanwhile.push(ended - before);
      // One call for each sign-up at most: on a slow machine a person's calls would else reach the limit of a session.
      if (ended === before) await once(signUps, 'end');
    }
    expect(new Set(await Promise.all(flood))).toEqual(new Set([200]));
    expect(Math.max(...meanwhile)).toBeLessThanOrEqual(6);
  }, 60_000);
});

describe('S10: guesses of one account’s password', () => {
  it('from one address, over 14 connections, do not keep the correct password from there out', async () => {
    const { email, password } = await signUp(service);
    const end = attack(14, (n) => signIn({ email, password: `a wrong guess ${n}` }, '203.0.113.20'));
    const right = await statuses(3, () => signIn({ email, password }, '203.0.113.20'));
    await end();
    expect(right).toEqual([200, 200, 200]);
  });

  it('from one address, over more connections than may wait, do not keep the correct password from there out', async () => {
    const { email, password } = await signUp(service);
    const guess = (n: number) => signIn({ email, password: `a wrong guess ${n}` }, '203.0.113.21');
    const end = attack(40, guess);
    const seen: number[] = [];
    while (seen.length < 20 && !seen.includes(200))
      seen.push((await signIn({ email, password }, '203.0.113.21')).status);
    const answers = await end();
    expect(seen.at(-1)).toBe(200);
    // The queue was full, and so the attempts of this address made room for one another.
    expect(answers.some(({ reason }) => reason === 'TOO_MANY_FAILURES')).toBe(true);
  }, 600_000);

  it('from sixteen addresses share one budget, on every instance', async () => {
    const { email, password } = await signUp(service);
    const onPostgres = service.running.service.stores.database.kind === 'postgres';
    const other = onPostgres ? await sibling(service) : service;
    const seen: (string | undefined)[] = [];
    for (let n = 0; n < 12; n++) {
      const port = n % 2 ? other.port : service.port;
      seen.push((await signIn({ email, password: `guess ${n}` }, `203.0.113.${40 + n}`, { port })).reason);
    }
    if (onPostgres) await other.stop();
    expect(seen.filter((reason) => reason === 'CREDENTIALS_INVALID')).toHaveLength(10);
    expect(seen.filter((reason) => reason === 'TOO_MANY_FAILURES')).toHaveLength(2);
    expect((await signIn({ email, password }, OWNER)).status).toBe(200);
  });

  it('from forty networks do not keep the owner in another network out', async () => {
    const { email, password } = await signUp(service);
    const end = attack(40, (n) => signIn({ email, password: `guess ${n}` }, `198.18.${n % 40}.1`));
    // Until each network failed once, none is distinguishable from the owner's.
    await vi.waitFor(async () => expect((await signIn({ email, password }, OWNER)).status).toBe(200), {
      timeout: 60_000,
      interval: 500,
    });
    const right = await statuses(5, () => signIn({ email, password }, OWNER));
    await end();
    expect(right).toEqual(Array(5).fill(200));
  }, 120_000);

  it('do not affect a browser that the person has signed in from', async () => {
    const { email, password } = await signUp(service);
    const first = await signIn({ email, password, cookie: true }, OWNER);
    const cookie = deviceOf(first);
    for (let n = 0; n < 11; n++) await signIn({ email, password: `guess ${n}` }, '203.0.113.60');
    // A device that is known has guesses of its own: the account's are used up.
    expect((await signIn({ email, password: 'a typing error' }, OWNER, { cookie })).reason).toBe(
      'CREDENTIALS_INVALID',
    );
    expect((await signIn({ email, password: 'a guess' }, OWNER)).reason).toBe('TOO_MANY_FAILURES');
  });

  it('are slowed down from a known browser too, whose cookie is for one account only', async () => {
    const [owner, other] = [await signUp(service), await signUp(service)];
    const { email, password } = owner;
    const cookie = deviceOf(await signIn({ email, password, cookie: true }, OWNER));
    const reasons: (string | undefined)[] = [];
    for (let n = 0; n < 11; n++) {
      reasons.push((await signIn({ email, password: `guess ${n}` }, OWNER, { cookie })).reason);
    }
    expect(reasons[10]).toBe('TOO_MANY_FAILURES');
    for (let n = 0; n < 11; n++) await signIn({ email: other.email, password: `g ${n}` }, '203.0.113.61');
    const elsewhere = await signIn({ email: other.email, password: 'a guess' }, OWNER, { cookie });
    expect(elsewhere.reason).toBe('TOO_MANY_FAILURES');
  });
});

/** The device cookie of an answer, as a browser sends it back. */
function deviceOf({ headers }: Answer): string {
  const lines = headers['set-cookie'] as string[];
  const line = lines.find((one) => one.startsWith('__Host-keyseal-device='));
  expect(line).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  return String(line).split(';')[0] as string;
}
