import { createHash, createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startForAllTokens } from '../harness/all-tokens.ts';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { b64, hs256 } from '../harness/forge.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, tokensWith } from '../harness/hostile-sign-in.ts';
import { LOGOUT_EVENT, logOut } from '../harness/logout-token.ts';
import type { TestService } from '../harness/service.ts';
import { type Credentials, newNonce, queryTarget, send, sign } from '../harness/wire.ts';
import { exchange, FOR_KEYS, MAIN } from '../harness/workloads.ts';

/**
 * Every line of bad input, for each kind of token that an issuer signs: a user token, an ID token, a token of a workload and a logout
 * token. The key sets that verify them are in key-sets.test.ts, the responses of a provider in provider-faults.test.ts.
 */
let issuer: HostileIssuer;
let other: HostileIssuer;
let service: TestService;
let key: Credentials;
const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

beforeAll(async () => {
  [issuer, other] = [await startHostileIssuer(), await startHostileIssuer()];
  const strange = { name: 'other', issuer: other.issuer, userToken: true, audience: 'other' };
  ({ service, key } = await startForAllTokens(issuer, [strange]));
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
  await other.stop();
});

type Members = Record<string, unknown>;
/** The header and the claims of a token that is right. */
interface Right {
  readonly header: Members;
  readonly claims: Members;
}
type Make = (right: Right) => string;

const now = () => Math.floor(Date.now() / 1000);
const rightOf = (typ: string, more: Members): Right => ({
  header: { alg: 'RS256', typ, kid: 'first' },
  claims: { iss: issuer.issuer, aud: 'keyseal', iat: now(), exp: now() + 300, ...more },
});

const KINDS = {
  user: async (make: Make) => {
    const token = make(rightOf('at+jwt', { sub: 'ada' }));
    const target = queryTarget('exemple', undefined);
    const { reason } = await send(service.port, sign(key, target, { authority: service.authority, token }));
    return reason ?? 'accepted';
  },
  id: async (make: Make) => {
    const begun = await beginSignIn(service);
    issuer.answerWith(tokensWith(make(rightOf('JWT', claimsFor(begun)))));
    return (await finish(service, callbackOf(issuer, begun), begun.flow)).reason ?? 'accepted';
  },
  job: async (make: Make) => {
    const right = rightOf('JWT', { aud: FOR_KEYS, sub: MAIN, jti: newNonce() });
    return (await exchange(service, make(right))).reason ?? 'accepted';
  },
  logout: async (make: Make) => {
    const right = rightOf('logout+jwt', { sub: 'nobody', jti: newNonce(), events: { [LOGOUT_EVENT]: {} } });
    const { status } = await logOut(service, make(right));
    return status === 200 ? 'accepted' : status;
  },
} as const;
type Kind = keyof typeof KINDS;
/** What is answered to a token that is wrong. */
const REFUSED: Readonly<Record<Kind, unknown>> = {
  user: 'TOKEN_INVALID',
  id: 'SIGN_IN_INVALID',
  job: 'EXCHANGE_DENIED',
  logout: 400,
};

const signed = (header: string, claims: string, signer = issuer.published.get('first') ?? otherKey) => {
  const input = `${b64(header)}.${b64(claims)}`;
  return `${input}.${b64(signBytes('sha256', Buffer.from(input), { key: signer, dsaEncoding: 'ieee-p1363' }))}`;
};
const claims =
  (change: Members | (() => Members)): Make =>
  ({ header, claims }) =>
    signed(
      JSON.stringify(header),
      JSON.stringify({ ...claims, ...(typeof change === 'function' ? change() : change) }),
    );
/** The claims with another audience, made of the right one. */
const audience =
  (change: (right: string) => unknown): Make =>
  (of) =>
    claims({ aud: change(String(of.claims['aud'])) })(of);
const header =
  (change: Members, signer?: Parameters<typeof signed>[2]): Make =>
  ({ header, claims }) =>
    signed(JSON.stringify({ ...header, ...change }), JSON.stringify(claims), signer);
/** The claims, changed as they are written. */
const claimsWritten =
  (change: (text: string) => string): Make =>
  ({ header, claims }) =>
    signed(JSON.stringify(header), change(JSON.stringify(claims)));
/** The claims with further ones, as JSON. */
const written = (members: string): Make => claimsWritten((text) => text.replace(/\}$/, `,${members}}`));
const text =
  (change: (token: string) => string): Make =>
  ({ header, claims }) =>
    change(signed(JSON.stringify(header), JSON.stringify(claims)));
const publicKey = () => createPublicKey(issuer.published.get('first') ?? otherKey);
const halfHash = (algorithm: string) =>
  createHash(algorithm).update('opaque').digest().subarray(0, 16).toString('base64url');

/** A line, and the kinds that accept it, if any: each of them has a reason. */
type Row = readonly [what: string, make: Make, accepting?: readonly Kind[]];

/** Claims that say nothing about tokens of other kinds. */
const NOT_ID = ['user', 'job', 'logout'] as const;
const ALL = ['user', 'id', 'job', 'logout'] as const;

const ROWS: readonly Row[] = [
  ['nothing wrong', claims({}), ALL],
  // iss
  ['iss: none', claims({ iss: undefined })],
  ['iss: of another issuer, by this key', claims(() => ({ iss: other.issuer }))],
  ['iss: unknown', claims({ iss: 'https://evil.example' })],
  ['iss: a slash more', claims(() => ({ iss: `${issuer.issuer}/` }))],
  ['iss: another case', claims(() => ({ iss: issuer.issuer.toUpperCase() }))],
  ['iss: not ASCII', claims(() => ({ iss: `${issuer.issuer}\u200b` }))],
  ['iss: a list', claims(() => ({ iss: [issuer.issuer] }))],
  ['iss: an object', claims({ iss: { toString: 1 } })],
  // aud
  ['aud: none', claims({ aud: undefined })],
  ['aud: another', claims({ aud: 'another' })],
  ['aud: another case', audience((right) => right.toUpperCase())],
  ['aud: not ASCII', audience((right) => `${right}\u200b`)],
  ['aud: an empty list', claims({ aud: [] })],
  ['aud: a list in a list', audience((right) => [[right]])],
  ['aud: a list with a number', audience((right) => [right, 7])],
  ['aud: an object', audience((right) => ({ [right]: true }))],
  ['aud: null', claims({ aud: null })],
  // OpenID Connect Core §3.1.3.7: an ID token for several needs azp. A workload could be impersonated by the other recipient.
  [
    'aud: several',
    ({ header, claims: right }) => claims({ aud: [right['aud'], 'another'] })({ header, claims: right }),
    ['user', 'logout'],
  ],
  // azp names the client of a token of a person.
  ['azp: of another client', claims({ azp: 'another' }), ['job', 'logout']],
  ['azp: a list', claims({ azp: ['keyseal'] }), ['job', 'logout']],
  ['azp: empty', claims({ azp: '' }), ['job', 'logout']],
  // Times.
  ['exp: none', claims({ exp: undefined }), ['logout']],
  ['exp: a text', claims(() => ({ exp: String(now() + 60) }))],
  ['exp: a fraction', claims(() => ({ exp: now() + 60.5 }))],
  ['exp: negative', claims({ exp: -1 })],
  ['exp: before iat', claims(() => ({ iat: now() + 30, exp: now() + 20 }))],
  ['exp: a list', claims(() => ({ exp: [now() + 60] }))],
  ['exp: without end', claimsWritten((text) => text.replace(/"exp":\d+/, '"exp":1e999'))],
  ['nbf: in the future', claims(() => ({ nbf: now() + 3_600 }))],
  ['nbf: a text', claims(() => ({ nbf: String(now()) }))],
  ['nbf: an object', claims({ nbf: {} })],
  ['iat: none', claims({ iat: undefined }), ['user']],
  ['iat: in the future', claims(() => ({ iat: now() + 3_600, exp: now() + 3_700 }))],
  ['iat: a text', claims(() => ({ iat: String(now()) }))],
  ['iat: a list', claims(() => ({ iat: [now()] }))],
  // nonce binds an ID token to its sign-in, and makes it an ID token.
  ['nonce: of another sign-in', claims({ nonce: 'bm9uY2Ugb2YgYW5vdGhlciBzaWduLWlu' }), ['user', 'job']],
  ['nonce: a list', claims({ nonce: ['x'] }), ['user', 'job']],
  ['nonce: none', claims({ nonce: undefined }), NOT_ID],
  // Claims that only an ID token has.
  ['at_hash: of another access token', claims({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }), NOT_ID],
  ['at_hash: by another algorithm', claims({ at_hash: halfHash('sha512') }), NOT_ID],
  ['at_hash: a number', claims({ at_hash: 7 }), NOT_ID],
  ['at_hash: right', claims({ at_hash: halfHash('sha256') }), ALL],
  ['auth_time: in the future', claims(() => ({ auth_time: now() + 3_600 })), NOT_ID],
  ['auth_time: a text', claims(() => ({ auth_time: String(now()) })), NOT_ID],
  ['auth_time: a fraction', claims(() => ({ auth_time: now() - 0.5 })), NOT_ID],
  // sub
  ['sub: none', claims({ sub: undefined })],
  ['sub: empty', claims({ sub: '' })],
  ['sub: a number', claims({ sub: 7 })],
  ['sub: a list', claims({ sub: ['ada'] })],
  ['sub: an object', claims({ sub: { toString: 1 } })],
  ['sub: not ASCII', claims({ sub: 'ad\u00e0' })],
  ['sub: a line end', claims({ sub: 'ada\n' })],
  ['sub: 256 characters', claims({ sub: 'x'.repeat(256) })],
  // Other claims: jti names a token that works once.
  ['jti: an object', claims({ jti: {} }), ['user', 'id']],
  ['jti: empty', claims({ jti: '' }), ['user', 'id']],
  // A token of another kind.
  ['cnf', claims({ cnf: { jkt: 'x' } }), ['id', 'logout']],
  ['events: of a logout', claims({ events: { [LOGOUT_EVENT]: {} } }), ['id', 'logout']],
  ['events: a list', claims({ events: [LOGOUT_EVENT] }), ['id']],
  // Claims twice, or in another form.
  ['twice: sub', written('"sub":"eve"')],
  ['twice: aud, escaped', written('"\\u0061ud":"keyseal"')],
  ['twice: within an object', written('"x":{"a":1,"a":2}')],
  ['payload: a list', ({ header }) => signed(JSON.stringify(header), '[]')],
  ['payload: empty', ({ header }) => signed(JSON.stringify(header), '')],
  [
    'payload: with a byte order mark',
    ({ header, claims }) => signed(JSON.stringify(header), `\ufeff${JSON.stringify(claims)}`),
  ],
  [
    'payload: a token',
    ({ header, claims }) => {
      const inner = signed(JSON.stringify(header), JSON.stringify(claims));
      return signed(JSON.stringify({ ...header, cty: 'JWT' }), inner);
    },
  ],
  // alg
  [
    'alg: none',
    ({ header, claims }) =>
      `${b64(JSON.stringify({ ...header, alg: 'none' }))}.${b64(JSON.stringify(claims))}.`,
  ],
  ['alg: missing', header({ alg: undefined })],
  ...(['pem', 'der', 'jwk'] as const).map(
    (format): Row => [
      `alg: HS256 with the public key as ${format}`,
      ({ header, claims }) => {
        const secret =
          format === 'jwk'
            ? JSON.stringify(publicKey().export({ format }))
            : publicKey().export({ format, type: 'spki' } as never);
        return hs256({ header, claims }, secret);
      },
    ],
  ),
  ['alg: not that of the key', header({ alg: 'PS256' })],
  ['alg: of another kind of key', header({ alg: 'ES256' })],
  ['alg: a list', header({ alg: ['RS256'] })],
  ['alg: an object', header({ alg: { toString: 1 } })],
  // kid
  ['kid: unknown', header({ kid: 'nobody' }, otherKey)],
  ['kid: unknown, by the right key', header({ kid: 'nobody' })],
  ['kid: right, by another key', header({}, otherKey)],
  ['kid: right, by the key of another issuer', (right) => header({}, other.published.get('first'))(right)],
  ['kid: of a key of another kind', header({ alg: 'ES256' }, curve)],
  ['kid: a list', header({ kid: ['first'] })],
  ['kid: null', header({ kid: null })],
  ['kid: an object', header({ kid: { toString: 1 } })],
  // One key fits: none else could be meant.
  ['kid: none', header({ kid: undefined }), ALL],
  // Header parameters that choose a key, or change how a token is read.
  ['jku', (right) => header({ jku: `${other.issuer}/keys` })(right)],
  ['x5u', (right) => header({ x5u: `${other.issuer}/keys` })(right)],
  ['x5c', header({ x5c: [] })],
  ['jwk', (right) => header({ jwk: createPublicKey(otherKey).export({ format: 'jwk' }) }, otherKey)(right)],
  ['crit', header({ crit: ['exp'] })],
  ['crit: empty', header({ crit: [] })],
  ['b64', header({ b64: false, crit: ['b64'] })],
  ['zip', header({ zip: 'DEF' })],
  [
    'twice: alg',
    ({ header, claims }) =>
      signed(JSON.stringify(header).replace(/\}$/, ',"alg":"RS256"}'), JSON.stringify(claims)),
  ],
  // typ
  ['typ: none', header({ typ: undefined }), ALL],
  ['typ: JWT', header({ typ: 'JWT' }), ALL],
  ['typ: of an access token', header({ typ: 'at+jwt' }), ['user', 'job']],
  ['typ: of a logout token', header({ typ: 'logout+jwt' }), ['logout']],
  ['typ: of another token', header({ typ: 'dpop+jwt' })],
  ['typ: a list', header({ typ: ['JWT'] })],
  ['typ: an object', header({ typ: { toString: 1 } })],
  // The text.
  ['text: too long', claims({ more: 'x'.repeat(8_000) })],
  ['text: encrypted', text((token) => `${token.split('.')[0]}.a.b.c.d`)],
  ['text: padded', text((token) => `${token}=`)],
  ['text: a space', text((token) => `${token} `)],
  ['text: a part more', text((token) => `${token}.`)],
  ['text: without a signature', text((token) => token.slice(0, token.lastIndexOf('.') + 1))],
  ['text: of another signature', text((token) => `${token.slice(0, -6)}AAAAAA`)],
  ['text: not one', () => 'a.b.c'],
];

/** Lines that the form of the call refuses before a token is read. */
const BY_FORM: Readonly<Record<string, Partial<Record<Kind, string>>>> = {
  'text: too long': { user: 'HEADERS_TOO_LARGE', job: 'INPUT_INVALID' },
  'text: padded': { job: 'INPUT_INVALID' },
  // A field of HTTP does not end with a space: it is not what was signed.
  'text: a space': { user: 'SIGNATURE_INVALID', job: 'INPUT_INVALID' },
};

const LINES = ROWS.map(([what, make, accepting = []]) => ({ what, make, accepting }));

describe.each(Object.keys(KINDS) as Kind[])('%s', (kind) => {
  it.each(LINES)('$what', async ({ what, make, accepting }) => {
    const answer = await KINDS[kind](make);
    const refused = BY_FORM[what]?.[kind] ?? REFUSED[kind];
    expect(answer).toBe(accepting.includes(kind) ? 'accepted' : refused);
  });

  it('expired', async () => {
    const answer = await KINDS[kind](claims(() => ({ iat: now() - 700, exp: now() - 5 })));
    expect(answer).toBe(kind === 'user' ? 'TOKEN_EXPIRED' : REFUSED[kind]);
  });
});
