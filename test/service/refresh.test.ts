import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Credentials, type SignOptions, send, sign } from '../harness/wire.ts';

let service: TestService;
let ahead = 0;
const clock = () => Date.now() + ahead;

beforeAll(async () => {
  service = await startTestService({ clock });
});
afterAll(() => service.stop());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** `auth.refresh`, signed by a session as it should be: without a token. */
function refresh(who: Credentials, refreshToken: unknown, more: Partial<SignOptions> = {}): Promise<Answer> {
  const options = {
    authority: service.authority,
    method: 'POST',
    body: JSON.stringify({ refreshToken }),
    t: Math.floor(clock() / 1000),
    ...more,
  };
  return send(service.port, sign(who, '/api/auth.refresh', options));
}

const given = (answer: Answer) => answer.json.result.data.session;
const alive = async (person: Person, token: string) => {
  const t = Math.floor(clock() / 1000);
  const options = { authority: service.authority, token, t };
  return (await send(service.port, sign(person, '/api/whoami', options))).reason;
};

describe('auth.refresh', () => {
  it('returns the next refresh token and a new access token, and no signing secret', async () => {
    const ada = await signUp(service);
    const session = given(await refresh(ada, ada.refreshToken));
    expect(Object.keys(session).sort()).toEqual([
      'accessToken',
      'accessTokenExpiresAt',
      'id',
      'refreshToken',
    ]);
    expect(session.id).toBe(ada.id);
    expect(session.refreshToken).not.toBe(ada.refreshToken);
    expect(await alive(ada, session.accessToken)).toBeUndefined();
  });

  it('returns the same successor again within 30 seconds, to concurrent calls too', async () => {
    const ada = await signUp(service);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(ada, ada.refreshToken)));
    expect(new Set(answers.map((answer) => given(answer).refreshToken)).size).toBe(1);
    const next = given(answers[0] as Answer).refreshToken;
    expect((await refresh(ada, next)).status).toBe(200);
  });

  it('A2: a clock that was wrong prolongs no grace period: a spent token has no successor once it is right', async () => {
    const ada = await signUp(service);
    ahead = 3 * DAY;
    expect((await refresh(ada, ada.refreshToken)).status).toBe(200);
    ahead = 0;
    expect((await refresh(ada, ada.refreshToken)).reason).toBe('SESSION_ENDED');
  });

  it('a successor that an instance with a clock a few seconds ahead made is returned again', async () => {
    const ada = await signUp(service);
    ahead = 5_000;
    const next = given(await refresh(ada, ada.refreshToken)).refreshToken;
    ahead = 0;
    expect(given(await refresh(ada, ada.refreshToken)).refreshToken).toBe(next);
  });

  it.each<[string, (ada: Person) => Promise<string>]>([
    [
      'after 30 seconds',
      async (ada) => {
        await refresh(ada, ada.refreshToken);
        ahead += 31_000;
        return ada.refreshToken;
      },
    ],
    [
      'once its successor was used',
      async (ada) => {
        const next = given(await refresh(ada, ada.refreshToken)).refreshToken;
        await refresh(ada, next);
        return ada.refreshToken;
      },
    ],
  ])('ends the session if a spent token is used %s', async (_, spend) => {
    const ada = await signUp(service);
    const spent = await spend(ada);
    expect((await refresh(ada, spent)).reason).toBe('SESSION_ENDED');
    expect((await refresh(ada, ada.refreshToken)).reason).toBe('SESSION_ENDED');
    expect(await alive(ada, ada.token)).toBe('SESSION_ENDED');
  });

  it.each<[string, (ada: Person, eve: Person) => unknown]>([
    ['another session’s token', (_, eve) => eve.refreshToken],
    ['an access token', (ada) => ada.token],
    ['a later token than was given', (ada) => ada.refreshToken.replace('ksr_1_', 'ksr_2_')],
    ['one with a changed end', (ada) => `${ada.refreshToken.slice(0, -1)}x`],
    ['one with a newline', (ada) => `${ada.refreshToken}\n`],
    ['one in capitals', (ada) => ada.refreshToken.toUpperCase()],
    ['a guess', () => 'ksr_1_0'],
  ])('refuses %s with TOKEN_INVALID, and the session continues', async (_, token) => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    expect((await refresh(ada, token(ada, eve))).reason).toBe('TOKEN_INVALID');
    expect((await refresh(ada, ada.refreshToken)).status).toBe(200);
    expect((await refresh(eve, eve.refreshToken)).status).toBe(200);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'TOKEN_MISSING'],
    ['an empty text', '', 'INPUT_INVALID'],
    ['a number', 1, 'INPUT_INVALID'],
    ['an object', { $ne: null }, 'INPUT_INVALID'],
    ['a long text', 'x'.repeat(501), 'INPUT_INVALID'],
  ])('refuses %s', async (_, token, reason) => {
    expect((await refresh(await signUp(service), token)).reason).toBe(reason);
  });

  it('needs the session’s signing secret, so that a stolen refresh token is useless', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    const thief = { ...ada, signingSecret: eve.signingSecret };
    expect((await refresh(thief, ada.refreshToken)).reason).toBe('SIGNATURE_INVALID');
    expect((await refresh(service.demo, ada.refreshToken)).reason).toBe('REQUEST_MALFORMED');
    expect((await refresh({ ...service.demo, apiKey: null }, ada.refreshToken)).reason).toBe(
      'SIGNATURE_INVALID',
    );
  });

  it('refuses an authorization header, and a batch', async () => {
    const ada = await signUp(service);
    expect((await refresh(ada, ada.refreshToken, { token: ada.token })).reason).toBe('REQUEST_MALFORMED');
    const body = JSON.stringify({ 0: { refreshToken: ada.refreshToken } });
    const batch = sign(ada, '/api/auth.refresh?batch=1', { authority: service.authority, body });
    expect((await send(service.port, batch)).reason).toBe('REQUEST_MALFORMED');
  });
});

describe('a session without a token', () => {
  it.each(['whoami', 'exemple', 'keys.list', 'auth.signOut', 'profile'])(
    'gets TOKEN_MISSING from %s',
    async (name) => {
      const ada = { ...(await signUp(service)), token: undefined };
      const options = {
        authority: service.authority,
        method: name === 'auth.signOut' ? 'POST' : 'GET',
        t: Math.floor(clock() / 1000),
      };
      const answer = await send(service.port, sign(ada, `/api/${name}`, options));
      expect([answer.status, answer.reason]).toEqual([401, 'TOKEN_MISSING']);
    },
  );
});

describe('auth.signOut', () => {
  it('ends this session at once, and no other', async () => {
    ahead = 0;
    const ada = await signUp(service);
    const bob = await signUp(service);
    expect((await mutate(service, ada, 'auth.signOut')).status).toBe(200);
    expect((await query(service, ada, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await refresh(ada, ada.refreshToken)).reason).toBe('SESSION_ENDED');
    expect((await query(service, bob, 'whoami')).status).toBe(200);
  });

  it('refuses a key, and a key on behalf of the person', async () => {
    const ada = await signUp(service);
    const options = { authority: service.authority, method: 'POST' };
    for (const more of [{}, { token: ada.token }]) {
      const answer = await send(
        service.port,
        sign(service.demo, '/api/auth.signOut', { ...options, ...more }),
      );
      expect(answer.reason).toBe(more.token ? 'WORKSPACE_DENIED' : 'ACCESS_DENIED');
    }
  });
});

// The last of this file: a service that saw a later time accepts nothing from before it.
describe('a session', () => {
  it('ends 30 days after it was last refreshed, and 90 days after it began', async () => {
    const start = ahead;
    const [idle, busy] = [await signUp(service), await signUp(service)];
    let token = busy.refreshToken;
    for (const days of [29, 58, 87]) {
      ahead = start + days * DAY;
      token = given(await refresh(busy, token)).refreshToken;
    }
    expect((await refresh(idle, idle.refreshToken)).reason).toBe('SESSION_ENDED');
    ahead = start + 91 * DAY;
    expect((await refresh(busy, token)).reason).toBe('SESSION_ENDED');
  });
});
