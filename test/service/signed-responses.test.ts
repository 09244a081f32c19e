import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StandardOptions, signerOf, signStandard } from '../harness/http-signature.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { asking, askResponse, isSigned, parametersIn } from '../harness/signed-response.ts';
import {
  type Answer,
  type Credentials,
  type Draft,
  headerOf,
  send,
  sign,
  withHeader,
} from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '10000' } });
  ada = await signUp(service);
  key = await createKey(service, ada, {
    permissions: ['exemple:read', 'echo:write', 'upload:write', 'profile:read'],
  });
});
afterAll(() => service.stop());

const v1 = (target: string, options: { body?: string; token?: string; t?: number } = {}, who = key) =>
  sign(who, target, { authority: service.authority, ...options });
const standard = (target: string, options: Partial<StandardOptions> = {}, who: Credentials = key) =>
  signStandard(who, target, { authority: service.authority, ...options });
const sent = (draft: Draft): Promise<Answer> => send(service.port, draft);
const isSignedFor = (
  answer: Answer,
  draft: Draft,
  secret: Parameters<typeof isSigned>[2] = key.signingSecret,
) => isSigned(answer, { draft, url: service.url }, secret);
const directory = async (): Promise<Record<string, string>[]> => {
  const target = '/.well-known/http-message-signatures-directory';
  return (await sent({ method: 'GET', target, headers: [['host', 'a']], body: null })).json.keys;
};
const unsigned = ({ headers }: Answer) =>
  ['signature', 'signature-input', 'content-digest'].every((name) => headers[name] === undefined);

const BODY = '{"text":"l’été"}';
const COVERED = [
  '"@status"',
  '"content-digest"',
  '"content-type"',
  '"x-request-id"',
  '"@method";req',
  '"@target-uri";req',
];
const now = () => Math.floor(Date.now() / 1000);

/** Each form of a request, with the component that binds the response to its signature. */
const FORMS = [
  ['x-signature', v1, '"x-signature";req'],
  ['RFC 9421', standard, '"signature";req;key="sig1"'],
] as const;

describe.each(FORMS)('a request with %s that requests a signed response', (_, form, own) => {
  it('gets a MAC by its own secret, over the response and over itself', async () => {
    const draft = asking(form('/api/echo', { body: BODY }));
    const answer = await sent(draft);
    expect(answer.json.result.data.text).toBe('l’été');
    expect(isSignedFor(answer, draft)).toBe(true);
    const { components, created, keyid, alg } = parametersIn(answer);
    expect([components, keyid, alg]).toEqual([[...COVERED, own], key.id, 'hmac-sha256']);
    expect(Math.abs(created - now())).toBeLessThan(30);
  });

  it('gets a signature over its target as it was sent', async () => {
    const draft = asking(form('/api/exemple?input=%7B%22name%22:%22%27%22%7D'));
    const answer = await sent(draft);
    expect([answer.status, isSignedFor(answer, draft)]).toEqual([200, true]);
  });

  it('gets no answer that verifies for another request', async () => {
    const [first, second] = [asking(form('/api/exemple')), asking(form('/api/exemple'))];
    const [one, other] = [await sent(first), await sent(second)];
    expect([isSignedFor(one, first), isSignedFor(other, second)]).toEqual([true, true]);
    expect([isSignedFor(one, second), isSignedFor(other, first)]).toEqual([false, false]);
  });

  it('gets a signature that does not verify with another status, id, type or body', async () => {
    const draft = asking(form('/api/exemple'));
    const answer = await sent(draft);
    const changed: Partial<Answer>[] = [
      { status: 201 },
      { text: answer.text.replace('world', 'World') },
      { text: answer.text.slice(0, -1) },
      ...['x-request-id', 'content-type'].map((name) => ({ headers: { ...answer.headers, [name]: 'x' } })),
    ];
    for (const change of changed) expect(isSignedFor({ ...answer, ...change }, draft)).toBe(false);
  });

  it('gets the signature of the service with ed25519, by a key of its directory', async () => {
    const draft = asking(form('/api/exemple'), askResponse(';alg="ed25519"'));
    const answer = await sent(draft);
    const { keyid, alg } = parametersIn(answer);
    const own = (await directory()).find(({ kid }) => kid === keyid);
    expect([alg, own?.['crv'], isSignedFor(answer, draft, own)]).toEqual(['ed25519', 'Ed25519', true]);
  });

  it('gets each refusal signed once its own signature has verified', async () => {
    const replayed = asking(form('/api/exemple'));
    await sent(replayed);
    const old = { t: now() - 400, parameters: { created: String(now() - 400) } };
    const refused: [string, Draft][] = [
      ['SIGNATURE_REPLAYED', replayed],
      ['SIGNATURE_EXPIRED', asking(form('/api/exemple', old))],
      ['INPUT_INVALID', asking(form('/api/echo', { body: '{"text":1}' }))],
      ['PERMISSION_DENIED', asking(form('/api/keys.list'))],
      ['TOKEN_INVALID', asking(form('/api/profile', { token: 'a.b.c' }))],
    ];
    for (const [reason, draft] of refused) {
      const answer = await sent(draft);
      expect([answer.reason, isSignedFor(answer, draft)]).toEqual([reason, true]);
    }
  });

  it('gets no signature if its own does not verify, or is missing', async () => {
    const other = { ...key, signingSecret: service.demo.signingSecret };
    const drafts = [
      form('/api/exemple', {}, other),
      form('/api/exemple', {}, { ...key, apiKey: service.demo.apiKey }),
      { ...form('/api/exemple'), headers: [['host', service.authority] as const] },
      withHeader(form('/api/exemple'), 'authorization', null),
    ];
    for (const draft of drafts) {
      for (const asks of [askResponse(), askResponse(';alg="ed25519"')]) {
        const answer = await sent(asking(draft, asks));
        expect([answer.status, unsigned(answer)]).toEqual([401, true]);
      }
    }
  });

  it.each([
    ['a batch', '/api/exemple,exemple?batch=1&input=%7B%7D', {}],
    ['calls that end differently', '/api/exemple,keys.list?batch=1&input=%7B%7D', {}],
  ])('gets one signature for %s', async (_name, target, options) => {
    const draft = asking(form(target, options));
    const answer = await sent(draft);
    expect([answer.json.length, isSignedFor(answer, draft)]).toEqual([2, true]);
  });

  it('gets a signed answer to bytes and to a form, which tRPC writes', async () => {
    for (const contentType of ['application/octet-stream', 'text/plain']) {
      const draft = asking(form('/api/upload', { body: 'bytes', contentType } as object));
      const answer = await sent(draft);
      expect([answer.headers['content-type'], isSignedFor(answer, draft)]).toEqual([
        'application/json',
        true,
      ]);
    }
  });

  it('is refused for a stream, before it opens', async () => {
    const streams = [
      form('/api/keys.tail?input=%7B%7D'),
      withHeader(form('/api/exemple?batch=1&input=%7B%7D'), 'trpc-accept', 'application/jsonl'),
      withHeader(form('/api/exemple?batch=1&input=%7B%7D'), 'accept', 'application/jsonl'),
    ];
    for (const draft of streams) {
      const answer = await sent(asking(draft));
      const [issue] = answer.json.error.data.issues;
      expect([answer.reason, issue.rule]).toEqual(['REQUEST_MALFORMED', 'accept-signature-stream']);
      expect(isSignedFor(answer, asking(draft))).toBe(true);
    }
  });

  it.each([
    ['no dictionary', 'res=('],
    ['a label twice', `${askResponse()}, ${askResponse()}`],
    ['a parameter twice', askResponse(';tag="keyseal-response"')],
    ['two labels', `${askResponse()}, ${askResponse('', 'other')}`],
    ['an item in place of a list', 'res="@status";tag="keyseal-response"'],
    ['another algorithm', askResponse(';alg="rsa-pss-sha512"')],
    ['a token as algorithm', askResponse(';alg=ed25519')],
  ])('is refused with %s, and not carried out', async (_name, asks) => {
    const answer = await sent(asking(form('/api/echo', { body: BODY }), asks));
    const [issue] = answer.json.error.data.issues;
    expect([answer.reason, issue.rule, issue.path]).toEqual([
      'REQUEST_MALFORMED',
      'accept-signature',
      'headers.accept-signature',
    ]);
  });

  it.each([
    ['another tag', 'res=("@status");tag="app"'],
    ['no tag', 'res=("@status");created'],
    ['a token as tag', 'res=();tag=keyseal-response'],
  ])('requests none of Keyseal with %s', async (_name, asks) => {
    const answer = await sent(asking(form('/api/exemple'), asks));
    expect([answer.status, unsigned(answer)]).toEqual([200, true]);
  });

  it('gets its own label back, beside those of others', async () => {
    const draft = asking(form('/api/exemple'), `bot=("@status");tag="bot", ${askResponse('', '*a.b-c_1')}`);
    const answer = await sent(draft);
    expect(isSigned(answer, { draft, url: service.url }, key.signingSecret, '*a.b-c_1')).toBe(true);
  });

  it('gets no signed refusal for a changed copy of it, and is carried out afterwards', async () => {
    const draft = asking(form('/api/echo', { body: BODY }));
    const copies = [
      { ...draft, body: Buffer.from('{"text":"x"}') },
      withHeader(draft, 'x-user-token', ada.token),
    ];
    for (const copy of copies) {
      const refused = await sent(copy);
      expect([refused.reason, unsigned(refused)]).toEqual(['SIGNATURE_INVALID', true]);
    }
    expect((await sent(draft)).status).toBe(200);
  });
});

describe('a response', () => {
  it.each(FORMS)('to %s is not signed unless requested', async (_, form) => {
    expect(unsigned(await sent(form('/api/exemple')))).toBe(true);
  });

  it('to a public call is not signed, since the request is not', async () => {
    const draft: Draft = {
      method: 'GET',
      target: '/api/health',
      headers: [['host', service.authority]],
      body: null,
    };
    const answer = await sent(asking(draft));
    expect([answer.status, unsigned(answer)]).toEqual([200, true]);
  });

  it.each(FORMS)('to a session with %s has a MAC by its secret, with a token or without', async (_, form) => {
    const body = JSON.stringify({ refreshToken: ada.refreshToken });
    for (const draft of [
      form('/api/workspaces.list', { token: ada.token }, ada),
      form('/api/auth.refresh', { body }, ada),
    ]) {
      const answer = await sent(asking(draft));
      expect([answer.status, parametersIn(answer).keyid]).toEqual([200, ada.id]);
      expect(isSignedFor(answer, draft, ada.signingSecret)).toBe(true);
    }
  });

  it('to a key with a public key is signed by the service', async () => {
    const pair = generateKeyPairSync('ed25519');
    const who = await registerKey(service, ada, pair, { permissions: ['exemple:read'] });
    const signer = { sign: signerOf(pair.privateKey) };
    for (const asks of [askResponse(), askResponse(';alg="ed25519"')]) {
      const draft = asking(standard('/api/exemple', signer, who), asks);
      const answer = await sent(draft);
      const own = (await directory()).find(({ kid }) => kid === parametersIn(answer).keyid);
      expect([answer.status, isSignedFor(answer, draft, own)]).toEqual([200, true]);
    }
    const mac = await sent(asking(standard('/api/exemple', signer, who), askResponse(';alg="hmac-sha256"')));
    expect([mac.reason, mac.json.error.data.issues[0].rule]).toEqual([
      'REQUEST_MALFORMED',
      'accept-signature',
    ]);
  });
});

describe('the directory of the keys that sign responses', () => {
  const TARGET = '/.well-known/http-message-signatures-directory';
  const read = (from: TestService) =>
    send(from.port, { method: 'GET', target: TARGET, headers: [['host', 'a']], body: null });

  it('is a public JWKS that may be cached for minutes', async () => {
    const { status, headers, json } = await read(service);
    expect([
      status,
      headers['content-type'],
      headers['cache-control'],
      headers['access-control-allow-origin'],
    ]).toEqual([200, 'application/http-message-signatures-directory+json', 'public, max-age=300', '*']);
    const member = { kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA' };
    expect(json).toEqual({
      keys: [
        { ...member, kid: expect.stringMatching(/^[\w-]{43}$/), x: expect.stringMatching(/^[\w-]{43}$/) },
      ],
    });
    const [{ kid, ...jwk }] = json.keys;
    expect(kid).toBe(await calculateJwkThumbprint(jwk));
  });

  it('has other keys than the JWKS of user tokens', async () => {
    const tokens = await send(service.port, {
      method: 'GET',
      target: '/.well-known/jwks.json',
      headers: [['host', 'a']],
      body: null,
    });
    const own = (await read(service)).json.keys.map(({ x }: { x: string }) => x);
    expect(tokens.json.keys.some(({ x }: { x: string }) => own.includes(x))).toBe(false);
  });

  it('is the same after a restart, with a key for each master key, of which the newest signs', async () => {
    const [first, second] = ['1', '2'].map((n) => `${n}:${Buffer.alloc(32, n).toString('base64')}`);
    let current = await startTestService({ env: { KEYSEAL_MASTER_KEYS: `${first}` } });
    const kidsOf = async () => (await read(current)).json.keys.map(({ kid }: { kid: string }) => kid);
    const signerOfNow = async () => {
      const draft = sign(current.demo, '/api/exemple', { authority: current.authority });
      return parametersIn(await send(current.port, asking(draft, askResponse(';alg="ed25519"')))).keyid;
    };
    const [old] = await kidsOf();
    current = await restart(current);
    expect(await kidsOf()).toEqual([old]);
    // The new key is published before it signs …
    current = await restart(current, { KEYSEAL_MASTER_KEYS: `${first},${second}` });
    const [same, next] = await kidsOf();
    expect([same, await signerOfNow()]).toEqual([old, old]);
    // … and the old one after it has signed.
    current = await restart(current, { KEYSEAL_MASTER_KEYS: `${second},${first}` });
    expect([await kidsOf(), await signerOfNow()]).toEqual([[next, old], next]);
    await current.stop();
  });
});

it('a signature with parameters is covered with them (RFC 9421 §2.1.2)', async () => {
  const fresh = asking(standard('/api/exemple'));
  const draft = withHeader(fresh, 'signature', `${headerOf(fresh, 'signature')};a=1;b`);
  const answer = await sent(draft);
  expect([answer.status, isSignedFor(answer, draft)]).toEqual([200, true]);
});
