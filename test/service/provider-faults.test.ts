import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Begun, beginSignIn, finish } from '../harness/external-sign-in.ts';
import { b64 } from '../harness/forge.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { callPublic } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

/**
 * Whatever a provider or a stranger sends to a sign-in, and who is told what. An outage (503) is a provider that cannot be asked:
 * the person tries again, and the operator looks. Everything else is a refusal (403), whose cause is only in the log, at `debug`.
 */
let issuer: HostileIssuer;
let service: TestService;

beforeAll(async () => {
  issuer = await startHostileIssuer();
  const env = { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer)]), KEYSEAL_ADDRESS_FAILURES: '100000' };
  service = await startTestService({ env });
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});
beforeEach(() => issuer.misbehave(null));

const SECRET = 'not-for-the-log';

/** What the token endpoint and the UserInfo endpoint return, and what the browser adds to the callback. */
interface Sent {
  readonly tokens?: unknown;
  readonly userInfo?: Parameters<HostileIssuer['answerWith']>[1];
  readonly callback?: string;
}

const answering = (status: number, body: string, headers: Record<string, string> = {}) => ({
  tokens: (response: ServerResponse) => response.writeHead(status, headers).end(body),
});
const failing = (status: number, error: string) => answering(status, JSON.stringify({ error }));
const tokens = (begun: Begun, more: object = {}) => ({
  ...tokensWith(issuer.token(claimsFor(begun), ID_TOKEN)),
  ...more,
});
const withHeader = (header: object) => (begun: Begun) => ({
  tokens: tokensWith(issuer.token(claimsFor(begun), { ...ID_TOKEN, ...header })),
});
const withClaims = (claims: object) => (begun: Begun) => ({
  tokens: tokensWith(issuer.token({ ...claimsFor(begun), ...claims }, ID_TOKEN)),
});
const withText = (make: (token: string) => string) => (begun: Begun) => ({
  tokens: tokensWith(make(issuer.token(claimsFor(begun), ID_TOKEN))),
});
const withMore = (more: object) => (begun: Begun) => ({ tokens: tokens(begun, more) });
/** The ID token lacks the e-mail address, which is requested from the UserInfo endpoint. */
const withUserInfo = (userInfo: Sent['userInfo']) => (begun: Begun) => {
  const { email, email_verified, ...rest } = claimsFor(begun);
  return { tokens: tokensWith(issuer.token(rest, ID_TOKEN)), userInfo };
};
const jwt = (header: string, payload: string) => (response: ServerResponse) =>
  response.setHeader('content-type', 'application/jwt').end(`${b64(header)}.${b64(payload)}.AAAA`);

type Row = readonly [what: string, send: (begun: Begun) => Sent];

const OUTAGES: readonly Row[] = [
  ['no answer', () => ({ tokens: (response: ServerResponse) => response.destroy() })],
  ['a redirect', () => answering(302, '', { location: 'http://127.0.0.1:1/' })],
  ['500', () => answering(500, '{}')],
  ['429 of a front', () => answering(429, 'slow down', { 'content-type': 'text/plain' })],
  ['200 with a page', () => answering(200, '<p>', { 'content-type': 'text/html' })],
  ['200 with JSON that is cut off', () => answering(200, '{"access_token":')],
  ['200 with nothing', () => answering(200, '')],
  ['204', () => answering(204, '')],
  ['a huge document', () => answering(200, `{"a":"${'x'.repeat(400_000)}"}`)],
  ['invalid_client', () => failing(401, 'invalid_client')],
  ['invalid_client as 400', () => failing(400, 'invalid_client')],
  ['invalid_grant as 401, which is about the client', () => failing(401, 'invalid_grant')],
  ['a challenge of JSON that is empty', () => answering(401, '', { 'www-authenticate': 'Basic realm="x"' })],
  ['a challenge', () => answering(401, '{}', { 'www-authenticate': 'Basic realm="x"' })],
  ['unauthorized_client', () => failing(400, 'unauthorized_client')],
  ['invalid_request, for a client without its secret', () => failing(400, 'invalid_request')],
  ['unsupported_grant_type', () => failing(400, 'unsupported_grant_type')],
  ['invalid_scope', () => failing(400, 'invalid_scope')],
  ['temporarily_unavailable', () => failing(400, 'temporarily_unavailable')],
  ['too_many_requests', () => failing(429, 'too_many_requests')],
  ['an unknown error', () => failing(400, SECRET)],
  ['expires_in that has no text', withMore({ expires_in: { toString: 1 } })],
  ['UserInfo: 500', withUserInfo((response) => response.writeHead(500).end('{}'))],
  ['UserInfo: no answer', withUserInfo((response) => response.destroy())],
  ['UserInfo: no JSON', withUserInfo((response) => response.end('{'))],
  [
    'UserInfo: 401',
    withUserInfo((response) => response.writeHead(401, { 'www-authenticate': 'Bearer error="x"' }).end()),
  ],
  [
    'UserInfo: a JWT with an algorithm of which the metadata say nothing',
    withUserInfo(jwt('{"alg":"RS256"}', '{}')),
  ],
];

const REFUSALS: readonly Row[] = [
  // The token endpoint about the code or the person.
  ...['invalid_grant', 'access_denied', 'mfa_required'].map(
    (error): Row => [error, () => failing(400, error)],
  ),
  ...['interaction_required', 'login_required', 'consent_required', 'account_selection_required'].map(
    (error): Row => [error, () => failing(400, error)],
  ),
  ['access_denied as 403', () => failing(403, 'access_denied')],
  // Strings that are not tokens.
  ['JSON that is a list', () => answering(200, '[]')],
  ['JSON without tokens', () => answering(200, '{}')],
  ['no ID token', withMore({ id_token: undefined })],
  ['an ID token that is a number', withMore({ id_token: 7 })],
  ['an ID token that is empty', withText(() => '')],
  ['no access token', withMore({ access_token: undefined })],
  ['an access token with a line end', withMore({ access_token: `${SECRET}\n` })],
  ['an access token that is not ASCII', withMore({ access_token: `${SECRET}\u0101` })],
  ['a type of tokens that is unknown', withMore({ token_type: 'mac' })],
  ['a scope that is a list', withMore({ scope: ['openid'] })],
  ['expires_in that is no number', withMore({ expires_in: 'soon' })],
  ['a refresh token that is a number', withMore({ refresh_token: 7 })],
  // An ID token that is not one.
  ['text', withText(() => 'a.b.c')],
  ['two parts', withText((token) => token.split('.').slice(0, 2).join('.'))],
  ['an encrypted token', withText((token) => `${token.split('.')[0]}.a.b.c.d`)],
  ['a header that is a list', withText((token) => token.replace(/^[^.]+/, b64('[]')))],
  ['a header that is no JSON', withText((token) => token.replace(/^[^.]+/, b64('{')))],
  ['a payload that is no JSON', withText((token) => token.replace(/\.[^.]+\./, `.${b64('{')}.`))],
  ['a payload that is a text', withText((token) => token.replace(/\.[^.]+\./, `.${b64('"x"')}.`))],
  ['a signature that is wrong', withText((token) => `${token.slice(0, -8)}AAAAAAAA`)],
  ['a token that is too long', withClaims({ more: 'x'.repeat(9_000) })],
  // Its header.
  ['crit', withHeader({ crit: ['exp'] })],
  ['crit of an extension', withHeader({ crit: ['x'], x: 1 })],
  ['crit that is empty', withHeader({ crit: [] })],
  ['crit that is a text', withHeader({ crit: 'exp' })],
  ['b64', withHeader({ b64: false, crit: ['b64'] })],
  ['zip', withHeader({ zip: 'DEF' })],
  ['jku', withHeader({ jku: 'https://example.com/keys' })],
  ['jwk', withHeader({ jwk: {} })],
  ['alg of another kind', withHeader({ alg: { toString: 1 } })],
  ['alg that is unknown', withHeader({ alg: 'ML-DSA-44' })],
  ['typ of another token', withHeader({ typ: 'at+jwt' })],
  ['kid that is a list', withHeader({ kid: ['first'] })],
  // Its claims.
  ['exp that is a text', withClaims({ exp: '9999999999' })],
  ['iat that is a text', withClaims({ iat: 'now' })],
  ['nbf in the future', withClaims({ nbf: 9_999_999_999 })],
  ['nbf that is a list', withClaims({ nbf: [] })],
  ['iss that is a list', withClaims({ iss: [] })],
  ['aud that is an object', withClaims({ aud: {} })],
  ['nonce of another sign-in', withClaims({ nonce: SECRET })],
  ['auth_time that is negative', withClaims({ auth_time: -1 })],
  ['sub that is a number', withClaims({ sub: 7 })],
  // The UserInfo endpoint about another person, or nobody.
  ['UserInfo: another person', withUserInfo({ sub: SECRET })],
  ['UserInfo: no sub', withUserInfo({})],
  ['UserInfo: a list', withUserInfo((response) => response.end('[]'))],
  [
    'UserInfo: no JWT',
    withUserInfo((response) => response.setHeader('content-type', 'application/jwt').end('x')),
  ],
  ['UserInfo: a JWT whose header is no JSON', withUserInfo(jwt('{', '{}'))],
  // The browser, which anyone has.
  ['an error in the callback', () => ({ callback: '&error=server_error' })],
  ['a token in the callback', () => ({ callback: `&token=${SECRET}` })],
  ['an ID token in the callback', () => ({ callback: `&id_token=${SECRET}` })],
  ['two codes in the callback', () => ({ callback: `&code=${SECRET}` })],
  ['another iss in the callback', () => ({ callback: '&iss=https://example.com' })],
];

/** The codes of `openid-client` that the rows above cause, and why no row causes the others. */
const CODES: Readonly<Record<string, string>> = {
  OAUTH_TIMEOUT: 'the request ends by itself after five seconds: a row with no answer is the same',
  OAUTH_ABORT: 'nothing aborts a request',
  OAUTH_RESPONSE_IS_NOT_JSON: 'rows',
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'rows',
  OAUTH_WWW_AUTHENTICATE_CHALLENGE: 'rows',
  OAUTH_RESPONSE_BODY_ERROR: 'rows',
  OAUTH_AUTHORIZATION_RESPONSE_ERROR: 'rows',
  OAUTH_UNSUPPORTED_OPERATION: 'rows',
  OAUTH_PARSE_ERROR: 'rows',
  OAUTH_INVALID_RESPONSE: 'rows',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'rows',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'rows',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'rows',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'metadata with such a URL are refused before (key-sets.test.ts)',
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: 'metadata with such a URL are refused before (key-sets.test.ts)',
  OAUTH_MISSING_SERVER_METADATA: 'a row of the start of a sign-in',
  OAUTH_INVALID_SERVER_METADATA: 'metadata with what is no URL are refused before',
  OAUTH_INVALID_REQUEST: 'for resource servers',
  OAUTH_KEY_SELECTION_FAILED: 'Keyseal selects the key itself',
  OAUTH_JWT_USERINFO_EXPECTED: 'no signed UserInfo is asked for',
  OAUTH_DECRYPTION_FAILED: 'nothing is decrypted',
};

async function signInWith(send: Row[1]) {
  const begun = await beginSignIn(service);
  const { tokens: answer = tokens(begun), userInfo, callback = '' } = send(begun);
  issuer.answerWith(answer as object, userInfo);
  return finish(service, callbackOf(issuer, begun) + callback, begun.flow);
}

describe('an outage', () => {
  it.each(OUTAGES)('%s: 503, and an operator sees it', async (_, send) => {
    const { status, reason, text } = await signInWith(send);
    expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
    expect(text).not.toContain(SECRET);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['no answer', (response) => response.destroy()],
    ['500', (response) => response.writeHead(500).end()],
    ['no key set', (response) => response.end('{}')],
    ['a key set that is no JSON', (response) => response.end('{')],
  ])('of the key set, %s: 503 for a key that is not known', async (_, how) => {
    issuer.misbehave(how);
    const fresh = await startTestService({ env: { KEYSEAL_ISSUERS: service.env['KEYSEAL_ISSUERS'] ?? '' } });
    const begun = await beginSignIn(fresh);
    issuer.answerWith(tokens(begun));
    const { status, reason } = await finish(fresh, callbackOf(issuer, begun), begun.flow);
    expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
    await fresh.stop();
  });
});

describe('a refusal', () => {
  it.each(REFUSALS)('%s: 403, and the cause is only in the log, at debug', async (_, send) => {
    const before = service.log.length;
    const { status, reason, text } = await signInWith(send);
    expect([status, reason]).toEqual([403, 'SIGN_IN_INVALID']);
    expect(text).not.toContain(SECRET);
    const lines = service.log.slice(before).map((line) => JSON.parse(line));
    const causes = lines.filter(({ msg }) => msg === 'a sign-in was refused');
    expect(causes).toMatchObject([{ level: 20, reason: 'SIGN_IN_INVALID' }]);
    expect(lines.filter(({ level }) => level > 30)).toEqual([]);
    expect(JSON.stringify(lines)).not.toMatch(/not-for-the-log|eyJ/);
  });
});

it('every code of the library is in this file', () => {
  const read = (name: string) => readFileSync(`node_modules/${name}/build/index.js`, 'utf8');
  const codes = [...`${read('openid-client')}${read('oauth4webapi')}`.matchAll(/'(OAUTH_[A-Z_]+)'/g)];
  expect(Object.keys(CODES).sort()).toEqual([...new Set(codes.map(([, code]) => code))].sort());
});

it.each<[string, object]>([
  ['is not there', {}],
  ['answers an error', { pushed_authorization_request_endpoint: '/token' }],
  ['answers without request_uri', { pushed_authorization_request_endpoint: '/token' }],
])('a start whose pushed request %s is an outage: nobody has done anything wrong', async (how, metadata) => {
  const pushing = await startHostileIssuer();
  const named = Object.entries(metadata).map(([name, path]) => [name, `${pushing.issuer}${path}`]);
  Object.assign(pushing.metadata, {
    require_pushed_authorization_requests: true,
    ...Object.fromEntries(named),
  });
  pushing.answerWith((response) =>
    how.includes('error')
      ? response.writeHead(400).end('{"error":"invalid_request"}')
      : response.writeHead(201).end('{}'),
  );
  const env = { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(pushing)]) };
  const fresh = await startTestService({ env });
  const input = { issuer: 'company', returnTo: '/keys' };
  const { status, reason } = await callPublic(fresh, 'auth.startSignIn', input);
  expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
  await fresh.stop();
  await pushing.stop();
});
