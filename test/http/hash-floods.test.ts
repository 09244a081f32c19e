import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, type Person, publicDraft, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { attack, OWNER, signInFrom, statuses } from '../harness/sign-in-attack.ts';
import { type Answer, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => service.stop());

const signIn = (input: object, address: string) => signInFrom(service, address, input);

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

const changePassword = (person: Person) =>
  mutate(service, person, 'auth.changePassword', {
    currentPassword: 'not the password',
    newPassword: 'another long password',
  });

/** A signed call of a person, from an IP address. */
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
