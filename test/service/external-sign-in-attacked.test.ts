import { createPublicKey } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { dbOf } from '../harness/audit-chain.ts';
import { type Begun, beginLink, beginSignIn, finish } from '../harness/external-sign-in.ts';
import { from } from '../harness/flood.ts';
import { b64, hs256 } from '../harness/forge.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import {
  callbackOf,
  claimsFor,
  ID_TOKEN,
  parameterOf,
  redeem,
  signInEntry,
  tokensWith,
} from '../harness/hostile-sign-in.ts';
import { callPublic, mutate, publicDraft, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send } from '../harness/wire.ts';

let issuer: HostileIssuer;
let other: HostileIssuer;
let service: TestService;
/** Milliseconds by which the service's clock is ahead. */
let ahead = 0;
const clock = () => Date.now() + ahead;

beforeAll(async () => {
  issuer = await startHostileIssuer(clock);
  other = await startHostileIssuer(clock);
  const env = {
    KEYSEAL_ISSUERS: JSON.stringify([
      signInEntry(issuer),
      signInEntry(other, { name: 'other', clientId: 'other-client' }),
    ]),
    KEYSEAL_CORS_ORIGINS: 'https://app.example.com',
  };
  service = await startTestService({ env, clock });
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
  await other.stop();
});
beforeEach(() => {
  ahead = 0;
  for (const name of Object.keys(issuer.metadata)) delete issuer.metadata[name];
});

/** The answer to a sign-in whose ID token the provider makes so. */
async function withToken(make: (begun: Begun) => string): Promise<string> {
  const begun = await beginSignIn(service);
  issuer.answerWith(tokensWith(make(begun)));
  return (await finish(service, callbackOf(issuer, begun), begun.flow)).reason ?? 'admitted';
}

const now = () => Math.floor(clock() / 1000);
/** All claims of a token that the issuer does not sign. */
const plain = (claims: object) => ({ iss: issuer.issuer, iat: now(), exp: now() + 300, ...claims });
const publicPem = () =>
  createPublicKey(issuer.published.get('first') ?? '').export({ type: 'spki', format: 'pem' });

describe('the ID token', () => {
  it('signs in if it is valid', async () => {
    expect(await withToken((begun) => issuer.token(claimsFor(begun), ID_TOKEN))).toBe('admitted');
    const several = { aud: ['keyseal', 'another'], azp: 'keyseal' };
    expect(await withToken((begun) => issuer.token({ ...claimsFor(begun), ...several }, ID_TOKEN))).toBe(
      'admitted',
    );
  });

  it.each<[string, (right: object) => object]>([
    ['for another client', () => ({ aud: 'other-client' })],
    ['for an API', () => ({ aud: 'https://api.example.com' })],
    ['for several clients without azp', () => ({ aud: ['keyseal', 'another'] })],
    ['with azp of another client', () => ({ azp: 'another' })],
    ['with the nonce of another sign-in', () => ({ nonce: 'bm9uY2Ugb2YgYW5vdGhlciBzaWduLWlu' })],
    ['without a nonce', () => ({ nonce: undefined })],
    ['that has expired', () => ({ iat: now() - 700, exp: now() - 5 })],
    ['that was issued long ago', () => ({ iat: now() - 700 })],
    ['from the future', () => ({ iat: now() + 3_600, exp: now() + 7_200 })],
    ['without exp', () => ({ exp: undefined })],
    ['of another issuer', () => ({ iss: other.issuer })],
    ['without sub', () => ({ sub: undefined })],
    ['with a sub of control characters', () => ({ sub: 'ada\n' })],
  ])('%s is refused', async (_, change) => {
    const make = (begun: Begun) => issuer.token({ ...claimsFor(begun), ...change({}) }, ID_TOKEN);
    expect(await withToken(make)).toBe('SIGN_IN_INVALID');
  });

  it.each<[string, (claims: object) => string]>([
    ['with alg none', (claims) => `${b64('{"alg":"none"}')}.${b64(JSON.stringify(plain(claims)))}.`],
    [
      'with HS256 by the public key',
      (claims) => hs256({ header: { ...ID_TOKEN, kid: 'first' }, claims: plain(claims) }, publicPem()),
    ],
    [
      'by the key of another issuer, with its kid',
      (claims) => issuer.token(claims, { ...ID_TOKEN, kid: 'first' }, other.published.get('first')),
    ],
    [
      'with an unknown kid',
      (claims) => issuer.token(claims, { ...ID_TOKEN, kid: 'unknown' }, other.published.get('first')),
    ],
    ['with jku', (claims) => issuer.token(claims, { ...ID_TOKEN, jku: `${other.issuer}/keys` })],
    ['with x5u', (claims) => issuer.token(claims, { ...ID_TOKEN, x5u: `${other.issuer}/keys` })],
    ['that is an access token', (claims) => issuer.token(claims, { typ: 'at+jwt' })],
    ['that is a logout token', (claims) => issuer.token(claims, { typ: 'logout+jwt' })],
    ['that is missing', () => ''],
  ])('%s is refused', async (_, make) => {
    expect(await withToken((begun) => make(claimsFor(begun)))).toBe('SIGN_IN_INVALID');
  });

  it('is not merged with claims of another person from the UserInfo endpoint', async () => {
    const begun = await beginSignIn(service);
    const { email, email_verified, ...rest } = claimsFor(begun);
    issuer.answerWith(tokensWith(issuer.token(rest, ID_TOKEN)), {
      sub: 'another person',
      email,
      email_verified,
    });
    expect((await finish(service, callbackOf(issuer, begun), begun.flow)).reason).toBe('SIGN_IN_INVALID');
    // A provider with subjects for each client may do so by mistake: the log names the member.
    const refused = service.log.filter((line) => line.includes('a sign-in was refused')).at(-1) ?? '';
    expect(JSON.parse(refused).why).toMatch(/^company: unexpected JSON attribute value .*"sub" property/);
    expect(refused).not.toContain('another person');
  });
});

describe('the UserInfo endpoint', () => {
  /** The session of a sign-in whose ID token lacks the address, which this document has. */
  async function sessionWith(info: object, more: object = {}) {
    const begun = await beginSignIn(service);
    const { email, email_verified, ...rest } = claimsFor(begun);
    const document = { sub: rest.sub, email, email_verified, ...info };
    issuer.answerWith(tokensWith(issuer.token({ ...rest, ...more }, ID_TOKEN)), document);
    const answer = await finish(service, callbackOf(issuer, begun), begun.flow);
    if (answer.status !== 200) return answer.reason;
    const id: string = answer.json.result.data.session.id;
    const [row] = await dbOf(service).select().from(sessions).where(eq(sessions.id, id));
    return row;
  }

  it.each<[string, object]>([
    ['that there was a second factor', { amr: ['mfa'] }],
    ['the same as a text', { amr: 'not mfa' }],
    ['when the person signed in', { auth_time: 1 }],
    ['the same as a text', { auth_time: 'yesterday' }],
    ['which session it is', { sid: 'of another person' }],
  ])('does not say %s: the ID token does', async (_, info) => {
    const session = await sessionWith(info);
    expect(session).toMatchObject({ method: 'issuer:company', issuerSession: null });
    expect((session as { provenAt: Date }).provenAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('does not say of an address of the ID token that it is verified', async () => {
    expect(await sessionWith({ email: 'victim@example.com', email_verified: false })).toBe('ACCESS_DENIED');
    expect(await sessionWith({ email_verified: false }, { email_verified: true })).toBe('ACCESS_DENIED');
  });
});

describe('login CSRF: the answer belongs to a sign-in that this browser began', () => {
  const refused = async (change: Record<string, string | undefined>) => {
    const begun = await beginSignIn(service);
    redeem(issuer, begun);
    const asked = issuer.tokenRequests();
    const { reason } = await finish(service, callbackOf(issuer, begun, change), begun.flow);
    expect(issuer.tokenRequests()).toBe(asked);
    return reason;
  };

  it.each<[string, Record<string, string | undefined>]>([
    ['without a state', { state: undefined }],
    ['with an empty state', { state: '' }],
    ['with another state', { state: 'bm8gc3VjaCBzdGF0ZQ' }],
  ])('an answer %s is refused before anything is sent', async (_, change) => {
    expect(await refused(change)).toBe('SIGN_IN_INVALID');
  });

  it('an answer with two states is refused too', async () => {
    const begun = await beginSignIn(service);
    const url = `${callbackOf(issuer, begun)}&state=another`;
    expect((await finish(service, url, begun.flow)).reason).toBe('SIGN_IN_INVALID');
  });

  it('an answer for another browser is refused, in either direction', async () => {
    const [mine, theirs] = [await beginSignIn(service), await beginSignIn(service)];
    expect((await finish(service, callbackOf(issuer, theirs), mine.flow)).reason).toBe('SIGN_IN_INVALID');
    expect((await finish(service, callbackOf(issuer, mine), theirs.flow)).reason).toBe('SIGN_IN_INVALID');
    expect((await finish(service, callbackOf(issuer, mine), '')).reason).toBe('SIGN_IN_INVALID');
    const { reason } = await callPublic(service, 'auth.finishSignIn', { url: callbackOf(issuer, mine) });
    expect(reason).toBe('SIGN_IN_INVALID');
  });

  it.each<[string, (flow: string) => string]>([
    ['changed in one character', (flow) => flow.slice(0, -2) + (flow.endsWith('AA') ? 'BB' : 'AA')],
    ['cut off', (flow) => flow.slice(0, -10)],
    ['of a master key that does not exist', (flow) => `9${flow}`],
    ['that is not one', () => '1.bm8gZmxvdw'],
  ])('an answer with a flow %s is refused', async (_, change) => {
    const begun = await beginSignIn(service);
    const { reason } = await finish(service, callbackOf(issuer, begun), change(begun.flow));
    expect(reason).toBe('SIGN_IN_INVALID');
  });

  it('an answer after ten minutes is refused', async () => {
    const begun = await beginSignIn(service);
    ahead = 10 * 60_000;
    expect((await finish(service, callbackOf(issuer, begun), begun.flow)).reason).toBe('SIGN_IN_INVALID');
  });

  it('a flow is finished once, also by two at once and by a provider that redeems a code twice', async () => {
    const begun = await beginSignIn(service);
    redeem(issuer, begun);
    const once = () => finish(service, callbackOf(issuer, begun), begun.flow);
    const answers = await Promise.all([once(), once(), once()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect((await once()).reason).toBe('SIGN_IN_INVALID');
  });

  it('a sign-in links no identity, a link signs no person in, and each is for one person', async () => {
    const [ada, bob] = [await signUp(service), await signUp(service)];
    const [signing, linking] = [await beginSignIn(service), await beginLink(service, ada)];
    expect((await finish(service, callbackOf(issuer, linking), linking.flow)).reason).toBe('SIGN_IN_INVALID');
    for (const [person, begun] of [
      [ada, signing],
      [bob, linking],
    ] as const) {
      redeem(issuer, begun);
      const input = { url: callbackOf(issuer, begun), flow: begun.flow };
      expect((await mutate(service, person, 'identities.finishLink', input)).reason).toBe('SIGN_IN_INVALID');
    }
    redeem(issuer, linking);
    const right = { url: callbackOf(issuer, linking), flow: linking.flow };
    expect((await mutate(service, ada, 'identities.finishLink', right)).status).toBe(200);
    expect((await mutate(service, ada, 'identities.finishLink', right)).reason).toBe('SIGN_IN_INVALID');
  });
});

describe('mix-up: the answer must come from the issuer of the request', () => {
  it('an answer that names another issuer is refused before the code is sent', async () => {
    const begun = await beginSignIn(service);
    const asked = [issuer.tokenRequests(), other.tokenRequests()];
    const answer = await finish(service, callbackOf(issuer, begun, { iss: other.issuer }), begun.flow);
    expect(answer.reason).toBe('SIGN_IN_INVALID');
    expect([issuer.tokenRequests(), other.tokenRequests()]).toEqual(asked);
  });

  it.each<[string, (iss: string) => string]>([
    ['a slash more', (iss) => `${iss}/`],
    ['a query', (iss) => `${iss}?`],
    ['another case', (iss) => iss.toUpperCase()],
    ['a user', (iss) => iss.replace('://', '://user@')],
  ])('an answer whose `iss` has %s is refused before the code is sent', async (_, change) => {
    const begun = await beginSignIn(service);
    redeem(issuer, begun);
    const asked = issuer.tokenRequests();
    const url = callbackOf(issuer, begun, { iss: change(issuer.issuer) });
    expect((await finish(service, url, begun.flow)).reason).toBe('SIGN_IN_INVALID');
    expect(issuer.tokenRequests()).toBe(asked);
  });

  it.each(['code', 'iss', 'state', 'error', 'response', 'id_token'])(
    'an answer with one %s more is refused before the code is sent',
    async (name) => {
      const begun = await beginSignIn(service);
      redeem(issuer, begun);
      const asked = issuer.tokenRequests();
      for (const value of ['another', parameterOf(begun, 'state')]) {
        const url = `${callbackOf(issuer, begun)}&${name}=${value}`;
        expect((await finish(service, url, begun.flow)).reason).toBe('SIGN_IN_INVALID');
      }
      expect(issuer.tokenRequests()).toBe(asked);
    },
  );

  it('an answer at the page of another issuer is refused, so that issuers without `iss` are safe too', async () => {
    const [begun, theirs] = [await beginSignIn(service), await beginSignIn(service, 'other')];
    const url = callbackOf(issuer, theirs, { state: parameterOf(begun, 'state'), iss: undefined });
    expect((await finish(service, url, begun.flow)).reason).toBe('SIGN_IN_INVALID');
  });

  it('an answer without `iss` is refused if the issuer says that it sends it', async () => {
    // The service has read the metadata of this issuer before, so another service reads them now.
    issuer.metadata['authorization_response_iss_parameter_supported'] = true;
    const env = service.env['KEYSEAL_ISSUERS'] ?? '';
    const fresh = await startTestService({ env: { KEYSEAL_ISSUERS: env } });
    const begun = await beginSignIn(fresh);
    const { reason } = await finish(fresh, callbackOf(issuer, begun, { iss: undefined }), begun.flow);
    expect(reason).toBe('SIGN_IN_INVALID');
    await fresh.stop();
  });
});

describe('open redirect', () => {
  it.each([
    ['https://evil.example/'],
    ['//evil.example'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['/%0d%0a\n//evil.example'],
    ['/ok\\..\\x'],
    ['javascript:alert(1)'],
    ['data:text/html,hello'],
    ['https://app.example.com.evil.example/'],
    ['https://app.example.com@evil.example/'],
    ['https://user@app.example.com/'],
    ['http://app.example.com/'],
    ['https://app.example.com:8443/'],
    ['https://app.example.com/?next=https://evil.example'],
    ['https://app.example.com/#fragment'],
    ['keys'],
    ['/k\u00e9ys'],
    ['/\t/evil.example'],
    [' /keys'],
    ['/\u0000'],
    ['///evil.example'],
    ['https:evil.example'],
    ['https:\\\\evil.example'],
    ['https://app.example.com%2eevil.example/'],
    ['https://\uff41pp.example.com.evil.example/'],
    ['https://[::ffff:7f00:1]/'],
    ['http://2130706433/'],
  ])('%s is refused as a page to return to', async (returnTo) => {
    const { reason } = await callPublic(service, 'auth.startSignIn', { issuer: 'company', returnTo });
    expect(reason).toBe('INPUT_INVALID');
  });

  it('a page of a known origin is accepted, and is the redirect URI itself', async () => {
    const begun = await beginSignIn(service, 'company', 'https://app.example.com/signed-in');
    expect(parameterOf(begun, 'redirect_uri')).toBe('https://app.example.com/signed-in');
  });

  it('an unknown issuer is refused', async () => {
    for (const name of ['unknown', '__proto__', issuer.issuer.slice(0, 32)]) {
      const input = { issuer: name, returnTo: '/keys' };
      expect((await callPublic(service, 'auth.startSignIn', input)).reason).toBe('INPUT_INVALID');
    }
  });
});

describe('the request to the provider', () => {
  it('has PKCE, a state and a nonce of its own, and no secret', async () => {
    const [one, two] = [await beginSignIn(service), await beginSignIn(service)];
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(parameterOf(one, name)).toMatch(/^[\w-]{43}$/);
      expect(parameterOf(one, name)).not.toBe(parameterOf(two, name));
    }
    expect(new URL(one.url).searchParams.get('code_challenge_method')).toBe('S256');
    expect(one.url).not.toContain('secret');
    expect(one.flow).not.toContain(parameterOf(one, 'state'));
  });
});

describe('a provider', () => {
  it.each<[string, Parameters<HostileIssuer['answerWith']>[0]]>([
    ['answers with 500', (response) => response.writeHead(500).end('{}')],
    ['redirects', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['answers with a huge document', (response) => response.end(`{"a":"${'x'.repeat(400_000)}"}`)],
    ['answers with a page', (response) => response.setHeader('content-type', 'text/html').end('<p>')],
    ['breaks off', (response) => response.destroy()],
    ['refuses the client', (response) => response.writeHead(401).end('{"error":"invalid_client"}')],
  ])('that %s is an outage: 503, and its answer is not shown', async (_, answer) => {
    const begun = await beginSignIn(service);
    issuer.answerWith(answer);
    const got = await finish(service, callbackOf(issuer, begun), begun.flow);
    expect([got.status, got.reason]).toEqual([503, 'UNAVAILABLE']);
    expect(got.text).not.toMatch(/xxx|invalid_client|127\.0\.0\.1:1/);
  });

  it('that refuses the code is no outage', async () => {
    const begun = await beginSignIn(service);
    issuer.answerWith((response) => response.writeHead(400).end('{"error":"invalid_grant"}'));
    expect((await finish(service, callbackOf(issuer, begun), begun.flow)).reason).toBe('SIGN_IN_INVALID');
  });

  it('that does not answer delays no other calls, and no sign-ins with another provider', async () => {
    const begun = await beginSignIn(service);
    const pending: (() => void)[] = [];
    issuer.answerWith((response) => void pending.push(() => response.writeHead(500).end()));
    const waiting = Array.from({ length: 12 }, () => finish(service, callbackOf(issuer, begun), begun.flow));
    expect((await query(service, service.demo, 'exemple')).status).toBe(200);
    const theirs = await beginSignIn(service, 'other');
    other.answerWith(tokensWith(other.token({ ...claimsFor(theirs), aud: 'other-client' }, ID_TOKEN)));
    const url = callbackOf(issuer, theirs, { iss: other.issuer });
    expect((await finish(service, url, theirs.flow)).status).toBe(200);
    issuer.answerWith((response) => response.writeHead(500).end());
    for (const release of pending) release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(12).fill(503));
  });
});

it('S4: codes of one network for which the provider does not answer leave places for others', async () => {
  const { KEYSEAL_ISSUERS = '' } = service.env;
  const fronted = await startTestService({ env: { KEYSEAL_ISSUERS, KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
  const pending: (() => void)[] = [];
  issuer.answerWith((response) => void pending.push(() => response.writeHead(500).end()));
  const begun = await beginSignIn(fronted);
  const mine = await beginSignIn(fronted);
  const url = redeem(issuer, mine);
  const finishFrom = (address: string, input: object) =>
    send(fronted.port, from(publicDraft(fronted, 'auth.finishSignIn', input), address));
  try {
    const waiting = Array.from({ length: 24 }, (_, n) =>
      finishFrom(`198.51.100.${n + 1}`, { url: callbackOf(issuer, begun), flow: begun.flow }),
    );
    await expect.poll(() => pending.length).toBeGreaterThanOrEqual(4);
    for (let n = 0; n < 10; n++) expect((await query(fronted, fronted.demo, 'exemple')).status).toBe(200);
    expect(pending).toHaveLength(4);
    expect((await finishFrom('203.0.113.9', { url, flow: mine.flow })).status).toBe(200);
    issuer.answerWith((response) => response.writeHead(500).end());
    for (const release of pending) release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(24).fill(503));
  } finally {
    await fronted.stop();
  }
});

it('claims that the ID token says are elsewhere are not fetched, and the log says that they are missing', async () => {
  const join = [{ workspace: 'wsp_0', role: 'viewer', claim: 'groups', value: 'makers' }];
  const own = await startTestService({
    env: { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { join })]) },
  });
  const begun = await beginSignIn(own);
  const right = claimsFor(begun);
  const elsewhere = {
    _claim_names: { groups: 'src1', phone: 'src1' },
    _claim_sources: { src1: { endpoint: `${issuer.issuer}/token` } },
  };
  issuer.answerWith(tokensWith(issuer.token({ ...right, ...elsewhere }, ID_TOKEN)), { sub: right.sub });
  const asked = issuer.tokenRequests();
  expect((await finish(own, callbackOf(issuer, begun), begun.flow)).status).toBe(200);
  // Only for the code.
  expect(issuer.tokenRequests()).toBe(asked + 1);
  const warned = own.log
    .filter((line) => line.includes('keeps it elsewhere'))
    .map((line) => JSON.parse(line));
  expect(warned).toMatchObject([{ level: 40, issuer: 'company', claims: ['groups'] }]);
  await own.stop();
});

describe('the log of a sign-in', () => {
  it('has neither codes, nor tokens, nor the secret of the client', () => {
    const log = service.log.join('\n');
    expect(log).toContain('SIGN_IN_INVALID');
    expect(log).not.toMatch(/a secret of the test alone|eyJ|code=|hostile-\d/);
  });
});

describe('guesses of a password', () => {
  it('of an address that fails too often are answered so', async () => {
    const env = { KEYSEAL_ISSUERS: service.env['KEYSEAL_ISSUERS'] ?? '', KEYSEAL_ADDRESS_FAILURES: '3' };
    const throttled = await startTestService({ env });
    const begun = await beginSignIn(throttled);
    issuer.answerWith((response) => response.writeHead(400).end('{"error":"invalid_grant"}'));
    const reasons: unknown[] = [];
    for (let n = 0; n < 6; n++)
      reasons.push((await finish(throttled, callbackOf(issuer, begun), begun.flow)).reason);
    expect(reasons).toEqual([...Array(3).fill('SIGN_IN_INVALID'), ...Array(3).fill('TOO_MANY_FAILURES')]);
    await throttled.stop();
  });
});
