import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKeysealClient, type KeysealRefusal, type KeysealSession } from '../../client/index.ts';
import { DefaultSessionManager } from '../../client/sessions/default-session-manager.ts';
import { ServerClock } from '../../client/signing/clock.ts';
import { newKey, newSession, noted, withKey } from '../harness/clients.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
/** Milliseconds by which the server's clock runs ahead of the machine's. */
let ahead = 0;

beforeAll(async () => {
  service = await startTestService({ clock: () => Date.now() + ahead });
});
afterAll(() => service.stop());

/** As it is read from a store when its access token is about to run out. */
const runningOut = (session: KeysealSession): KeysealSession => ({
  ...session,
  accessTokenExpiresAt: new Date(Date.now() + 5_000).toISOString(),
});

const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no refusal',
    (error: KeysealRefusal) => error.reason,
  );

describe('a session whose token runs out', () => {
  it('is refreshed once for many calls at once', async () => {
    const session = runningOut(await newSession(service));
    const { fetch, paths } = noted();
    const changed = vi.fn();
    const client = createKeysealClient({ url: service.url, session, fetch, onSessionChange: changed });
    const revoking = reasonOf(client.keys.revoke.mutate({ id: 'none' }));
    await Promise.all([client.whoami.query(), client.keys.list.query(), revoking]);
    expect(await revoking).toBe('KEY_NOT_FOUND');
    expect(paths().filter((path) => path === 'auth.refresh')).toHaveLength(1);
    expect(paths()[0]).toBe('auth.refresh');
    const fresh = changed.mock.calls[0]?.[0] as KeysealSession;
    expect(fresh).toMatchObject({ id: session.id, signingSecret: session.signingSecret });
    expect(fresh.refreshToken).not.toBe(session.refreshToken);
  });

  it('is refreshed alongside a key too', async () => {
    const session = await newSession(service);
    const person = createKeysealClient({ url: service.url, session });
    const key = await newKey(person, ['profile:read']);
    const { fetch, paths } = noted();
    const options = { url: service.url, ...key, fetch };
    await createKeysealClient({ ...options, session: runningOut(session) }).profile.query();
    expect(paths()).toEqual(['auth.refresh', 'profile']);
  });

  it('is refreshed again if the answer was lost', async () => {
    const session = runningOut(await newSession(service));
    const { fetch, paths } = noted();
    let lost = 0;
    const lossy: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (paths().at(-1) === 'auth.refresh' && lost++ === 0) throw new TypeError('connection reset');
      return response;
    };
    const client = createKeysealClient({ url: service.url, session, fetch: lossy });
    expect((await client.whoami.query()).kind).toBe('user');
    expect(paths()).toEqual(['auth.refresh', 'auth.refresh', 'whoami']);
  });
});

describe('a session that is over', () => {
  it('is announced after sign-out, and the client refuses calls', async () => {
    const changed = vi.fn();
    const session = await newSession(service);
    const client = createKeysealClient({ url: service.url, session, onSessionChange: changed });
    await client.auth.signOut.mutate();
    expect(await reasonOf(client.whoami.query())).toBe('SESSION_ENDED');
    expect(changed.mock.calls).toEqual([[null]]);
  });

  it('is announced once if it was ended elsewhere', async () => {
    const changed = vi.fn();
    const session = await newSession(service);
    const client = createKeysealClient({ url: service.url, session, onSessionChange: changed });
    await createKeysealClient({ url: service.url, session }).auth.signOut.mutate();
    expect(await reasonOf(client.whoami.query())).toBe('SESSION_ENDED');
    expect(await reasonOf(client.whoami.query())).toBe('SESSION_ENDED');
    expect(changed.mock.calls).toEqual([[null]]);
  });

  it('is announced if another client used its refresh token long ago', async () => {
    const session = await newSession(service);
    const other = createKeysealClient({ url: service.url, session: runningOut(session) });
    await other.whoami.query();
    ahead = 31_000;
    try {
      const changed = vi.fn();
      const client = createKeysealClient({
        url: service.url,
        session: runningOut(session),
        onSessionChange: changed,
      });
      expect(await reasonOf(client.whoami.query())).toBe('SESSION_ENDED');
      expect(changed.mock.calls).toEqual([[null]]);
    } finally {
      ahead = 0;
    }
  });

  it('is not announced as refreshed if the answer arrived after its end', async () => {
    const session = await newSession(service);
    const changed = vi.fn();
    let answer: (refreshed: KeysealSession) => void = () => {};
    const refreshing = new Promise<KeysealSession>((resolve) => {
      answer = resolve;
    });
    const keeper = new DefaultSessionManager(session, new ServerClock(), () => refreshing, changed);
    const renewed = keeper.renew(session.accessToken);
    keeper.end(null);
    answer({ ...session, refreshToken: 'the next' });
    await renewed;
    expect(changed.mock.calls).toEqual([[null]]);
  });

  it('does not affect a client that has only a key', async () => {
    const client = createKeysealClient({ ...withKey(service), session: null });
    expect((await client.exemple.query()).caller.userId).toBeNull();
  });
});

it('a session is refreshed by the server’s clock, not by a client’s that runs behind', async () => {
  let minutes = 0;
  const later = await startTestService({ clock: () => Date.now() + minutes * 60_000 });
  const session = await newSession(later);
  minutes = 11;
  const { fetch, paths } = noted();
  const client = createKeysealClient({ url: later.url, session, fetch });
  expect((await client.whoami.query()).kind).toBe('user');
  // Refused for the time; the right time says that the token has run out.
  expect(paths()).toEqual(['whoami', 'auth.refresh', 'whoami']);
  await later.stop();
});

// The last of this file, since the time of the whole process continues.
describe('a token that the server refuses as expired', () => {
  let later: TestService;
  const sessions: KeysealSession[] = [];

  /** Twelve minutes on, for the server and the client alike, and no way back. */
  beforeAll(async () => {
    later = await startTestService({ clock: () => Date.now() });
    const accessTokenExpiresAt = new Date(Date.now() + 3_600_000).toISOString();
    for (let n = 0; n < 4; n++) sessions.push({ ...(await newSession(later)), accessTokenExpiresAt });
    vi.useFakeTimers({ now: Date.now() + 12 * 60_000, toFake: ['Date'] });
  });
  afterAll(async () => {
    vi.useRealTimers();
    await later.stop();
  });

  /** A person who has not called since, and what they send. */
  const newPerson = () => {
    const { fetch, paths } = noted();
    const session = sessions.pop() as KeysealSession;
    return { client: createKeysealClient({ url: later.url, session, fetch }), paths };
  };

  it('is refreshed, and a query is sent again', async () => {
    const { client, paths } = newPerson();
    expect((await client.whoami.query()).kind).toBe('user');
    expect(paths()).toEqual(['whoami', 'auth.refresh', 'whoami']);
  });

  it('has a mutation with an idempotency key sent again, and it is carried out once', async () => {
    const { client, paths } = newPerson();
    const input = { name: 'Once', environment: 'test' as const, permissions: ['exemple:read'] };
    const { key } = await client.keys.create.mutate({ ...input, idempotencyKey: crypto.randomUUID() });
    expect(paths()).toEqual(['keys.create', 'auth.refresh', 'keys.create']);
    expect((await client.keys.list.query({ search: 'Once' })).items.map(({ id }) => id)).toEqual([key.id]);
  });

  it('has no batch sent again in which one mutation lacks an idempotency key', async () => {
    const { client, paths } = newPerson();
    const input = { name: 'Two', environment: 'test' as const, permissions: ['exemple:read'] };
    const calls = [
      client.keys.create.mutate({ ...input, idempotencyKey: crypto.randomUUID() }),
      client.keys.create.mutate(input),
    ];
    expect(await Promise.all(calls.map(reasonOf))).toEqual(['TOKEN_EXPIRED', 'TOKEN_EXPIRED']);
    expect(paths()).toEqual(['keys.create,keys.create']);
  });

  it('has no other mutation sent again', async () => {
    const { client, paths } = newPerson();
    expect(await reasonOf(client.auth.signOut.mutate())).toBe('TOKEN_EXPIRED');
    expect(paths()).toEqual(['auth.signOut']);
  });
});
