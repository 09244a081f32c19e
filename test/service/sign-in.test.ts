import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callPublic, publicDraft, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, withHeader } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  // Failures are counted by the minute: the clock is frozen, so that no minute ends during a test.
  const start = Date.now();
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' }, clock: () => start });
});
afterAll(() => service.stop());

/** From an address of its own, as a proxy says. */
const signIn = (input: unknown, address = '198.51.100.1') =>
  send(service.port, withHeader(publicDraft(service, 'auth.signIn', input), 'x-forwarded-for', address));

describe('auth.signIn', () => {
  it('gives each session a secret and an id of its own', async () => {
    const { email, password, id } = await signUp(service);
    const sessions = [];
    for (let n = 0; n < 2; n++) {
      sessions.push((await signIn({ email: email.toUpperCase(), password })).json.result.data.session);
    }
    expect(new Set([id, ...sessions.map((session) => session.id)]).size).toBe(3);
    expect(sessions[0].signingSecret).not.toBe(sessions[1].signingSecret);
  });

  it('gives the same answer to an unknown address and a wrong password', async () => {
    const { email } = await signUp(service);
    const answers = [
      await signIn({ email, password: 'not the password' }),
      await signIn({ email: 'nobody@example.com', password: 'not the password' }),
    ];
    const [wrong, unknown] = answers.map(({ status, json, headers }) => {
      const { requestId, ...data } = json.error.data;
      return { status, ...json.error, data, named: typeof requestId, headers: Object.keys(headers) };
    });
    expect(wrong).toEqual(unknown);
    expect(wrong?.data.reason).toBe('CREDENTIALS_INVALID');
  });

  it('takes the same work for an unknown address as for a wrong password', async () => {
    const { email } = await signUp(service);
    const cost = async (input: object) => {
      const before = process.cpuUsage();
      await signIn(input);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const least = async (input: object) => {
      const costs = [];
      for (let n = 0; n < 4; n++) costs.push(await cost(input));
      return Math.min(...costs);
    };
    const wrong = await least({ email, password: 'not the password' });
    const unknown = await least({ email: 'nobody-else@example.com', password: 'not the password' });
    // Without a hash to compare, an unknown address would cost a hundredth.
    expect(unknown).toBeGreaterThan(wrong / 3);
  });

  it.each([
    ['a password of two thousand characters', { password: 'x'.repeat(2_000) }],
    ['a field more', { password: 'x', sessionId: 'ses_aaaaaaaaaaaa' }],
    ['an array for a password', { password: ['a'] }],
  ])('refuses %s before any hashing', async (_, more) => {
    expect((await signIn({ email: 'a@example.com', ...more })).reason).toBe('INPUT_INVALID');
  });

  it('refuses a password of a megabyte before it is read', async () => {
    const answer = await signIn({ email: 'a@example.com', password: 'x'.repeat(1_000_000) });
    expect(answer.reason).toBe('BODY_TOO_LARGE');
  });

  it('is never a GET', async () => {
    const input = encodeURIComponent(JSON.stringify({ email: 'a@example.com', password: 'x' }));
    const draft = { ...publicDraft(service, 'auth.signIn', {}), method: 'GET', body: null };
    const answer = await send(service.port, { ...draft, target: `/api/auth.signIn?input=${input}` });
    expect([answer.status, answer.reason]).toEqual([405, 'METHOD_NOT_SUPPORTED']);
  });
});

describe('guessing passwords', () => {
  it('is slowed down per account, and does not lock the owner out', async () => {
    const { email, password } = await signUp(service);
    const reasons = [];
    for (let n = 0; n < 12; n++) {
      reasons.push((await signIn({ email, password: `guess ${n}` }, '203.0.113.9')).reason);
    }
    expect(reasons.slice(0, 10)).toEqual(Array(10).fill('CREDENTIALS_INVALID'));
    expect(reasons.slice(10)).toEqual(Array(2).fill('TOO_MANY_FAILURES'));
    expect((await signIn({ email, password }, '198.51.100.7')).status).toBe(200);
    // Even from the address of the guesses: the right password is accepted.
    expect((await signIn({ email, password }, '203.0.113.9')).status).toBe(200);
  });

  it('has a retry-after', async () => {
    const { email } = await signUp(service);
    const guesses = Array.from({ length: 30 }, (_, n) =>
      signIn({ email, password: `guess ${n}` }, '203.0.113.10'),
    );
    const answers = await Promise.all(guesses);
    const late = answers.filter(({ reason }) => reason === 'TOO_MANY_FAILURES');
    expect(late.length).toBeGreaterThan(5);
    for (const { status, headers } of late) {
      expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true]);
    }
  });

  it('does not fill the queue of hashes beyond its bound', async () => {
    const guesses = Array.from({ length: 200 }, (_, n) =>
      callPublic(service, 'auth.signIn', { email: `q${n}@example.com`, password: 'a guess' }),
    );
    const reasons = new Set((await Promise.all(guesses)).map(({ reason }) => reason));
    expect([...reasons].sort()).toEqual(['CREDENTIALS_INVALID', 'UNAVAILABLE']);
  });
});
