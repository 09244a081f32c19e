import { generateKeyPairSync } from 'node:crypto';
import { type InnerList, parseDictionary } from 'structured-headers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestField, type StandardOptions, signerOf, signStandard } from '../harness/http-signature.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import {
  type Answer,
  type Credentials,
  type Draft,
  headerOf,
  newNonce,
  send,
  sign,
  withHeader,
} from '../harness/wire.ts';

/** So many failures that the tests are not throttled: other tests cover that. */
const FAILURES = '10000';

let service: TestService;
let ada: Person;
let key: Credentials;
let other: Credentials;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: FAILURES } });
  ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['exemple:read', 'echo:write', 'profile:read'] });
  other = await createKey(service, ada, { permissions: ['exemple:read'] });
});
afterAll(() => service.stop());

const signed = (options: Partial<StandardOptions> = {}, target = '/api/exemple', who: Credentials = key) =>
  signStandard(who, target, { authority: service.authority, ...options });
const echo = (options: Partial<StandardOptions> = {}) =>
  signed({ body: '{"text":"mine"}', ...options }, '/api/echo');
const sent = (draft: Draft): Promise<Answer> => send(service.port, draft);
const reasonOf = async (draft: Draft) => {
  const { status, reason } = await sent(draft);
  return reason ?? status;
};
const missingIn = async (draft: Draft) => {
  const { json, reason } = await sent(draft);
  return [reason, json.error?.data.missing];
};
const now = () => Math.floor(Date.now() / 1000);
const TARGET = ['"@method"', '"@target-uri"'];
/** The covered components of a call of `echo`. */
const ECHO = [...TARGET, '"content-type"', '"content-digest"'];

describe('a request with an RFC 9421 signature', () => {
  it('is admitted with the signing secret', async () => {
    const answer = await sent(signed({}, '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'));
    expect(answer.json.result.data).toMatchObject({ message: 'Hello, Ada!', caller: { keyId: key.id } });
  });

  it.each([
    ['the request target', ['"@method"', '"@authority"', '"@request-target"']],
    ['path and query', ['"@query"', '"@path"', '"@authority"', '"@method"']],
    [
      'more than is needed',
      [...TARGET, '"@scheme"', '"@query-param";name="input"', '"host"', '"authorization"'],
    ],
  ])('covers the target by %s', async (_, components) => {
    const values = { '"@query-param";name="input"': '%7B%7D' };
    expect(await reasonOf(signed({ components, values }, '/api/exemple?input=%7B%7D'))).toBe(200);
  });

  it.each(['sha-256', 'sha-512'] as const)('covers its body by %s', async (algorithm) => {
    const body = '{"text":"l’été"}';
    expect(await reasonOf(echo({ body, contentDigest: digestField(body, algorithm) }))).toBe(200);
  });

  it('names its algorithm and its tag, and has any label', async () => {
    const parameters = { alg: '"hmac-sha256"', tag: '"keyseal"', expires: String(now() + 60), extra: '?0' };
    expect(await reasonOf(signed({ parameters, label: '*my-label.1' }))).toBe(200);
  });

  it.each([16, 128])('has a nonce of %d characters', async (length) => {
    const nonce = `"${`~!/+ =${newNonce()}${'x'.repeat(128)}`.slice(0, length)}"`;
    expect(await reasonOf(signed({ parameters: { nonce } }))).toBe(200);
  });

  it('may be made by a key on behalf of a user', async () => {
    expect(await reasonOf(signed({ token: ada.token }, '/api/profile'))).toBe(200);
  });

  it('may be made by a session, with or without its token', async () => {
    expect(await reasonOf(signed({ token: ada.token }, '/api/workspaces.list', ada))).toBe(200);
    const body = JSON.stringify({ refreshToken: ada.refreshToken });
    expect(await reasonOf(signed({ body }, '/api/auth.refresh', ada))).toBe(200);
  });

  it('is admitted alongside signatures of others, which are ignored', async () => {
    const draft = signed();
    const proxy = `proxy=("@authority");created=1;keyid="proxy", bot=("@authority");keyid="${key.id}";tag="web-bot-auth"`;
    const both = withHeader(draft, 'signature-input', `${proxy}, ${headerOf(draft, 'signature-input')}`);
    expect(
      await reasonOf(withHeader(both, 'signature', `${headerOf(draft, 'signature')}, proxy=:aGk=:`)),
    ).toBe(200);
  });

  it('is that of the session in the token, alongside one of another session', async () => {
    const draft = signed({ token: ada.token }, '/api/workspaces.list', ada);
    const foreign = 'x=("@method");created=1;nonce="1234567890123456";keyid="ses_000000000000"';
    for (const both of [
      `${headerOf(draft, 'signature-input')}, ${foreign}`,
      `${foreign}, ${headerOf(draft, 'signature-input')}`,
    ]) {
      const fresh = signed({ token: ada.token }, '/api/workspaces.list', ada);
      const input = both.replace(headerOf(draft, 'signature-input'), headerOf(fresh, 'signature-input'));
      expect(await reasonOf(withHeader(fresh, 'signature-input', input))).toBe(200);
    }
  });

  it('is admitted with its headers in several lines', async () => {
    const draft = signed();
    const headers = [
      ...draft.headers,
      ['signature-input', 'p=("@path");keyid="p"'],
      ['signature', 'p=:aGk=:'],
    ] as const;
    expect(await reasonOf({ ...draft, headers })).toBe(200);
  });
});

describe('x-signature and the form of RFC 9421', () => {
  it('share one space of nonces', async () => {
    const [t, nonce] = [now(), newNonce()];
    expect(await reasonOf(sign(key, '/api/exemple', { authority: service.authority, t, nonce }))).toBe(200);
    const parameters = { created: String(t), nonce: `"${nonce}"` };
    expect(await reasonOf(signed({ parameters }))).toBe('SIGNATURE_REPLAYED');
  });

  it('do not replace each other: if there is an x-signature, only that is checked', async () => {
    const draft = signed();
    const wrong = headerOf(sign(other, '/api/exemple', { authority: service.authority }), 'x-signature');
    expect(await reasonOf(withHeader(draft, 'x-signature', wrong))).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(withHeader(draft, 'x-signature', 'v1'))).toBe('SIGNATURE_MALFORMED');
    const right = headerOf(sign(key, '/api/exemple', { authority: service.authority }), 'x-signature');
    const broken = withHeader(withHeader(draft, 'signature-input', '('), 'x-signature', right);
    expect(await reasonOf(broken)).toBe(200);
  });

  it('have bases that cannot be confused', async () => {
    const v1 = sign(key, '/api/exemple', { authority: service.authority });
    const mac = Buffer.from(headerOf(v1, 'x-signature').replace(/.*s=/, ''), 'hex');
    expect(await reasonOf(signed({ sign: () => mac }))).toBe('SIGNATURE_INVALID');
  });
});

describe('a replay', () => {
  it('is refused, also of a hundred copies at once', async () => {
    const draft = echo();
    const reasons = await Promise.all(Array.from({ length: 100 }, () => reasonOf(draft)));
    expect(reasons.filter((reason) => reason === 200)).toHaveLength(1);
    expect(new Set(reasons)).toEqual(new Set([200, 'SIGNATURE_REPLAYED']));
  });

  it('is refused under another label, and with other signatures alongside it', async () => {
    const draft = signed();
    expect(await reasonOf(draft)).toBe(200);
    const renamed = withHeader(
      draft,
      'signature-input',
      headerOf(draft, 'signature-input').replace('sig1', 'x'),
    );
    const again = withHeader(renamed, 'signature', headerOf(draft, 'signature').replace('sig1', 'x'));
    expect(await reasonOf(again)).toBe('SIGNATURE_REPLAYED');
  });

  it('of an invalid or incomplete signature does not spend the nonce', async () => {
    const nonce = `"${newNonce()}"`;
    expect(await reasonOf(signed({ parameters: { nonce }, sign: () => Buffer.alloc(32) }))).toBe(
      'SIGNATURE_INVALID',
    );
    expect(await reasonOf(signed({ parameters: { nonce }, components: ['"@method"'] }))).toBe(
      'SIGNATURE_INVALID',
    );
    expect(await reasonOf(signed({ parameters: { nonce } }))).toBe(200);
  });
});

describe('the time of a signature', () => {
  it.each([
    [-330, 'SIGNATURE_EXPIRED'],
    [-290, 200],
    [90, 'SIGNATURE_EXPIRED'],
    [660, 'SIGNATURE_MALFORMED'],
  ])('created %d seconds from now is answered %s', async (offset, reason) => {
    expect(await reasonOf(signed({ parameters: { created: String(now() + offset) } }))).toBe(reason);
  });

  it('expires ends the window earlier, and never later', async () => {
    const parameters = (created: number, expires: number) => ({
      parameters: { created: String(now() + created), expires: String(now() + expires) },
    });
    expect(await reasonOf(signed(parameters(-60, -30)))).toBe('SIGNATURE_EXPIRED');
    expect(await reasonOf(signed(parameters(-60, 30)))).toBe(200);
    expect(await reasonOf(signed(parameters(-330, 3600)))).toBe('SIGNATURE_EXPIRED');
  });
});

describe('a signature is malformed if', () => {
  it.each<[string, Partial<StandardOptions>]>([
    ['created is absent', { parameters: { created: null } }],
    ['created is a float', { parameters: { created: `${now()}.5` } }],
    ['created is a float without a fraction', { parameters: { created: `${now()}.0` } }],
    ['created is a string', { parameters: { created: `"${now()}"` } }],
    ['created is zero', { parameters: { created: '0' } }],
    ['created is negative', { parameters: { created: `-${now()}` } }],
    ['created is a date', { parameters: { created: `@${now()}` } }],
    ['created is in milliseconds', { parameters: { created: String(now() * 1000) } }],
    ['created is too far ahead', { parameters: { created: String(now() + 660) } }],
    ['created is a flag', { parameters: { created: '?1' } }],
    ['created is a list', { parameters: { created: '(1)' } }],
    ['created has a sign', { parameters: { created: `+${now()}` } }],
    ['created has sixteen digits', { parameters: { created: '9'.repeat(16) } }],
    ['created is in scientific notation', { parameters: { created: '1e9' } }],
    ['created occurs twice', { parameters: { created: `${now()};created=${now()}` } }],
    ['expires is before created', { parameters: { expires: String(now() - 60) } }],
    ['expires is a float', { parameters: { expires: `${now() + 60}.5` } }],
    ['expires is a date', { parameters: { expires: `@${now() + 60}` } }],
    ['expires is negative', { parameters: { expires: '-1' } }],
    ['expires is a string', { parameters: { expires: '"never"' } }],
    ['the nonce is absent', { parameters: { nonce: null } }],
    ['the nonce is short', { parameters: { nonce: '"123456789012345"' } }],
    ['the nonce is long', { parameters: { nonce: `"${'n'.repeat(129)}"` } }],
    ['the nonce is empty', { parameters: { nonce: '""' } }],
    ['the nonce is bytes', { parameters: { nonce: ':MTIzNDU2Nzg5MDEyMzQ1Ng==:' } }],
    ['the nonce is a display string', { parameters: { nonce: '%"1234567890123456"' } }],
    ['the nonce is a flag', { parameters: { nonce: '?1' } }],
    ['the nonce is a token', { parameters: { nonce: newNonce() } }],
    ['the nonce is not ASCII', { parameters: { nonce: '"caf\xe9-caf\xe9-caf\xe9-caf\xe9"' } }],
    ['alg is a token', { parameters: { alg: 'hmac-sha256' } }],
    ['keyid occurs twice', { parameters: { extra: '1;keyid="x";keyid="x"' } }],
    ['a component is covered twice', { components: [...TARGET, '"@method"'] }],
    ['a component is in upper case', { components: [...TARGET, '"Host"'] }],
    ['a component is unknown', { components: [...TARGET, '"@foo"'] }],
    ['a component is a token', { components: [...TARGET, 'host'] }],
    ['a component is of the request of a response', { components: [...TARGET, '"@method";req'] }],
    ['a component is a trailer', { components: [...TARGET, '"host";tr'] }],
    ['a component is a status', { components: [...TARGET, '"@status"'] }],
    ['a component has unknown parameters', { components: [...TARGET, '"host";x'] }],
    ['bs and sf contradict each other', { components: [...TARGET, '"priority";bs;sf'] }],
    ['the label is in upper case', { label: 'Sig1' }],
  ])('%s', async (_, options) => {
    const answer = await sent(signed(options));
    expect([answer.status, answer.reason]).toEqual([401, 'SIGNATURE_MALFORMED']);
    expect(answer.json.error.data.issues).toMatchObject([{ rule: 'http-signature' }]);
  });

  it.each<[string, (draft: Draft) => Draft]>([
    ['it is not there', (draft) => withHeader(draft, 'signature', null)],
    ['it is under another label', (draft) => withHeader(draft, 'signature', 'sig2=:aGk=:')],
    ['it is no bytes', (draft) => withHeader(draft, 'signature', 'sig1="aGk="')],
    ['it is a list', (draft) => withHeader(draft, 'signature', 'sig1=(:aGk=:)')],
    ['it is cut off', (draft) => withHeader(draft, 'signature', 'sig1=:aGk')],
    [
      'it occurs twice',
      (draft) =>
        withHeader(draft, 'signature', `${headerOf(draft, 'signature')}, ${headerOf(draft, 'signature')}`),
    ],
    [
      'its input occurs twice under one label',
      (draft) =>
        withHeader(draft, 'signature-input', `sig1=();keyid="x", ${headerOf(draft, 'signature-input')}`),
    ],
    [
      'its input occurs in two lines',
      (draft) => ({
        ...draft,
        headers: [...draft.headers, ['signature-input', headerOf(draft, 'signature-input')]],
      }),
    ],
    [
      'the key signs under two labels',
      (draft) =>
        withHeader(
          withHeader(
            draft,
            'signature-input',
            `${headerOf(draft, 'signature-input')}, b=${headerOf(draft, 'signature-input').slice(5)}`,
          ),
          'signature',
          `${headerOf(draft, 'signature')}, b=${headerOf(draft, 'signature').slice(5)}`,
        ),
    ],
    ['the input is no list', (draft) => withHeader(draft, 'signature-input', `sig1=1;keyid="${key.id}"`)],
    ['the input is cut off', (draft) => withHeader(draft, 'signature-input', 'sig1=("@method"')],
  ])('%s', async (_, change) => {
    expect(await reasonOf(change(signed()))).toBe('SIGNATURE_MALFORMED');
  });

  it('but not for a second label of another party', async () => {
    const draft = signed();
    const foreign = `x=("@method");created=1;nonce="1234567890123456";keyid="${other.id}"`;
    expect(
      await reasonOf(
        withHeader(draft, 'signature-input', `${headerOf(draft, 'signature-input')}, ${foreign}`),
      ),
    ).toBe(200);
  });

  it('and the refusal repeats nothing of the request', async () => {
    const answer = await sent(signed({ components: [...TARGET, '"@kss_secret"'] }));
    expect(answer.text).not.toContain('kss_secret');
  });
});

describe('there is no signature if', () => {
  it.each<[string, Partial<StandardOptions>]>([
    ['keyid is absent', { parameters: { keyid: null } }],
    ['keyid is a token', { parameters: { keyid: 'abcdefghijkl' } }],
    ['keyid is unknown', { parameters: { keyid: '"abcdefghijkl"' } }],
    ['keyid is the whole key', { parameters: { keyid: '"ks_live_abcdefghijkl"' } }],
    ['tag is that of another protocol', { parameters: { tag: '"web-bot-auth"' } }],
    ['tag is a token', { parameters: { tag: 'keyseal' } }],
    ['tag is in another case', { parameters: { tag: '"Keyseal"' } }],
  ])('%s, and the refusal says what keyid and tag must be', async (_, options) => {
    const { reason, json } = await sent(signed(options));
    const message = expect.stringContaining('whose keyid is only the id of the credential');
    expect([reason, json.error.data.issues]).toEqual([
      'SIGNATURE_MISSING',
      [{ rule: 'http-signature', path: 'headers.signature-input', message }],
    ]);
  });

  it('signature-input is empty, or of another key', async () => {
    expect(await reasonOf(withHeader(signed(), 'signature-input', ''))).toBe('SIGNATURE_MISSING');
    expect(await reasonOf(withHeader(signed(), 'signature-input', null))).toBe('SIGNATURE_MISSING');
    const bearer = `Bearer ${other.apiKey}`;
    expect(await reasonOf(withHeader(signed(), 'authorization', bearer))).toBe('SIGNATURE_MISSING');
  });

  it('a session signs for a call that needs its token', async () => {
    expect(await reasonOf(signed({}, '/api/exemple', ada))).toBe('TOKEN_MISSING');
  });

  it.each<[string, string, string]>([
    ['TOKEN_MISSING', 'a parameter after a space', 'a=("@method");created=1; keyid="ses_000000000000"'],
    [
      'KEY_MISSING',
      'a signature for somebody else',
      'a=("@method");keyid="ses_000000000000";tag="web-bot-auth"',
    ],
    ['KEY_MISSING', 'another parameter', 'a=("@method");my-keyid="ses_000000000000"'],
    ['KEY_MISSING', 'no dictionary', '(;keyid="ses_000000000000"'],
  ])('nor a bearer: %s for %s', async (reason, _, input) => {
    const draft = withHeader(signed({}, '/api/exemple', ada), 'signature-input', input);
    expect(await reasonOf(draft)).toBe(reason);
  });
});

describe('a part that is not covered', () => {
  it.each<[string, Partial<StandardOptions>, string[]]>([
    ['the method', { components: ['"@target-uri"'] }, ['@method']],
    ['the target', { components: ['"@method"'] }, ['@target-uri']],
    ['the host', { components: ['"@method"', '"@request-target"'] }, ['@authority']],
    ['the query', { components: ['"@method"', '"@authority"', '"@path"'] }, ['@query']],
    ['anything', { components: [] }, ['@method', '@target-uri']],
    ['the user token', { components: TARGET, token: 'x.y.z' }, ['x-user-token']],
    ['the content type', { components: TARGET, contentType: 'application/json' }, ['content-type']],
  ])('%s is reported to the signer', async (_, options, missing) => {
    expect(await missingIn(signed(options))).toEqual(['SIGNATURE_INVALID', missing]);
  });

  it.each<[string, Partial<StandardOptions>]>([
    ['without content-digest', { contentDigest: null, components: ECHO.slice(0, 3) }],
    ['with content-digest that is not covered', { components: ECHO.slice(0, 3) }],
    [
      'with a part of content-digest',
      {
        components: [...ECHO.slice(0, 3), '"content-digest";key="sha-256"'],
        values: { '"content-digest";key="sha-256"': digestField('{"text":"mine"}').slice('sha-256='.length) },
      },
    ],
    ['with a weak digest', { contentDigest: 'md5=:aGk=:' }],
  ])('of a body %s', async (_, options) => {
    expect(await missingIn(echo(options))).toEqual(['SIGNATURE_INVALID', ['content-digest']]);
  });

  it('the bearer token of a session', async () => {
    const options = { token: ada.token, components: TARGET };
    expect(await missingIn(signed(options, '/api/workspaces.list', ada))).toEqual([
      'SIGNATURE_INVALID',
      ['authorization'],
    ]);
  });

  it('is not reported to a caller without the secret', async () => {
    const options = { components: [], sign: () => Buffer.alloc(32) };
    expect(await missingIn(signed(options))).toEqual(['SIGNATURE_INVALID', undefined]);
  });
});

describe('a signature is invalid if', () => {
  it.each<[string, Partial<StandardOptions>]>([
    ['alg is of another kind', { parameters: { alg: '"ed25519"' } }],
    ['alg is in another case', { parameters: { alg: '"HMAC-SHA256"' } }],
    ['alg is empty', { parameters: { alg: '""' } }],
    ['created has leading zeros, which the base does not have', { parameters: { created: `00000${now()}` } }],
    ['a covered field is not there', { components: [...TARGET, '"absent"'] }],
    ['a covered query parameter occurs twice', { components: [...TARGET, '"@query-param";name="a"'] }],
    ['it is empty', { sign: () => Buffer.alloc(0) }],
    ['it is short', { sign: () => Buffer.alloc(31) }],
    ['it is by a public key', { sign: signerOf(generateKeyPairSync('ed25519').privateKey) }],
    [
      'a covered field is not ASCII',
      { components: [...TARGET, '"x-name"'], headers: [['x-name', 'caf\xe9']] },
    ],
  ])('%s', async (_, options) => {
    expect(await reasonOf(signed(options, '/api/exemple?a=1&a=2'))).toBe('SIGNATURE_INVALID');
  });

  it.each<[string, (draft: Draft) => Draft]>([
    ['the body', (draft) => ({ ...draft, body: Buffer.from('{"text":"evil"}') })],
    [
      'the body and its digest',
      (draft) =>
        withHeader(
          { ...draft, body: Buffer.from('{"text":"evil"}') },
          'content-digest',
          digestField('{"text":"evil"}'),
        ),
    ],
    ['the content type', (draft) => withHeader(draft, 'content-type', 'application/json; charset=utf-8')],
    ['the target', (draft) => ({ ...draft, target: '/api/echo?x=1' })],
    ['a user token that is added', (draft) => withHeader(draft, 'x-user-token', ada.token)],
    ['the order of the components', (draft) => withHeader(draft, 'signature-input', swapped(draft))],
    [
      'a parameter that is added',
      (draft) =>
        withHeader(draft, 'signature-input', `${headerOf(draft, 'signature-input')};expires=9999999999`),
    ],
    [
      'a digest that is added and wrong',
      (draft) =>
        withHeader(
          draft,
          'content-digest',
          `${headerOf(draft, 'content-digest')}, ${digestField('', 'sha-512')}`,
        ),
    ],
  ])('%s was changed', async (_, change) => {
    expect(await reasonOf(change(echo()))).toBe('SIGNATURE_INVALID');
  });

  it('its digest is in base64url', async () => {
    const body = '{"text":"mine 0"}';
    const right = digestField(body);
    expect(right).toMatch(/\+.*\/|\/.*\+/);
    expect(await reasonOf(echo({ body, contentDigest: right }))).toBe(200);
    const contentDigest = right.replaceAll('+', '-').replaceAll('/', '_');
    expect(await reasonOf(echo({ body, contentDigest }))).toBe('SIGNATURE_INVALID');
  });

  it.each([
    ['one of two digests is wrong', `${digestField('{"text":"mine"}')}, ${digestField('evil', 'sha-512')}`],
    ['a digest occurs twice', `${digestField('evil')}, ${digestField('{"text":"mine"}')}`],
    ['a digest is cut off', 'sha-256=:aGk=:'],
    ['a digest is of nothing', digestField('')],
    ['the only digest is in upper case', digestField('{"text":"mine"}').replace('sha', 'SHA')],
    ['a digest is a string', digestField('{"text":"mine"}').replaceAll(/:/g, '"')],
    ['a digest is a list', digestField('{"text":"mine"}').replace(/=(:.*:)$/, '=($1)')],
    ['it is no dictionary', `(${digestField('{"text":"mine"}')})`],
  ])('%s', async (_, contentDigest) => {
    expect(await reasonOf(echo({ contentDigest }))).toBe('SIGNATURE_INVALID');
  });

  it.each([
    ['a right one of another algorithm', digestField('{"text":"mine"}', 'sha-512'), 200],
    ['a weak one', 'md5=:aGk=:', 200],
    ['an unknown one', 'crc32c=:aGk=:', 200],
    ['the same', digestField('{"text":"mine"}'), 'SIGNATURE_INVALID'],
    ['a wrong one of another algorithm', digestField('evil', 'sha-512'), 'SIGNATURE_INVALID'],
    ['a wrong one of the same algorithm', digestField('evil'), 'SIGNATURE_INVALID'],
  ])('a second line of content-digest has %s', async (_, line, expected) => {
    expect(await reasonOf(echo({ headers: [['content-digest', line]] }))).toBe(expected);
  });

  it('a digest without a body is wrong', async () => {
    expect(await reasonOf(signed({ contentDigest: digestField('evil') }))).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(signed({ contentDigest: digestField('') }))).toBe(200);
  });

  it('a session signs for another session', async () => {
    const eve = await signUp(service);
    const foreign = { ...eve, apiKey: null } as Person;
    const draft = signed({ token: ada.token }, '/api/workspaces.list', foreign);
    expect(await reasonOf(draft)).toBe('SIGNATURE_MISSING');
    // Without a token that names a session, only the signature says which it is.
    const garbled = signed({ token: 'x.y.z' }, '/api/workspaces.list', foreign);
    expect(await reasonOf(garbled)).toBe('TOKEN_INVALID');
  });
});

describe('the number of', () => {
  it('labels is at most 32', async () => {
    const withOthers = (count: number) => {
      const draft = signed();
      const others = Array.from({ length: count }, (_, n) => `p${n}=();keyid="p"`);
      return withHeader(draft, 'signature-input', [headerOf(draft, 'signature-input'), ...others].join(', '));
    };
    expect(await reasonOf(withOthers(31))).toBe(200);
    const { reason, json } = await sent(withOthers(32));
    expect([reason, json.error.data.issues]).toEqual([
      'SIGNATURE_MALFORMED',
      [expect.objectContaining({ message: 'must have at most 32 labels' })],
    ]);
  });

  it('labels, components and parameters of all together is at most 512', async () => {
    const withOther = (items: number) => {
      const draft = signed();
      const other = `o=(${Array.from({ length: items }, () => '"a"').join(' ')});keyid="o"`;
      return withHeader(draft, 'signature-input', `${headerOf(draft, 'signature-input')}, ${other}`);
    };
    // Two labels, two components, four parameters.
    expect(await reasonOf(withOther(512 - 8))).toBe(200);
    const { reason, json } = await sent(withOther(512 - 7));
    expect([reason, json.error.data.issues]).toEqual([
      'SIGNATURE_MALFORMED',
      [expect.objectContaining({ message: expect.stringContaining('of at most 512 labels, components') })],
    ]);
  });

  it('covered components is at most 128', async () => {
    const names = Array.from({ length: 127 }, (_, n) => `p${n}`);
    const covering = (count: number) => {
      const own = names.slice(0, count).map((name) => `"x-parts";key="${name}"`);
      const values = Object.fromEntries(own.map((id) => [id, '1']));
      const headers = [['x-parts', names.map((name) => `${name}=1`).join(', ')]] as const;
      return signed({ components: [...TARGET, ...own], values, headers });
    };
    expect(await reasonOf(covering(126))).toBe(200);
    const { reason, json } = await sent(covering(127));
    expect([reason, json.error.data.issues]).toEqual([
      'SIGNATURE_MALFORMED',
      [expect.objectContaining({ message: 'must cover at most 128 components' })],
    ]);
  });
});

const swapped = (draft: Draft): string =>
  headerOf(draft, 'signature-input').replace('"@method" "@target-uri"', '"@target-uri" "@method"');

describe('a 401', () => {
  const accepted = async (draft: Draft) => {
    const { status, headers } = await sent(draft);
    return [status, headers['accept-signature']];
  };
  const asks = (...names: string[]) =>
    `keyseal=(${['@method', ...names, '@target-uri'].map((name) => `"${name}"`).join(' ')});created;tag="keyseal"`;

  it('says what a signature must cover (RFC 9421 §5.1)', async () => {
    const unsigned = (draft: Draft) => withHeader(draft, 'signature-input', null);
    expect(await accepted(unsigned(signed()))).toEqual([401, asks()]);
    expect(await accepted(unsigned(echo({ token: ada.token })))).toEqual([
      401,
      asks('content-type', 'content-digest', 'x-user-token'),
    ]);
    const draft = unsigned(signed({ token: ada.token }, '/api/workspaces.list', ada));
    expect(await accepted(draft)).toEqual([401, asks('authorization')]);
    expect(await accepted(signed())).toEqual([200, undefined]);
  });

  it('names an inner list with parameters that a parser of structured fields accepts', async () => {
    const [, field] = await accepted(withHeader(signed(), 'signature-input', null));
    const [items, parameters] = parseDictionary(String(field)).get('keyseal') as InnerList;
    expect(items.map(([name]) => name)).toEqual(['@method', '@target-uri']);
    expect(Object.fromEntries(parameters)).toEqual({ created: true, tag: 'keyseal' });
  });
});

describe('outside production', () => {
  it('SIGNATURE_INVALID shows the base that was built, and nothing that signs', async () => {
    const answer = await sent(withHeader(echo(), 'content-type', 'text/plain'));
    const lines = answer.json.error.data.debug.base.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '"@method": POST',
      `"@target-uri": ${service.url}/api/echo`,
      '"content-type": text/plain',
    ]);
    expect(lines.at(-1)).toMatch(/^"@signature-params": \("@method" .*\);created=\d+;nonce=".*";keyid=".*"$/);
    expect(answer.text).not.toContain(key.signingSecret);
  });

  it('SIGNATURE_INVALID shows no secret that is covered, in whatever way', async () => {
    const apiKey = key.apiKey ?? '';
    const headers = [
      ['cookie', 'session=secret-cookie'],
      ['x-user-token', 'secret.user.token'],
      ['proxy-authorization', 'Basic c2VjcmV0LXByb3h5'],
      ['x-note', 'a note'],
    ] as const;
    const fields = [
      '"authorization"',
      '"authorization";bs',
      '"cookie";bs',
      ...headers.map(([name]) => `"${name}"`),
    ];
    const answer = await sent(
      signed({
        components: ['"@method"', ...fields, '"@target-uri"'],
        headers,
        values: { '"x-note"': 'another' },
      }),
    );
    const inBase64 = (text: string) => `:${Buffer.from(text).toString('base64')}:`.length;
    expect(answer.json.error.data.debug.base.split('\n').slice(1, 8)).toEqual([
      `"authorization": Bearer ${apiKey.slice(0, -38)}(hidden, 38 characters)`,
      `"authorization";bs: (hidden, ${inBase64(`Bearer ${apiKey}`)} characters)`,
      `"cookie";bs: (hidden, ${inBase64('session=secret-cookie')} characters)`,
      '"cookie": (hidden, 21 characters)',
      '"x-user-token": (hidden, 17 characters)',
      '"proxy-authorization": Basic (hidden, 16 characters)',
      '"x-note": a note',
    ]);
    const secrets = [apiKey.slice(-38), 'secret-cookie', 'secret.user', 'c2VjcmV0'];
    for (const secret of [
      ...secrets,
      ...secrets.map((text) => Buffer.from(text).toString('base64').slice(4, -4)),
    ]) {
      expect(answer.text).not.toContain(secret);
      expect(service.log.join()).not.toContain(secret);
    }
  });

  it.each([
    [
      'that ends as if it were hidden',
      'cookie',
      'session=secret (hidden, 5 characters)',
      '(hidden, 37 characters)',
    ],
    ['whose first word looks like a scheme', 'cookie', 'secret and more', '(hidden, 15 characters)'],
    ['whose first word is no scheme', 'proxy-authorization', 'secret and more', '(hidden, 15 characters)'],
    ['that begins like a key', 'cookie', 'sk_live_secretsecret_1', '(hidden, 22 characters)'],
    ['after a scheme in any case', 'proxy-authorization', 'DIGEST secret=1', 'DIGEST (hidden, 8 characters)'],
  ])('SIGNATURE_INVALID shows nothing of a secret %s: %s', async (_, name, value, shown) => {
    const headers = [[name, value]] as const;
    const components = ['"@method"', `"${name}"`, '"@target-uri"'];
    const answer = await sent(signed({ components, headers, sign: () => Buffer.alloc(32) }));
    expect(answer.json.error.data.debug.base.split('\n')[1]).toBe(`"${name}": ${shown}`);
    expect(answer.text).not.toContain('secret');
  });

  it.each([
    ['is not sent', '"x-note"', [], 'a'],
    ['is not structured', '"priority";sf', [['priority', 'u=(']], 'u'],
    ['is not ASCII', '"x-note"', [['x-note', 'é']], 'é'],
    ['is in the query twice', '"@query-param";name="a"', [], '1'],
  ] as const)('SIGNATURE_INVALID shows which covered component %s', async (_, id, headers, value) => {
    const draft = signed(
      { components: ['"@method"', id, '"@target-uri"'], headers: [...headers], values: { [id]: value } },
      '/api/exemple?a=1&a=2',
    );
    const { reason, json } = await sent(draft);
    expect(reason).toBe('SIGNATURE_INVALID');
    expect(json.error.data.debug.base.split('\n').slice(0, 3)).toEqual([
      '"@method": GET',
      `${id}: (no value in this request)`,
      `"@target-uri": ${service.url}/api/exemple?a=1&a=2`,
    ]);
  });
});
