import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { b64, hs256, type Parts, partsOf, publicForms, signed, signerOf } from '../harness/forge.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { queriesOf } from '../harness/queries.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials;
let valid: Parts;
let signer: KeyObject;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['profile:read'] });
  valid = partsOf(ada.token);
  signer = signerOf(service);
});
afterAll(() => service.stop());

/** Shows a token alongside the key, correctly signed: only the token check can refuse it. */
async function shown(token: string): Promise<string | undefined> {
  const draft = sign(key, '/api/profile', { authority: service.authority, token });
  return (await send(service.port, draft)).reason;
}

const withHeader = (more: object) => signed({ ...valid.header, ...more }, valid.claims, signer);
const withClaims = (more: object) => signed(valid.header, { ...valid.claims, ...more }, signer);
const without = (object: object, name: string) =>
  Object.fromEntries(Object.entries(object).filter(([known]) => known !== name));
const parts = () => ada.token.split('.') as [string, string, string];
const now = Math.floor(Date.now() / 1000);

it('a valid token is accepted', async () => {
  expect(await shown(ada.token)).toBeUndefined();
  expect(await shown(signed(valid.header, valid.claims, signer))).toBeUndefined();
});

describe('a token is TOKEN_INVALID', () => {
  const other = generateKeyPairSync('ed25519').privateKey;

  it.each<[string, () => string]>([
    ...['none', 'None', 'nOnE', '', 'eddsa', 'ES256', 'RS256', 'PBES2-HS256+A128KW'].map(
      (alg): [string, () => string] => [`with alg ${JSON.stringify(alg)}`, () => withHeader({ alg })],
    ),
    ['with alg none and no signature', () => `${b64('{"alg":"none","typ":"at+jwt"}')}.${parts()[1]}.`],
    ['with alg none and the old signature', () => [b64('{"alg":"none"}'), ...parts().slice(1)].join('.')],
    ['without alg', () => signed(without(valid.header, 'alg'), valid.claims, signer)],
    ['with an array of algs', () => withHeader({ alg: ['EdDSA'] })],
    ['signed by another key', () => signed(valid.header, valid.claims, other)],
    [
      'signed by the key that it brings',
      () => signed({ ...valid.header, jwk: other.export({ format: 'jwk' }) }, valid.claims, other),
    ],
    ['that brings even the right key', () => withHeader({ jwk: {} })],
    [
      'that names a place for its key (jku)',
      () => withHeader({ jku: `${service.url}/.well-known/jwks.json` }),
    ],
    ['that names a place for its key (x5u)', () => withHeader({ x5u: 'https://evil.example' })],
    ['that brings a certificate', () => withHeader({ x5c: [] })],
    ['without kid', () => signed(without(valid.header, 'kid'), valid.claims, signer)],
    ['with an unknown kid', () => withHeader({ kid: 'unknown' })],
    ['with a kid that is no text', () => withHeader({ kid: 1 })],
    ['with a kid that is a path', () => withHeader({ kid: '../../../../dev/null' })],
    ['with a kid that is SQL', () => withHeader({ kid: "' or '1'='1" })],
    ['with a kid that is a command', () => withHeader({ kid: '$(touch /tmp/kid)' })],
    ['with a kid of the prototype', () => withHeader({ kid: '__proto__' })],
    ['with an unknown crit', () => withHeader({ crit: ['exp'] })],
    ['with an empty crit', () => withHeader({ crit: [] })],
    ['with b64 false', () => withHeader({ b64: false })],
    ['with zip', () => withHeader({ zip: 'DEF' })],
    ['of another typ: an ID token', () => withHeader({ typ: 'JWT' })],
    ['without typ', () => signed(without(valid.header, 'typ'), valid.claims, signer)],
    ['with an empty signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['with a short signature', () => ada.token.slice(0, -4)],
    ['with a longer signature', () => `${ada.token}AAAA`],
    ['with a flipped unused bit', () => flipUnused(ada.token)],
    ['with padding', () => `${ada.token}=`],
    ['with a space inside', () => ada.token.replace('.', ' .')],
    ['in two parts', () => parts().slice(0, 2).join('.')],
    ['in four parts', () => `${ada.token}.${parts()[2]}`],
    ['in five parts', () => `${ada.token}..`],
    [
      'with a member twice in its header',
      () =>
        signed(`{"alg":"EdDSA","alg":"EdDSA",${JSON.stringify(valid.header).slice(1)}`, valid.claims, signer),
    ],
    [
      'with a member twice in its claims',
      () => signed(valid.header, `{"sub":"usr_x",${JSON.stringify(valid.claims).slice(1)}`, signer),
    ],
    [
      'with a member twice, once escaped',
      () => signed(valid.header, `{"s\\u0075b":"usr_x",${JSON.stringify(valid.claims).slice(1)}`, signer),
    ],
    ['whose payload is an array', () => signed(valid.header, '[]', signer)],
    ['whose payload is a text', () => signed(valid.header, '"text"', signer)],
    ['whose payload is not UTF-8', () => signed(valid.header, Buffer.from([0x7b, 0xff, 0x7d]), signer)],
    ['that is a refresh token', () => ada.refreshToken],
    ['that is an API key', () => key.apiKey as string],
    ['that is a dot', () => '.'],
  ])('%s', async (_, token) => {
    expect(await shown(token())).toBe('TOKEN_INVALID');
  });

  it.each([0, 1, 2])('that is HS256 under the public key as a secret, form %d', async (form) => {
    const [, secret] = publicForms(signer)[form] as [string, string | Buffer];
    expect(await shown(hs256(valid, secret))).toBe('TOKEN_INVALID');
  });

  it.each<[string, unknown[]]>([
    ['iss', ['https://evil.example', 'HTTP://LOCALHOST', null, '', 7]],
    ['aud', ['other', null, '', [[]], 'http://localhost']],
    ['sub', [null, 7, '', 'usr_other', {}]],
    ['sid', [null, 7, '', 'ses_000000000000', {}]],
    ['exp', [String(now + 60), now + 60.5, now + 100_000, now + 3600, 1e99, null]],
    ['iat', [String(now), now + 3600, 0, null, -1]],
    ['jti', [null, '', 7]],
    ['client_id', [null, '', 7]],
    ['nbf', [now + 3600, String(now), null]],
  ])('with another %s, or none', async (name, values) => {
    const tokens = values.map((value) => withClaims({ [name]: value }));
    if (name in valid.claims) tokens.push(signed(valid.header, without(valid.claims, name), signer));
    const reasons = await Promise.all(tokens.map(shown));
    // A session that is not there is one that has ended.
    expect(new Set(reasons)).toEqual(
      new Set(reasons.includes('SESSION_ENDED') ? ['TOKEN_INVALID', 'SESSION_ENDED'] : ['TOKEN_INVALID']),
    );
    expect(reasons.filter((reason) => reason === 'SESSION_ENDED')).toHaveLength(name === 'sid' ? 1 : 0);
  });

  it('with an issuer or audience that is only similar', async () => {
    const iss = String(valid.claims['iss']);
    const aud = String(valid.claims['aud']);
    const near = [
      { iss: `${iss}/` },
      { iss: [iss] },
      { iss: iss.toUpperCase() },
      { aud: [aud] },
      { aud: `${aud}/` },
      { aud: aud.slice(0, -1) },
      { aud: [[aud]] },
    ];
    for (const claims of near) expect(await shown(withClaims(claims))).toBe('TOKEN_INVALID');
  });

  function flipUnused(token: string): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return token.slice(0, -1) + alphabet[alphabet.indexOf(token.slice(-1)) ^ 1];
  }
});

describe('a token is refused before it is parsed', () => {
  it.each<[string, () => string, string]>([
    ['over eight kilobytes', () => withClaims({ more: 'x'.repeat(6_000) }), 'HEADERS_TOO_LARGE'],
    [
      'in JSON, which has commas',
      () => JSON.stringify({ protected: parts()[0], payload: parts()[1], signature: parts()[2] }),
      'REQUEST_MALFORMED',
    ],
  ])('%s', async (_, token, reason) => {
    expect(await shown(token())).toBe(reason);
  });
});

describe('a token', () => {
  it('is TOKEN_EXPIRED only if it is otherwise valid', async () => {
    const past = { iat: now - 900, exp: now - 300 };
    expect(await shown(withClaims(past))).toBe('TOKEN_EXPIRED');
    expect(
      await shown(
        signed(valid.header, { ...valid.claims, ...past }, generateKeyPairSync('ed25519').privateKey),
      ),
    ).toBe('TOKEN_INVALID');
    expect(await shown(withClaims({ ...past, aud: 'other' }))).toBe('TOKEN_INVALID');
  });

  it('of another workspace’s member is WORKSPACE_DENIED alongside a key', async () => {
    const eve = await signUp(service);
    expect(await shown(eve.token)).toBe('WORKSPACE_DENIED');
  });

  it('of one session is TOKEN_INVALID if another session signs', async () => {
    const eve = await signUp(service);
    const draft = sign(eve, '/api/whoami', { authority: service.authority, token: ada.token });
    expect((await send(service.port, draft)).reason).toBe('TOKEN_INVALID');
  });

  it('alone is useless: a thief lacks the session’s secret', async () => {
    const thief = { id: ada.id, apiKey: null, signingSecret: 'kss_guess' };
    const draft = sign(thief, '/api/whoami', { authority: service.authority, token: ada.token });
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_INVALID');
  });

  it('adds no rights to a key', async () => {
    const weak = await createKey(service, ada, { permissions: ['profile:read'] });
    const options = { authority: service.authority, token: ada.token };
    for (const name of ['keys.list', 'exemple']) {
      const answer = await send(service.port, sign(weak, `/api/${name}`, options));
      expect(answer.reason).toBe(name === 'exemple' ? 'PERMISSION_DENIED' : 'ACCESS_DENIED');
    }
  });

  it('as the bearer and in x-user-token at once is refused', async () => {
    const draft = sign(ada, '/api/whoami', { authority: service.authority, token: ada.token });
    const twice = { ...draft, headers: [...draft.headers, ['x-user-token', ada.token] as const] };
    expect((await send(service.port, twice)).reason).toBe('REQUEST_MALFORMED');
  });

  it('in the query is ignored', async () => {
    const target = `/api/profile?access_token=${ada.token}`;
    const draft = sign(key, target, { authority: service.authority });
    expect((await send(service.port, draft)).reason).toBe('TOKEN_MISSING');
  });

  it('of a service is not accepted by one of another issuer that shares its keys', async () => {
    const claims = { ...valid.claims, iss: 'https://other.example', aud: 'https://other.example/api' };
    expect(await shown(signed(valid.header, claims, signer))).toBe('TOKEN_INVALID');
  });

  it('with random kids causes few database queries', async () => {
    const tokens = Array.from({ length: 200 }, (_, n) => withHeader({ kid: `kid-${n}` }));
    const storm = async () => {
      const reasons = await Promise.all(tokens.map(shown));
      expect(new Set(reasons)).toEqual(new Set(['TOKEN_INVALID']));
    };
    expect(await queriesOf(service, storm)).toBeLessThan(10);
  });
});
