import { createPublicKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { deleteFinishedSignIns } from '../../server/auth/external/identities.ts';
import { subscribe } from '../harness/events.ts';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { b64, hs256 } from '../harness/forge.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { LOGOUT_EVENT, logOut, logoutToken, sendLogout } from '../harness/logout-token.ts';
import { createKey, type Person, personOf, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Credentials, send, sign } from '../harness/wire.ts';

let issuer: HostileIssuer;
let other: HostileIssuer;
let service: TestService;
/** Another instance on Postgres; the same on PGlite. */
let second: TestService;
let key: Credentials;
let listener: Credentials;
/** Milliseconds by which the clocks of all of them are ahead. */
let ahead = 0;
const clock = () => Date.now() + ahead;
const now = () => Math.floor(clock() / 1000);

beforeAll(async () => {
  issuer = await startHostileIssuer(clock);
  other = await startHostileIssuer(clock);
  const env = {
    KEYSEAL_ISSUERS: JSON.stringify([
      signInEntry(issuer, { audience: 'keyseal', userToken: true }),
      signInEntry(other, { name: 'other', clientId: 'other-client' }),
    ]),
    KEYSEAL_ADDRESS_FAILURES: '100000',
  };
  service = await startTestService({ env, clock });
  second = service.env['DATABASE_URL'] ? await sibling(service, {}, clock) : service;
  const owner = await signUp(service);
  key = await createKey(service, owner, { permissions: ['exemple:read'] });
  listener = await createKey(service, owner, { permissions: ['clock:read'] });
});
afterAll(async () => {
  if (second !== service) await second.stop();
  await service.stop();
  await issuer.stop();
  await other.stop();
});
beforeEach(() => {
  ahead = 0;
  issuer.misbehave(null);
});

interface SignedIn extends Person {
  readonly subject: string;
}

/** Signs a new person in. @param claims of the ID token, instead of the right ones */
async function signedIn(claims: object = {}): Promise<SignedIn> {
  const begun = await beginSignIn(service);
  const all = { ...claimsFor(begun), ...claims };
  issuer.answerWith(tokensWith(issuer.token(all, ID_TOKEN)));
  const answer = await finish(service, callbackOf(issuer, begun), begun.flow);
  if (answer.status !== 200) throw new Error(answer.text);
  return { ...personOf(answer, all.email, ''), subject: all.sub };
}

const whoami = async (who: Person, at = service) => (await query(at, who, 'whoami')).reason ?? 'admitted';

async function call(token: string, at = service): Promise<string> {
  const t = now();
  const answer = await send(at.port, sign(key, '/api/whoami', { authority: at.authority, token, t }));
  return answer.reason ?? 'admitted';
}

const refused = ({ status, text, headers }: Answer) => [status, text, headers['cache-control']];
const INVALID = [400, '{"error":"invalid_request"}', 'no-store'];

describe('a logout token', () => {
  it('ends the sessions of its person on every instance, and answers 200 without content', async () => {
    const [ada, bob] = [await signedIn(), await signedIn()];
    for (const at of [service, second]) expect(await whoami(ada, at)).toBe('admitted');
    const answer = await logOut(second, logoutToken(issuer, { sub: ada.subject }));
    expect([answer.status, answer.text, answer.headers['cache-control']]).toEqual([200, '', 'no-store']);
    for (const at of [service, second]) expect(await whoami(ada, at)).toBe('SESSION_ENDED');
    expect(await whoami(bob)).toBe('admitted');
  });

  it.each<[string, (right: { sub: string; sid: string }) => object, boolean]>([
    ['of the session', ({ sid }) => ({ sid, sub: undefined }), true],
    ['of the person and the session', (right) => right, true],
    ['of the person and another session', ({ sub }) => ({ sub, sid: 'another' }), false],
    ['of another person and the session', ({ sid }) => ({ sub: 'another', sid }), false],
    ['of another session', () => ({ sid: 'another', sub: undefined }), false],
  ])('%s concerns the sessions that it names', async (_, change, ends) => {
    const sid = randomUUID();
    const ada = await signedIn({ sid });
    expect((await logOut(service, logoutToken(issuer, change({ sub: ada.subject, sid })))).status).toBe(200);
    expect(await whoami(ada)).toBe(ends ? 'SESSION_ENDED' : 'admitted');
  });

  it('of a session also ends those of its person of which the provider named none', async () => {
    const ada = await signedIn();
    await logOut(service, logoutToken(issuer, { sub: ada.subject, sid: 'unknown here' }));
    expect(await whoami(ada)).toBe('SESSION_ENDED');
  });

  it('of a person who is unknown here succeeds: they are signed out already', async () => {
    expect((await logOut(service, logoutToken(issuer, { sub: 'never seen' }))).status).toBe(200);
  });

  it('with the type of all JWTs, without exp, or for several clients is accepted', async () => {
    for (const [change, header] of [
      [{}, { typ: 'JWT' }],
      [{}, { typ: undefined }],
      [{ exp: undefined }, {}],
      [{ aud: ['another', 'keyseal'] }, {}],
    ] as const)
      expect((await logOut(service, logoutToken(issuer, { sub: 'x', ...change }, header))).status).toBe(200);
  });

  it('is accepted once, also by two instances at once', async () => {
    const token = logoutToken(issuer, { sub: 'once' });
    const answers = await Promise.all([service, second, service].map((at) => logOut(at, token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(refused(await logOut(second, token))).toEqual(INVALID);
  });

  it('of another issuer with the same `jti` is another token', async () => {
    const jti = randomUUID();
    expect((await logOut(service, logoutToken(issuer, { sub: 'x', jti }))).status).toBe(200);
    expect((await logOut(service, logoutToken(other, { jti, aud: 'other-client' }))).status).toBe(200);
  });

  it.each<[string, () => string]>([
    ['for another client', () => logoutToken(issuer, { aud: 'other-client' })],
    ['without aud', () => logoutToken(issuer, { aud: undefined })],
    ['of another issuer with the same kid', () => logoutToken(issuer, { iss: other.issuer })],
    ['of an unknown issuer', () => logoutToken(issuer, { iss: 'https://evil.example' })],
    ['of a person of another issuer', () => logoutToken(other)],
    ['without iat', () => logoutToken(issuer, { iat: undefined })],
    ['issued long ago', () => logoutToken(issuer, { iat: now() - 601, exp: now() + 60 })],
    ['issued in the future', () => logoutToken(issuer, { iat: now() + 3600, exp: now() + 7200 })],
    ['that has expired', () => logoutToken(issuer, { iat: now() - 60, exp: now() - 1 })],
    ['that expires before it was issued', () => logoutToken(issuer, { iat: now() + 30, exp: now() + 20 })],
    ['that is not valid yet', () => logoutToken(issuer, { nbf: now() + 3600 })],
    ['without jti', () => logoutToken(issuer, { jti: undefined })],
    ['with a jti that is no text', () => logoutToken(issuer, { jti: 7 })],
    ['with an endless jti', () => logoutToken(issuer, { jti: 'x'.repeat(256) })],
    ['without events', () => logoutToken(issuer, { events: undefined })],
    ['of another event', () => logoutToken(issuer, { events: { 'http://example.com/event': {} } })],
    ['whose events are a list', () => logoutToken(issuer, { events: [LOGOUT_EVENT] })],
    ['whose event is no object', () => logoutToken(issuer, { events: { [LOGOUT_EVENT]: true } })],
    ['whose event is a list', () => logoutToken(issuer, { events: { [LOGOUT_EVENT]: [] } })],
    ['without sub and sid', () => logoutToken(issuer, { sub: undefined })],
    ['with an empty sub', () => logoutToken(issuer, { sub: '' })],
    ['with a sid that is no text', () => logoutToken(issuer, { sid: 7 })],
    ['with a nonce', () => logoutToken(issuer, { nonce: 'abc' })],
    ['with the type of access tokens', () => logoutToken(issuer, {}, { typ: 'at+jwt' })],
    ['whose alg has no text', () => logoutToken(issuer, {}, { alg: { toString: 1 } })],
    ['with jku', () => logoutToken(issuer, {}, { jku: `${other.issuer}/keys` })],
    ['with x5u', () => logoutToken(issuer, {}, { x5u: `${other.issuer}/keys` })],
    [
      'signed by another key',
      () => issuer.token({ jti: '1', events: { [LOGOUT_EVENT]: {} } }, {}, other.published.get('first')),
    ],
    [
      'with alg none',
      () => `${b64('{"alg":"none","typ":"logout+jwt"}')}.${logoutToken(issuer).split('.')[1]}.`,
    ],
    [
      'with HS256 by the public key',
      () => {
        const claims = { iss: issuer.issuer, aud: 'keyseal', iat: now(), exp: now() + 60, sub: 'ada' };
        const pem = createPublicKey(issuer.published.get('first') ?? '').export({
          type: 'spki',
          format: 'pem',
        });
        const events = { [LOGOUT_EVENT]: {} };
        return hs256({ header: { kid: 'first' }, claims: { ...claims, jti: '1', events } }, pem);
      },
    ],
    ['that is longer than any token', () => logoutToken(issuer, { more: 'x'.repeat(8_200) })],
    ['that is no token', () => 'a.b.c'],
    ['that is empty', () => ''],
  ])('%s is refused, and ends nothing', async (_, make) => {
    const ada = await signedIn({ sub: 'ada', email: 'ada@example.com' });
    expect(refused(await logOut(service, make()))).toEqual(INVALID);
    expect(await whoami(ada)).toBe('admitted');
  });

  it('is no ID token, and an ID token is no logout token', async () => {
    const ada = await signedIn();
    const idToken = issuer.token({ sub: ada.subject, nonce: 'n', jti: randomUUID() }, ID_TOKEN);
    expect(refused(await logOut(service, idToken))).toEqual(INVALID);
    const begun = await beginSignIn(service);
    // Even one with a nonce, which no logout token has.
    issuer.answerWith(tokensWith(logoutToken(issuer, claimsFor(begun))));
    expect((await finish(service, callbackOf(issuer, begun), begun.flow)).reason).toBe('SIGN_IN_INVALID');
  });
});

describe('the request', () => {
  it.each<[string, () => Promise<Answer>]>([
    ['without a token', () => sendLogout(service, 'a=b')],
    [
      'with two tokens',
      () => sendLogout(service, `logout_token=${logoutToken(issuer)}&logout_token=${logoutToken(issuer)}`),
    ],
    [
      'with JSON',
      () => {
        const body = JSON.stringify({ logout_token: logoutToken(issuer) });
        return sendLogout(service, body, { type: 'application/json' });
      },
    ],
    [
      'with the token in the query',
      () => {
        const path = `/backchannel-logout?logout_token=${logoutToken(issuer)}`;
        return sendLogout(service, '', { path });
      },
    ],
  ])('%s is refused', async (_, make) => {
    expect(refused(await make())).toEqual(INVALID);
  });

  it('is a POST of at most 16 KiB', async () => {
    const got = await sendLogout(service, '', { method: 'GET' });
    expect([got.status, got.headers['allow'], got.text]).toEqual([
      405,
      'POST',
      '{"error":"invalid_request"}',
    ]);
    expect((await sendLogout(service, `logout_token=${'x'.repeat(16_400)}`)).status).toBe(413);
  });

  it('fails with 400 while the keys of the issuer cannot be read, and can be repeated', async () => {
    const ada = await signedIn();
    const token = logoutToken(other, { sub: ada.subject, aud: 'other-client' }, { kid: 'new' });
    other.misbehave((response) => response.writeHead(500).end());
    const answer = await logOut(service, token);
    expect([answer.status, answer.text]).toEqual([400, '{"error":"temporarily_unavailable"}']);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    other.misbehave(null);
    ahead += 6_000;
    expect(refused(await logOut(service, token))).toEqual(INVALID);
  });

  it('of an address that fails too often is answered so', async () => {
    const env = { KEYSEAL_ISSUERS: service.env['KEYSEAL_ISSUERS'] ?? '', KEYSEAL_ADDRESS_FAILURES: '3' };
    const throttled = await startTestService({ env, clock });
    for (let i = 0; i < 3; i++) expect((await logOut(throttled, 'a.b.c')).status).toBe(400);
    const answer = await logOut(throttled, 'a.b.c');
    expect([answer.status, answer.text]).toEqual([429, '{"error":"invalid_request"}']);
    await throttled.stop();
  });

  it('is not accepted again as long as it could be, by an issuer whose clock was ahead', async () => {
    const env = {
      KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { clockTolerance: 300 })]),
    };
    const tolerant = await startTestService({ env, clock });
    const token = logoutToken(issuer, { sub: 'x', iat: now() + 350, exp: now() + 3_600 });
    expect((await logOut(tolerant, token)).status).toBe(200);
    ahead += 1_240_000;
    await deleteFinishedSignIns(tolerant.running.service.stores);
    expect(refused(await logOut(tolerant, token))).toEqual(INVALID);
    await tolerant.stop();
  });

  it('leaves no token in the log', async () => {
    const token = logoutToken(issuer, { sub: 'quiet', nonce: 'x' });
    await logOut(service, token);
    const log = service.log.join('\n');
    expect(log).toContain('a logout token of company is not valid');
    expect(log).not.toContain(token.split('.')[2]);
  });
});

it('an issuer may log many people out at once', async () => {
  const all = Array.from({ length: 300 }, (_, n) =>
    logOut(service, logoutToken(issuer, { sub: `many ${n}` })),
  );
  expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set([200]));
});

describe('12: an issuer with as many logouts as it may have in memory', () => {
  const flooded = async (name: string, ends: () => Promise<void>) => {
    const { providerLogouts } = service.running.service.stores;
    const retainedUntil = clock() + 1_000;
    for (let n = 0; n < 100_000; n++)
      providerLogouts.remember({
        issuer: name,
        subject: `flood ${n}`,
        session: null,
        at: now(),
        retainedUntil,
      });
    try {
      await ends();
    } finally {
      ahead += 2_000;
      await providerLogouts.purge();
    }
  };

  it('leaves a share for those of another', async () => {
    const ada = await signedIn();
    await flooded(other.issuer, async () => {
      expect((await logOut(service, logoutToken(issuer, { sub: ada.subject }))).status).toBe(200);
      expect(await whoami(ada)).toBe('SESSION_ENDED');
    });
    expect((await logOut(service, logoutToken(other, { aud: 'other-client' }))).status).toBe(200);
  });

  it('still ends sessions, and is told to repeat the request', async () => {
    const ada = await signedIn();
    await flooded(issuer.issuer, async () => {
      const token = logoutToken(issuer, { sub: ada.subject });
      const answer = await logOut(service, token);
      expect(await whoami(ada)).toBe('SESSION_ENDED');
      // Only Postgres has them in a table.
      if (inject('database') === 'postgres') return expect(answer.status).toBe(200);
      for (const { status, text, headers } of [answer, await logOut(service, token)])
        expect([status, text, headers['retry-after']]).toEqual([
          400,
          '{"error":"temporarily_unavailable"}',
          '60',
        ]);
    });
  });
});

describe('a sign-in whose answer arrives after the logout', () => {
  it.each<[string, (sub: string, sid: string) => object]>([
    ['of its person', (sub) => ({ sub })],
    ['of its session', (_, sid) => ({ sid, sub: undefined })],
  ])('%s begins no session', async (_, who) => {
    const [begun, sid] = [await beginSignIn(service), randomUUID()];
    const claims = claimsFor(begun);
    issuer.answerWith(tokensWith(issuer.token({ ...claims, sid }, ID_TOKEN)));
    await logOut(second, logoutToken(issuer, who(claims.sub, sid)));
    expect((await finish(service, callbackOf(issuer, begun), begun.flow)).reason).toBe('SIGN_IN_INVALID');
  });

  it('or with it leaves no session, whichever comes first', async () => {
    for (let i = 0; i < 8; i++) {
      const begun = await beginSignIn(service);
      const claims = claimsFor(begun);
      issuer.answerWith(tokensWith(issuer.token(claims, ID_TOKEN)));
      const [answer] = await Promise.all([
        finish(service, callbackOf(issuer, begun), begun.flow),
        logOut(second, logoutToken(issuer, { sub: claims.sub })),
      ]);
      const reason = answer.status === 200 ? await whoami(personOf(answer, claims.email, '')) : answer.reason;
      expect(['SESSION_ENDED', 'SIGN_IN_INVALID']).toContain(reason);
    }
  });
});

describe('a user token of a person who logged out', () => {
  const at = (seconds: number, claims: object) =>
    issuer.token({ iat: now() + seconds, exp: now() + 600, ...claims });

  it.each<[string, object, object, boolean]>([
    ['of the person', { sub: 'p1' }, { sub: 'p1' }, true],
    ['with a session, of the person', { sub: 'p2', sid: 's2' }, { sub: 'p2' }, true],
    ['of the session', { sub: 'p3', sid: 's3' }, { sid: 's3', sub: undefined }, true],
    ['of the person and the session', { sub: 'p4', sid: 's4' }, { sub: 'p4', sid: 's4' }, true],
    ['that names no session', { sub: 'p5' }, { sub: 'p5', sid: 's5' }, true],
    ['without iat', { sub: 'p6', iat: undefined }, { sub: 'p6' }, true],
    ['of another session', { sub: 'p7', sid: 's7' }, { sub: 'p7', sid: 'another' }, false],
    ['of another person', { sub: 'p8' }, { sub: 'p9' }, false],
    ['whose session has the name of a person', { sub: 'p10', sid: 'p11' }, { sub: 'p11' }, false],
  ])('%s', async (_, claims, logout, over) => {
    const token = at(-5, claims);
    for (const instance of [service, second]) expect(await call(token, instance)).toBe('admitted');
    expect((await logOut(service, logoutToken(issuer, logout))).status).toBe(200);
    for (const instance of [second, service])
      expect(await call(token, instance)).toBe(over ? 'SESSION_ENDED' : 'admitted');
    // One that no instance has seen before.
    const unseen = at(-6, claims);
    expect(await call(unseen, second)).toBe(over ? 'SESSION_ENDED' : 'admitted');
  });

  it('is admitted if it was issued after the logout', async () => {
    const iat = now() - 3;
    await logOut(service, logoutToken(issuer, { sub: 'later', iat }));
    expect(await call(at(0, { sub: 'later', iat }))).toBe('SESSION_ENDED');
    expect(await call(at(0, { sub: 'later', iat: iat + 1 }))).toBe('admitted');
  });

  it('of another issuer is not concerned', async () => {
    const token = at(-5, { sub: 'same name' });
    await logOut(service, logoutToken(other, { sub: 'same name', aud: 'other-client' }));
    expect(await call(token)).toBe('admitted');
  });

  it('ends a stream that is open', async () => {
    const token = at(-5, { sub: 'streaming' });
    const stream = await subscribe(second, { ...listener, token }, 'clock', { everyMs: 50 });
    await stream.count(2);
    await logOut(service, logoutToken(issuer, { sub: 'streaming' }));
    await stream.over;
    expect(await call(token)).toBe('SESSION_ENDED');
  });

  it('claims its nonce, so that the refused request cannot be repeated', async () => {
    const token = at(-5, { sub: 'replayed' });
    await logOut(service, logoutToken(issuer, { sub: 'replayed' }));
    const draft = sign(key, '/api/whoami', { authority: service.authority, token, t: now() });
    expect((await send(service.port, draft)).reason).toBe('SESSION_ENDED');
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
  });
});

it('logouts are remembered across a restart, and forgotten once no token from before can be valid', async () => {
  const week = 7 * 86_400;
  const env = { KEYSEAL_ISSUERS: service.env['KEYSEAL_ISSUERS'] ?? '' };
  let at = await startTestService({ env, clock });
  const mine = await createKey(at, await signUp(at), { permissions: ['exemple:read'] });
  const show = async (token: string) => {
    const options = { authority: at.authority, token, t: now() };
    return (await send(at.port, sign(mine, '/api/whoami', options))).reason ?? 'admitted';
  };
  const token = issuer.token({ sub: 'remembered', iat: now() - 10, exp: now() - 10 + week });
  expect(await show(token)).toBe('admitted');
  await logOut(at, logoutToken(issuer, { sub: 'remembered' }));
  await at.stop();
  at = await sibling(at, {}, clock);
  expect(await show(token)).toBe('SESSION_ENDED');
  ahead += (week - 600) * 1000;
  await at.running.service.stores.providerLogouts.purge();
  expect(await show(token)).toBe('SESSION_ENDED');
  ahead += 2 * 3_600_000;
  await at.running.service.stores.providerLogouts.purge();
  expect(await show(token)).toBe('TOKEN_EXPIRED');
  const long = issuer.token({ sub: 'remembered', iat: now() - week - 9_000, exp: now() + 60 });
  expect(await show(long)).toBe('TOKEN_INVALID');
  await at.stop();
});

it('a logout is in the audit log of the workspace of each session that it ended', async () => {
  const ada = await signedIn();
  await logOut(service, logoutToken(issuer, { sub: ada.subject }));
  const again = await signedIn({ sub: ada.subject, iat: now() + 5, email: ada.email });
  const { items } = (await query(service, again, 'audit.list', { action: 'auth.backchannelLogout' })).json
    .result.data;
  expect(items).toMatchObject([
    { actor: { kind: 'system' }, subject: ada.id, after: { reason: 'logged out at the identity provider' } },
  ]);
});
