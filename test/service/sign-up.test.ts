import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressPath } from '../../shared/fairness/fairness-path.ts';
import { callPublic, personOf, publicDraft, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, withHeader } from '../harness/wire.ts';

let service: TestService;
let nth = 0;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const someone = (more: Record<string, unknown> = {}) => ({
  email: `new-${++nth}@example.com`,
  password: 'correct horse battery',
  ...more,
});
const reasonOf = async (input: unknown) => (await callPublic(service, 'auth.signUp', input)).reason;

describe('auth.signUp', () => {
  it('creates an account, its workspace and a working session', async () => {
    const input = someone({ name: 'Ada' });
    const answer = await callPublic(service, 'auth.signUp', input);
    const { user, session } = answer.json.result.data;
    expect(user).toMatchObject({ email: input.email, name: 'Ada' });
    expect(session).toMatchObject({
      id: expect.stringMatching(/^ses_[0-9A-Za-z]{12}$/),
      signingSecret: expect.stringMatching(/^kss_[A-Za-z0-9_-]{43}$/),
    });
    const me = await query(service, personOf(answer, input.email, input.password), 'whoami');
    expect(me.json.result.data).toMatchObject({ user: { email: input.email }, workspace: { role: 'owner' } });
  });

  it('refuses a taken e-mail address with CONFLICT, in any case of letters', async () => {
    const { email } = await signUp(service);
    expect(await reasonOf(someone({ email }))).toBe('CONFLICT');
    expect(await reasonOf(someone({ email: email.toUpperCase() }))).toBe('CONFLICT');
  });

  it('creates one account of many concurrent sign-ups with the same address', async () => {
    const input = someone();
    const reasons = await Promise.all(Array.from({ length: 5 }, () => reasonOf(input)));
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'CONFLICT')).toHaveLength(4);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a password of 11 characters', { password: 'x'.repeat(11) }],
    ['a password of 1,025 bytes', { password: `${'é'.repeat(512)}x` }],
    ['no password', { password: undefined }],
    ['a password that is no text', { password: 123456789012 }],
    ['an address that is none', { email: 'nobody' }],
    ['an address with a NUL', { email: 'a\0@example.com' }],
    ['a long address', { email: `${'a'.repeat(250)}@example.com` }],
    ['an empty name', { name: '' }],
    ['a name with a control character', { name: 'a\u0007b' }],
    ['a long name', { name: 'x'.repeat(101) }],
    ['a role', { role: 'owner' }],
    ['a session id of its own', { sessionId: 'ses_aaaaaaaaaaaa' }],
    ['a user id of its own', { id: 'usr_1' }],
  ])('refuses %s with INPUT_INVALID', async (_, input) => {
    expect(await reasonOf(someone(input))).toBe('INPUT_INVALID');
  });

  it.each(['[]', 'null', '"text"', '{"__proto__":{"email":"a@example.com"}}', '{', ''])(
    'refuses the body %s with INPUT_INVALID',
    async (body) => {
      const draft = { ...publicDraft(service, 'auth.signUp', {}), body: Buffer.from(body) };
      expect((await send(service.port, draft)).reason).toBe('INPUT_INVALID');
    },
  );

  it('refuses another content type than JSON', async () => {
    const draft = withHeader(publicDraft(service, 'auth.signUp', someone()), 'content-type', 'text/plain');
    expect((await send(service.port, draft)).reason).toBe('MEDIA_TYPE_NOT_SUPPORTED');
  });

  it('uses all of a password of 1,024 bytes, beyond 72 bytes and a NUL', async () => {
    const shared = `\0${'p'.repeat(100)}`;
    const input = someone({ password: `${shared}${'a'.repeat(923)}` });
    expect(await reasonOf(input)).toBeUndefined();
    const wrong = { email: input.email, password: `${shared}${'a'.repeat(922)}b` };
    expect((await callPublic(service, 'auth.signIn', wrong)).reason).toBe('CREDENTIALS_INVALID');
    const cut = { email: input.email, password: '' };
    expect((await callPublic(service, 'auth.signIn', cut)).reason).toBe('CREDENTIALS_INVALID');
    const right = { email: input.email, password: input.password };
    expect((await callPublic(service, 'auth.signIn', right)).status).toBe(200);
  });
});

it('S12: is limited for each address and network, and neither takes what others have', async () => {
  const { signUps } = service.running.service.stores;
  const made = (address: string) => {
    let count = 0;
    while (signUps.take(addressPath(address)) === 0) count++;
    return count;
  };
  expect([1, 2, 3, 4, 5].map((n) => made(`198.51.100.${n}`))).toEqual([100, 100, 100, 100, 0]);
  expect(made('198.51.101.1')).toBe(100);
  expect(await reasonOf(someone())).toBeUndefined();
  made('127.0.0.1');
  const answer = await callPublic(service, 'auth.signUp', someone());
  expect([answer.status, answer.reason]).toEqual([429, 'RATE_LIMITED']);
});
