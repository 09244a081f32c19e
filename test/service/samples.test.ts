import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { statementsOf } from '../harness/queries.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, queryTarget, type SignOptions, send, sha256, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  key = await createKey(service, ada, {
    permissions: ['exemple:*', 'echo:*', 'profile:*', 'clock:*', 'upload:*'],
  });
});
afterAll(() => service.stop());

const call = async (who: Credentials, target: string, more: Partial<SignOptions> = {}) =>
  send(service.port, sign(who, target, { authority: service.authority, ...more }));

describe('exemple', () => {
  it.each([
    [undefined, 'Hello, world!'],
    [{}, 'Hello, world!'],
    [{ name: 'Ada' }, 'Hello, Ada!'],
  ])('greets %j', async (input, message) => {
    const { data } = (await query(service, key, 'exemple', input)).json.result;
    expect(data).toEqual({
      message,
      at: expect.stringMatching(/Z$/),
      caller: { keyId: key.id, userId: null },
    });
  });

  it('names the user for whom the key calls', async () => {
    const { data } = (await call(key, '/api/exemple', { token: ada.token })).json.result;
    expect(data.caller).toEqual({ keyId: key.id, userId: ada.userId });
  });

  it.each([{ name: '' }, { name: 'x'.repeat(101) }, { name: 1 }, { nom: 'Ada' }, [], 'text'])(
    'refuses %j with INPUT_INVALID, and says where',
    async (input) => {
      const answer = await query(service, key, 'exemple', input);
      expect(answer.reason).toBe('INPUT_INVALID');
      expect(answer.json.error.data.issues.length).toBeGreaterThan(0);
    },
  );

  it('refuses an input that is not JSON', async () => {
    expect((await call(key, '/api/exemple?input=%7B')).reason).toBe('INPUT_INVALID');
    expect((await call(key, '/api/exemple?input=%ff')).reason).toBe('INPUT_INVALID');
  });
});

describe('who may call what', () => {
  const NO = 'ACCESS_DENIED';
  it.each<[string, 'GET' | 'POST', string | undefined, string | undefined, string | undefined]>([
    // procedure, method, a key, a key for a user, a person
    ['exemple', 'GET', undefined, undefined, NO],
    ['echo', 'POST', undefined, undefined, NO],
    ['profile', 'GET', 'TOKEN_MISSING', undefined, NO],
    ['whoami', 'GET', undefined, undefined, undefined],
    ['keys.list', 'GET', 'PERMISSION_DENIED', NO, undefined],
    ['auth.signOut', 'POST', NO, NO, undefined],
  ])('%s: a key, a key for a user, a person', async (name, method, ...reasons) => {
    const body = name === 'echo' ? '{"text":"x"}' : '{}';
    const more = { method, ...(method === 'POST' ? { body } : {}) };
    const person = await signUp(service);
    const tokens = [{}, { token: ada.token }, { token: person.token }];
    const whos = [key, key, person];
    const outcomes = [];
    for (const [n, who] of whos.entries()) {
      outcomes.push((await call(who, `/api/${name}`, { ...more, ...tokens[n] })).reason);
    }
    expect(outcomes).toEqual(reasons);
  });

  it.each(['profile', 'whoami', 'health'])('%s refuses unknown input', async (name) => {
    const of = (input: unknown) => call(key, queryTarget(name, input), { token: ada.token });
    expect((await of({})).status).toBe(200);
    for (const input of [{ more: 1 }, 7, []]) expect((await of(input)).reason).toBe('INPUT_INVALID');
  });

  it('health is public, unsigned, and names the running version', async () => {
    const answer = await (await fetch(`${service.url}/api/health`)).json();
    expect(answer).toEqual({ result: { data: { status: 'ok', version: expect.stringMatching(/^\d+\./) } } });
  });
});

describe('whoami', () => {
  it('shows a key its permissions', async () => {
    const { data } = (await query(service, key, 'whoami')).json.result;
    expect(data).toMatchObject({
      kind: 'key',
      key: { id: key.id, environment: 'live' },
      user: null,
      session: null,
      permissions: expect.arrayContaining(['exemple:read', 'upload:write']),
      environment: 'live',
    });
    expect(data.permissions).not.toContain('keys:read');
  });

  it('shows a key on behalf of a user both', async () => {
    const { data } = (await call(key, '/api/whoami', { token: ada.token })).json.result;
    expect(data).toMatchObject({ kind: 'key', user: { id: ada.userId }, workspace: { role: 'owner' } });
  });
});

describe('upload', () => {
  const upload = (body: Buffer | string, contentType: string) =>
    call(key, '/api/upload', { body: Buffer.from(body), contentType });
  const form = (...files: [string, string][]) =>
    `${files
      .map(
        ([name, content]) =>
          `--part\r\ncontent-disposition: form-data; name="${name}"; filename="${name}.txt"\r\n\r\n${content}\r\n`,
      )
      .join('')}--part--\r\n`;

  it('returns size and SHA-256 of bytes, and the name of a file', async () => {
    const bytes = Buffer.from([0, 1, 2, 255]);
    const sent = await upload(bytes, 'application/octet-stream');
    expect(sent.json.result.data).toEqual({ name: null, size: 4, sha256: sha256(bytes) });
    const formed = await upload(form(['a', 'text']), 'multipart/form-data; boundary=part');
    expect(formed.json.result.data).toEqual({ name: 'a.txt', size: 4, sha256: sha256('text') });
    // RFC 2046 §5.1.1 allows a comma in a boundary, and then requires quotes.
    const quoted = await upload(
      form(['a', 'text']).replaceAll('part', 'a,b'),
      'multipart/form-data; boundary="a,b"',
    );
    expect(quoted.json.result.data).toEqual({ name: 'a.txt', size: 4, sha256: sha256('text') });
  });

  it.each<[string, string, string, string]>([
    ['a form without a file', '--part--\r\n', 'multipart/form-data; boundary=part', 'INPUT_INVALID'],
    [
      'a form with two files',
      form(['a', '1'], ['b', '2']),
      'multipart/form-data; boundary=part',
      'INPUT_INVALID',
    ],
    [
      'a form that breaks off',
      form(['a', '1']).slice(0, -10),
      'multipart/form-data; boundary=part',
      'INPUT_INVALID',
    ],
    ['a form of another boundary', form(['a', '1']), 'multipart/form-data; boundary=other', 'INPUT_INVALID'],
    ['a form without a boundary', form(['a', '1']), 'multipart/form-data', 'INPUT_INVALID'],
    ['JSON', '{}', 'application/json', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['text', 'text', 'text/plain', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['no type', 'text', '', 'MEDIA_TYPE_NOT_SUPPORTED'],
  ])('refuses %s', async (_, body, contentType, reason) => {
    expect((await upload(body, contentType)).reason).toBe(reason);
  });

  it('reads no byte before the signature is verified', async () => {
    const forged = { ...key, signingSecret: 'kss_guess' };
    const options = { body: 'x', contentType: 'application/octet-stream' };
    expect((await call(forged, '/api/upload', options)).reason).toBe('SIGNATURE_INVALID');
  });
});

describe('clock', () => {
  const stream = (target: string, headers: Record<string, string> = {}) => {
    const draft = sign(key, target, { authority: service.authority });
    return fetch(service.url + target, { headers: { ...Object.fromEntries(draft.headers), ...headers } });
  };
  const read = async (response: Response, enough: number) => {
    let text = '';
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    while ((text.match(/^id: /gm) ?? []).length < enough)
      text += Buffer.from((await reader.read()).value ?? []);
    await reader.cancel();
    return text;
  };

  it('sends server-sent events, each with its id', async () => {
    const response = await stream(queryTarget('clock', { everyMs: 50 }));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const ids = [...(await read(response, 3)).matchAll(/^id: (\d+)$/gm)].map(([, id]) => id);
    expect(ids.slice(0, 3)).toEqual(['1', '2', '3']);
  });

  it('continues after the id in the signed query, never after one in a header', async () => {
    const text = await read(await stream(`${queryTarget('clock', { everyMs: 50 })}&lastEventId=41`), 1);
    expect(text).toContain('id: 42');
    const refused = await stream(queryTarget('clock', { everyMs: 50 }), { 'last-event-id': '41' });
    expect((await refused.json()).error.data.reason).toBe('REQUEST_MALFORMED');
  });

  it('is refused at the gate before any event', async () => {
    const response = await stream(queryTarget('clock', { everyMs: 50 }), { 'x-signature': 'v1,k=a' });
    expect([response.status, (await response.json()).error.data.reason]).toEqual([
      401,
      'SIGNATURE_MALFORMED',
    ]);
  });

  it('queries the database no more often for many listeners of one key than for one', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => stream('/api/clock')));
    const twoLooks = () => new Promise<void>((resolve) => setTimeout(resolve, 4_500));
    const sent = await statementsOf(service, twoLooks);
    for (const { body } of streams) await body?.cancel();
    // Two looks at twenty streams would be forty; those of the service's jobs are counted too.
    expect(sent).toBeGreaterThan(1);
    expect(sent).toBeLessThan(30);
  });

  it('ends when the service stops', async () => {
    const other = await startTestService();
    const draft = sign(other.demo, '/api/clock', { authority: other.authority });
    const response = await fetch(`${other.url}/api/clock`, { headers: Object.fromEntries(draft.headers) });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await other.stop();
    let done = false;
    while (!done) done = (await reader.read().catch(() => ({ done: true }))).done;
    expect(done).toBe(true);
  });
});

it('the answer of a procedure is checked by its output schema, so that nothing more is sent', async () => {
  const answer = await mutate(service, key, 'echo', { text: 'x' });
  expect(Object.keys(answer.json.result.data)).toEqual(['text', 'caller']);
});
