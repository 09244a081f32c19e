import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { users } from '../../drizzle/schema/accounts.ts';
import { startService } from '../../server/app/service.ts';
import { signUpState } from '../../server/auth/sign-up.ts';
import { readConfig } from '../../server/lib/config.ts';
import { callPublic } from '../harness/people.ts';
import { queriesOf } from '../harness/queries.ts';
import { freshDatabase, makeAccountWithKey, type TestService } from '../harness/service.ts';

const TOKEN = 'a set-up token to be shown';

/** A production service on an empty database. */
async function production(more: Record<string, string> = {}) {
  const shown: string[] = [];
  const env = {
    ...(await freshDatabase()),
    ...{ PORT: '0', NODE_ENV: 'production', KEYSEAL_LOG_LEVEL: 'silent' },
    KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
    KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com',
    ...more,
  };
  const running = await startService(readConfig(env), { show: (_, text) => void shown.push(text) });
  const at = { port: running.port, authority: 'api.example.com' } as TestService;
  const signUp = async (more: Record<string, unknown>) => {
    const input = { email: `${randomBytes(6).toString('hex')}@example.com`, password: 'a long password' };
    return (await callPublic(at, 'auth.signUp', { ...input, ...more })).reason;
  };
  return { running, shown, signUp };
}

it('in production the first account needs the set-up token, once; then sign-up is closed', async () => {
  const { running, shown, signUp } = await production();
  const [token = ''] = shown.map((text) => text.trim());
  expect(await signUp({})).toBe('ACCESS_DENIED');
  expect(await signUp({ setupToken: 'a guess' })).toBe('ACCESS_DENIED');
  expect(await signUp({ setupToken: token })).toBeUndefined();
  expect(await signUp({ setupToken: token })).toBe('ACCESS_DENIED');
  expect(await signUp({})).toBe('ACCESS_DENIED');
  await running.stop();
});

it('the set-up token can be configured, and works for one of many concurrent sign-ups', async () => {
  const { running, shown, signUp } = await production({ KEYSEAL_SETUP_TOKEN: TOKEN });
  expect(shown).toEqual([]);
  const reasons = await Promise.all(Array.from({ length: 5 }, () => signUp({ setupToken: TOKEN })));
  expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
  expect(reasons.filter((reason) => reason === 'ACCESS_DENIED')).toHaveLength(4);
  await running.stop();
});

it('the set-up token is not spent by a sign-up that fails', async () => {
  const { running, signUp } = await production({ KEYSEAL_SETUP_TOKEN: TOKEN });
  await makeAccountWithKey(running);
  const [taken] = await running.service.stores.database.db.select().from(users);
  expect(await signUp({ setupToken: TOKEN, email: taken?.email })).toBe('CONFLICT');
  expect(await signUp({ setupToken: TOKEN })).toBeUndefined();
  await running.stop();
});

describe('the state of sign-up', () => {
  it('is `first` until there is an account, then closed permanently, without another query', async () => {
    const { running, signUp } = await production({ KEYSEAL_SETUP_TOKEN: TOKEN });
    const state = () => signUpState(running.service);
    expect(await state()).toBe('first');
    await signUp({ setupToken: 'a guess' });
    expect(await state()).toBe('first');
    expect(await signUp({ setupToken: TOKEN })).toBeUndefined();
    expect(await state()).toBe('closed');
    const asked = await queriesOf({ running } as TestService, async () => {
      expect([await state(), await state()]).toEqual(['closed', 'closed']);
    });
    expect(asked).toBe(0);
    await running.stop();
  });

  it('is closed if another instance created the first account', async () => {
    const { running } = await production();
    await makeAccountWithKey(running);
    expect(await signUpState(running.service)).toBe('closed');
    await running.stop();
  });

  it('is open if it was configured so, before the first account and after it', async () => {
    const { running, signUp } = await production({ KEYSEAL_SIGN_UP: 'open' });
    expect(await signUpState(running.service)).toBe('open');
    expect(await signUp({})).toBeUndefined();
    expect(await signUpState(running.service)).toBe('open');
    await running.stop();
  });
});
