import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callPublic, mutate, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('S12: common passwords', () => {
  it.each([
    'password1234',
    'PASSWORD1234',
    '!!password!!2026',
    'passwordpassword',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '123456789012',
    'qwertyuiopas',
    'keyseal-2026-',
    '1qaz2wsx3edc',
    'somebody.else@example.com',
    'somebody.else',
    'Somebody Else 12',
    'keysealkeyseal',
    'pass-word-1234',
    'ｐａｓｓｗｏｒｄ１２３４',
    'iloveyou iloveyou',
    'passwordpasswordpassword',
  ])('%s is refused, and the answer says which field', async (password) => {
    const email = 'somebody.else@example.com';
    const answer = await callPublic(service, 'auth.signUp', { email, name: 'Somebody Else', password });
    expect([answer.reason, answer.json.error.data.issues?.[0]?.path]).toEqual(['INPUT_INVALID', 'password']);
  });

  it('are refused in a password change too', async () => {
    const person = await signUp(service);
    const change = { currentPassword: person.password, newPassword: 'password1234' };
    const answer = await mutate(service, person, 'auth.changePassword', change);
    expect([answer.reason, answer.json.error.data.issues?.[0]?.path]).toEqual([
      'INPUT_INVALID',
      'newPassword',
    ]);
  });

  it.each(['correct horse battery', 'a cat sat on 7 keys', 'Gx7#-password-vK2'])(
    '%s is taken',
    async (password) => {
      const email = `taken-${password.length}@example.com`;
      expect((await callPublic(service, 'auth.signUp', { email, password })).status).toBe(200);
    },
  );
});
