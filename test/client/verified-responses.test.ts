import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createKeysealClient,
  type KeysealClient,
  type KeysealClientOptions,
  KeysealRefusal,
  type ResponseProblem,
  ResponseUnverified,
} from '../../client/index.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { digestField } from '../harness/http-signature.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import {
  type Change,
  type PassingResponse,
  type TamperingProxy,
  tamperingProxy,
} from '../harness/tampering-proxy.ts';

let proxy: TamperingProxy;
let service: TestService;
let client: KeysealClient;

beforeAll(async () => {
  proxy = await tamperingProxy();
  service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url } });
  proxy.aim(service.port);
});
beforeEach(() => {
  client = verifying();
});
afterEach(() => proxy.change(null));
afterAll(async () => {
  proxy.close();
  await service.stop();
});

function verifying(more: Partial<KeysealClientOptions> = {}): KeysealClient {
  return createKeysealClient({
    ...withKey(service),
    url: proxy.url,
    verifyResponses: true,
    ...more,
  } as KeysealClientOptions);
}

/** Each way in which a client sends a signed call. */
const WAYS: readonly [string, (client: KeysealClient) => Promise<unknown>][] = [
  ['a query', ({ exemple }) => exemple.query()],
  ['a batch', ({ exemple, whoami }) => Promise.all([exemple.query(), whoami.query()])],
  ['a mutation', ({ echo }) => echo.mutate({ text: 'l’été' })],
  ['an upload', ({ upload }) => upload.mutate(new Uint8Array(8))],
  ['a call of its own', ({ audit }) => audit.verify.query({})],
];

async function problemOf(call: Promise<unknown>): Promise<ResponseProblem> {
  const error = await call.catch((caught: unknown) => caught);
  if (error instanceof ResponseUnverified) return error.problem;
  throw new Error(`not a ResponseUnverified: ${error}`);
}

const withHeaders =
  (change: Record<string, string | undefined>): Change =>
  (response) => {
    const headers = { ...response.headers, ...change };
    for (const [name, value] of Object.entries(change)) if (value === undefined) delete headers[name];
    return { ...response, headers };
  };
const edited =
  (name: string, edit: (value: string) => string): Change =>
  (response) =>
    withHeaders({ [name]: edit(String(response.headers[name])) })(response);
const withBody =
  (edit: (body: Buffer) => Buffer): Change =>
  (response) => ({ ...response, body: edit(response.body) });

const cut = withBody((body) => body.subarray(0, -1));
const renamed = (body: Buffer) => Buffer.from(body.toString().replace('world', 'wOrld'));
const digestOf = (value: string) => value.replace(/:(.)/, (_, first) => `:${first === 'A' ? 'B' : 'A'}`);

const NOTHING = Buffer.alloc(0);
/** A field in two lines, which `fetch` joins. */
const twice =
  (name: string): Change =>
  ({ headers, ...response }) => {
    const value = String(headers[name]);
    return { ...response, headers: { ...headers, [name]: [value, value] } as PassingResponse['headers'] };
  };
const compressed: Change = ({ headers, body, ...response }) => ({
  ...response,
  headers: { ...headers, 'content-encoding': 'gzip' },
  body: gzipSync(body),
});

/** What a proxy may do to a response without a change of its meaning. */
const HARMLESS: Readonly<Record<string, Change>> = {
  'compresses it': compressed,
  'adds fields': withHeaders({ via: '1.1 cdn', age: '7', 'x-cache': 'MISS' }),
  'takes fields away that are not covered': withHeaders({ date: undefined, 'cache-control': undefined }),
  'writes the names of fields in capitals': ({ headers, ...response }) => ({
    ...response,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        // The proxy writes this one itself.
        name === 'content-length' ? name : name.toUpperCase(),
        value,
      ]),
    ),
  }),
  'sends fields in another order': ({ headers, ...response }) => ({
    ...response,
    headers: Object.fromEntries(Object.entries(headers).reverse()),
  }),
};

/** What a proxy can do to a response, and what the client says of it. */
const CHANGES: readonly [string, ResponseProblem, Change][] = [
  ['changes the body', 'content', withBody(renamed)],
  ['cuts the body off', 'content', cut],
  ['takes the body away', 'content', withBody(() => Buffer.alloc(0))],
  ['changes the status', 'signature', (response) => ({ ...response, status: 202 })],
  ['changes the content type', 'signature', withHeaders({ 'content-type': 'text/plain' })],
  ['takes the content type away', 'signature', withHeaders({ 'content-type': undefined })],
  ['changes the request id', 'signature', withHeaders({ 'x-request-id': 'mine' })],
  ['changes the digest', 'signature', edited('content-digest', digestOf)],
  ['takes the digest away', 'signature', withHeaders({ 'content-digest': undefined })],
  [
    'has the digest of its own body',
    'signature',
    (response) => ({
      ...edited('content-digest', digestOf)(response),
      body: renamed(response.body),
    }),
  ],
  [
    'takes the signature away',
    'unsigned',
    withHeaders({ signature: undefined, 'signature-input': undefined }),
  ],
  ['takes the bytes alone away', 'unsigned', withHeaders({ signature: undefined })],
  ['takes the input alone away', 'unsigned', withHeaders({ 'signature-input': undefined })],
  ['changes the signature', 'signature', edited('signature', digestOf)],
  ['shortens the signature', 'signature', edited('signature', (value) => value.replace(/:.{8}/, ':'))],
  ['empties the signature', 'signature', edited('signature', () => 'keyseal=::')],
  [
    'has another label',
    'unsigned',
    edited('signature-input', (value) => value.replace('keyseal=', 'other=')),
  ],
  [
    'doubles the label of the input',
    'incomplete',
    edited('signature-input', (value) => `${value}, ${value}`),
  ],
  ['doubles the label of the signature', 'incomplete', edited('signature', (value) => `${value}, ${value}`)],
  ['breaks the dictionary', 'unsigned', edited('signature-input', (value) => `${value})`)],
  ['puts a text in place of the bytes', 'incomplete', edited('signature', () => 'keyseal="text"')],
  ['puts bytes in place of the list', 'incomplete', edited('signature-input', () => 'keyseal=:aGk=:')],
  [
    'changes the time',
    'signature',
    edited('signature-input', (value) => value.replace(/created=\d/, 'created=2')),
  ],
  [
    'takes the time away',
    'incomplete',
    edited('signature-input', (value) => value.replace(/;created=\d+/, '')),
  ],
  ['names another key', 'key', edited('signature-input', (value) => value.replace(/keyid="."?/, 'keyid="_'))],
  [
    'names another algorithm',
    'incomplete',
    edited('signature-input', (value) => value.replace('hmac-sha256', 'ed25519')),
  ],
  [
    'has no algorithm',
    'incomplete',
    edited('signature-input', (value) => value.replace(';alg="hmac-sha256"', '')),
  ],
  [
    'has another tag',
    'incomplete',
    edited('signature-input', (value) => value.replace('keyseal-response', 'keyseal')),
  ],
  [
    'covers less: the status',
    'incomplete',
    edited('signature-input', (value) => value.replace('"@status" ', '')),
  ],
  [
    'covers less: the digest',
    'incomplete',
    edited('signature-input', (value) => value.replace('"content-digest" ', '')),
  ],
  [
    'covers less: the request',
    'incomplete',
    edited('signature-input', (value) => value.replace(' "x-signature";req', '')),
  ],
  [
    'covers the response’s method',
    'incomplete',
    edited('signature-input', (value) => value.replace('"@method";req', '"@method"')),
  ],
  [
    'covers the same in another order',
    'signature',
    edited('signature-input', (value) =>
      value.replace('"@status" "content-digest"', '"content-digest" "@status"'),
    ),
  ],
  [
    'covers a part of the digest',
    'incomplete',
    edited('signature-input', (value) => value.replace('"content-digest"', '"content-digest";key="sha-256"')),
  ],
  ['adds a parameter', 'signature', edited('signature-input', (value) => `${value};expires=9999999999`)],
  ['has a weaker digest', 'signature', edited('content-digest', () => 'md5=:aGk=:')],
  [
    'has another digest of its own body',
    'signature',
    ({ headers, ...response }) => {
      const body = renamed(response.body);
      return { ...response, body, headers: { ...headers, 'content-digest': digestField(body, 'sha-512') } };
    },
  ],
  ['adds a digest', 'signature', edited('content-digest', (value) => `${value}, md5=:aGk=:`)],
  ['sends the digest twice', 'signature', twice('content-digest')],
  ['sends the content type twice', 'signature', twice('content-type')],
  ['sends the signature twice', 'incomplete', twice('signature')],
  [
    'compresses another body',
    'content',
    (response) => compressed({ ...response, body: renamed(response.body) }),
  ],
  ['says that there is no content', 'signature', (response) => ({ ...response, status: 204, body: NOTHING })],
  [
    'says that nothing was modified',
    'signature',
    (response) => ({ ...response, status: 304, body: NOTHING }),
  ],
  ['covers more', 'signature', edited('signature-input', (value) => value.replace('("', '("date" "'))],
];

describe.each(WAYS)('a client that verifies responses, with %s', (_, call) => {
  it('gets the answer', async () => {
    const expected = await call(createKeysealClient(withKey(service)));
    const answers = await call(client);
    expect(typeof answers).toBe(typeof expected);
    expect(proxy.requests.at(-1)?.headers['accept-signature']).toBe('keyseal=();tag="keyseal-response"');
  });

  it('rejects an answer that a proxy has changed', async () => {
    proxy.change(cut);
    expect(await problemOf(call(client))).toBe('content');
  });

  it('rejects an answer that is not signed', async () => {
    proxy.change(
      withHeaders({ signature: undefined, 'signature-input': undefined, 'content-digest': undefined }),
    );
    expect(await problemOf(call(client))).toBe('unsigned');
  });
});

describe('a client that verifies responses', () => {
  it.each(CHANGES)('rejects an answer if a proxy %s', async (_, problem, change) => {
    proxy.change(change);
    expect(await problemOf(client.exemple.query())).toBe(problem);
  });

  it('rejects the answer to another request, of its own key or of another', async () => {
    await client.exemple.query();
    const earlier = proxy.responses.at(-1) as PassingResponse;
    proxy.change(() => earlier);
    expect(await problemOf(client.exemple.query())).toBe('signature');
    const other = verifying({ apiKey: service.demo.apiKey as string, signingSecret: 'kss_another' });
    expect(await problemOf(other.exemple.query())).toBe('signature');
  });

  it('accepts a signature alongside that of a proxy', async () => {
    proxy.change((response) =>
      withHeaders({
        'signature-input': `cdn=("@status");keyid="cdn", ${response.headers['signature-input']}`,
        signature: `${response.headers['signature']}, cdn=:aGk=:`,
      })(response),
    );
    expect((await client.exemple.query()).message).toBe('Hello, world!');
  });

  it.each(Object.entries(HARMLESS))('accepts a response if a proxy %s', async (_, change) => {
    proxy.change(change);
    expect((await client.exemple.query()).message).toBe('Hello, world!');
  });

  it('rejects a batch with mixed outcomes if a proxy swaps them, or changes the status', async () => {
    const mixed = () =>
      Promise.allSettled([client.exemple.query(), client.keys.get.query({ id: 'A'.repeat(12) })]).then(
        (outcomes) => outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : null)),
      );
    const [none, refused] = await mixed();
    expect([none, refused?.reason, proxy.responses.at(-1)?.status]).toEqual([null, 'KEY_NOT_FOUND', 207]);
    for (const [problem, change] of [
      ['content', withBody((body) => Buffer.from(JSON.stringify(JSON.parse(String(body)).reverse())))],
      ['content', withBody((body) => Buffer.from(JSON.stringify([JSON.parse(String(body))[0]])))],
      ['signature', (response: PassingResponse) => ({ ...response, status: 200 })],
    ] as const) {
      proxy.change(change);
      expect((await mixed()).map((error) => error?.problem)).toEqual([problem, problem]);
    }
  });

  it('passes on a signed refusal, and rejects one whose reason was changed', async () => {
    const call = () => client.exemple.query({ name: '' });
    const refusal = await call().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(KeysealRefusal);
    expect(refusal).toMatchObject({ reason: 'INPUT_INVALID' });
    proxy.change(withBody((body) => Buffer.from(body.toString().replaceAll('INPUT_INVALID', 'KEY_REVOKED'))));
    expect(await problemOf(call())).toBe('content');
  });

  it('names the refusal that an unsigned answer claims to be', async () => {
    const wrong = verifying({ signingSecret: 'kss_wrong' });
    const error = await wrong.exemple.query().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ problem: 'unsigned', status: 401, claimedReason: 'SIGNATURE_INVALID' });
    expect((error as Error).message).toContain('claims to be the refusal SIGNATURE_INVALID');
  });

  it('rejects the page of a proxy, and its redirect', async () => {
    for (const status of [200, 302, 404, 502]) {
      proxy.change(() => ({ status, headers: { location: '/x' }, body: Buffer.from('<html>') }));
      expect(await problemOf(client.exemple.query())).toBe('unsigned');
    }
  });

  it('is not signed out by an unsigned answer', async () => {
    const session = await newSession(service);
    let changes = 0;
    const person = createKeysealClient({
      url: proxy.url,
      session,
      verifyResponses: true,
      onSessionChange: () => changes++,
    });
    await person.workspaces.list.query();
    const data = { code: 'UNAUTHORIZED', httpStatus: 401, reason: 'SESSION_ENDED', requestId: '', docs: '' };
    const body = Buffer.from(JSON.stringify({ error: { message: 'm', code: -32001, data } }));
    proxy.change(() => ({ status: 401, headers: { 'content-type': 'application/json' }, body }));
    expect(await problemOf(person.workspaces.list.query())).toBe('unsigned');
    proxy.change(null);
    await person.workspaces.list.query();
    expect(changes).toBe(0);
  });

  it('refuses a subscription, whose events are not signed', async () => {
    const error = await new Promise((resolve) => {
      client.clock.subscribe({ everyMs: 50 }, { onData: resolve, onError: resolve });
    });
    expect(error).toBeInstanceOf(ResponseUnverified);
    expect(error).toMatchObject({ problem: 'stream', status: 0 });
  });

  it('calls public procedures, whose answers are not signed', async () => {
    expect(await client.health.query()).toMatchObject({ status: 'ok' });
    expect(proxy.requests.at(-1)?.headers['accept-signature']).toBeUndefined();
  });

  it('sends a query again after an outage, and not after a forgery', async () => {
    const retrying = verifying({ retry: { attempts: 2, maxDelay: 1 } });
    const before = proxy.requests.length;
    proxy.change((response) => {
      proxy.change(null);
      return { ...response, status: 503, headers: {} };
    });
    await retrying.exemple.query();
    expect(proxy.requests.length - before).toBe(2);
    proxy.change(cut);
    expect(await problemOf(retrying.exemple.query())).toBe('content');
    expect(proxy.requests.length - before).toBe(3);
  });
});

describe('a client that does not verify', () => {
  it('requests no signature', async () => {
    const plain = createKeysealClient({ ...withKey(service), url: proxy.url });
    await plain.exemple.query();
    expect(proxy.requests.at(-1)?.headers['accept-signature']).toBeUndefined();
  });
});
