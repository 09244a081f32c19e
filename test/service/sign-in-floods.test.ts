import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mutate, type Person, publicDraft, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { type Answer, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => service.stop());

const OWNER = '198.51.100.1';

function signIn(input: object, address: string, { port, cookie }: { port?: number; cookie?: string } = {}) {
  const draft = withHeader(publicDraft(service, 'auth.signIn', input), 'x-forwarded-for', address);
  const known = cookie === undefined ? draft : withHeader(draft, 'cookie', cookie);
  return send(port ?? service.port, withHeader(known, 'origin', service.url));
}

/** Keeps so many connections busy with attempts until it is ended. @returns the answers */
function attack(connections: number, attempt: (nth: number) => Promise<Answer>) {
  let going = true;
  let nth = 0;
  const answers: Answer[] = [];
  const workers = Array.from({ length: connections }, async () => {
    while (going) answers.push(await attempt(nth++));
  });
  return async () => {
    going = false;
    await Promise.all(workers);
    return answers;
  };
}

const statuses = async (count: number, call: () => Promise<Answer>): Promise<number[]> => {
  const all: number[] = [];
  for (let n = 0; n < count; n++) all.push((await call()).status);
  return all;
};

describe('S4: sign-ins with random e-mail addresses', () => {
  it.each([
    ['from one address', () => '203.0.113.9'],
    ['from many addresses of one /64', (n: number) => `2001:db8:0:1::${(n % 5000).toString(16)}`],
    ['from many /64s of one /48', (n: number) => `2001:db8:7:${(n % 5000).toString(16)}::1`],
  ])('%s over 90 connections keep no other person out', async (_, addressOf) => {
    const { email, password } = await signUp(service);
    const end = attack(90, (n) =>
      signIn({ email: `nobody-${n}@example.com`, password: 'a wrong guess' }, addressOf(n)),
    );
    const right = await statuses(10, () => signIn({ email, password }, OWNER));
    const answers = await end();
    expect(right).toEqual(Array(10).fill(200));
    expect(answers.some(({ reason }) => reason === 'UNAVAILABLE')).toBe(true);
  });

  it('do not delay signed calls in the queue of hashes', async () => {
    const person = await signUp(service);
    const end = attack(90, (n) =>
      signIn({ email: `n-${n}@example.com`, password: 'a wrong guess' }, '203.0.113.10'),
    );
    const { reason } = await changePassword(person);
    await end();
    expect(reason).toBe('CREDENTIALS_INVALID');
  });
});

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

const changePassword = (person: Person) =>
  mutate(service, person, 'auth.changePassword', {
    currentPassword: 'not the password',
    newPassword: 'another long password',
  });

/** A signed call of a person's, from an address. */
function signedFrom(address: string, person: Person, name: string, input: object): Promise<Answer> {
  const options = { authority: service.authority, token: person.token, body: JSON.stringify(input) };
  return send(service.port, withHeader(sign(person, `/api/${name}`, options), 'x-forwarded-for', address));
}
const stepUpFrom = (address: string, person: Person) =>
  signedFrom(address, person, 'auth.stepUp', { password: person.password });

describe('S4: hashes for signed calls', () => {
  it.each<[string, number, (n: number) => string]>([
    ['seventy people in one network', 70, (n) => `203.0.113.${n + 1}`],
    ['seventy people at one address', 70, () => '203.0.113.77'],
    ['one person in seventy networks', 1, (n) => `198.18.${n % 70}.1`],
  ])(
    'of %s keep no other person from proving who they are',
    async (_, people, addressOf) => {
      const crowd: Person[] = [];
      for (let n = 0; n < people; n++) crowd.push(await signUp(service));
      const honest = await signUp(service);
      const end = attack(100, (n) => stepUpFrom(addressOf(n), crowd[n % people] as Person));
      const right = await statuses(4, () => stepUpFrom(OWNER, honest));
      const answers = await end();
      expect(right).toEqual(Array(4).fill(200));
      // The queue was full.
      expect(answers.some(({ reason }) => reason === 'UNAVAILABLE')).toBe(true);
    },
    120_000,
  );

  it('of wrong passwords of one person delay no other at the same address', async () => {
    const [wrong, honest] = [await signUp(service), await signUp(service)];
    const input = { password: 'not the password' };
    const end = attack(20, () => signedFrom('203.0.113.78', wrong, 'auth.stepUp', input));
    const right = await statuses(5, () => stepUpFrom('203.0.113.78', honest));
    await end();
    expect(right).toEqual(Array(5).fill(200));
  }, 60_000);
});

/** One HTTP request with many calls of one procedure. */
function batch(name: string, inputs: readonly object[], address: string): Promise<Answer> {
  const body = Buffer.from(JSON.stringify(Object.fromEntries(inputs.entries())));
  const names = inputs.map(() => name).join(',');
  const draft = publicDraft(service, name, {});
  const many = { ...draft, target: `/api/${names}?batch=1`, body };
  return send(service.port, withHeader(many, 'x-forwarded-for', address));
}

describe('S4: other ways to take the turns of hashes', () => {
  const wrong = (n: number) => ({ email: `nobody-${n}@example.com`, password: 'a wrong guess' });
  const passkey = {
    challenge: 'x'.repeat(120),
    response: {
      ...{ id: 'a'.repeat(22), rawId: 'a'.repeat(22), type: 'public-key', clientExtensionResults: {} },
      response: { clientDataJSON: 'e30', authenticatorData: 'a'.repeat(50), signature: 'a'.repeat(90) },
    },
  };
  it.each<[string, number, (n: number) => Promise<Answer>]>([
    [
      'batches of sign-ins',
      30,
      (n) =>
        batch(
          'auth.signIn',
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((m) => wrong(10 * n + m)),
          '203.0.113.90',
        ),
    ],
    [
      'passwords as long as allowed',
      90,
      (n) => signIn({ ...wrong(n), password: 'é'.repeat(200) }, '203.0.113.91'),
    ],
    [
      'sign-ups with set-up tokens and invitations that do not exist',
      90,
      (n) =>
        send(
          service.port,
          withHeader(
            publicDraft(service, 'auth.signUp', { ...wrong(n), invitationToken: `inv_${'a'.repeat(43)}` }),
            'x-forwarded-for',
            '203.0.113.92',
          ),
        ),
    ],
    [
      'passkeys that do not exist',
      90,
      () =>
        send(
          service.port,
          withHeader(
            publicDraft(service, 'auth.signInWithPasskey', passkey),
            'x-forwarded-for',
            '203.0.113.93',
          ),
        ),
    ],
  ])(
    '%s keep no other person out',
    async (_, connections, attempt) => {
      const { email, password } = await signUp(service);
      const end = attack(connections, attempt);
      const right = await statuses(5, () => signIn({ email, password }, OWNER));
      await end();
      expect(right).toEqual(Array(5).fill(200));
    },
    60_000,
  );
});
