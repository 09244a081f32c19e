import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSALS, type Reason } from '../../shared/refusals.ts';
import { createKey, signUp } from '../harness/people.ts';
import { rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Draft, type SignOptions, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const signed = (target: string, options: Partial<SignOptions> = {}) =>
  sign(service.demo, target, { authority: service.authority, ...options });
const exemple = () => signed('/api/exemple');
const posted = (contentType: string) => signed('/api/echo', { body: 'x', contentType });
const FORM = 'multipart/form-data; boundary=a';
const JSONL = 'application/jsonl';

describe('a refusal', () => {
  it.each<[Reason, () => Promise<Answer>]>([
    ['SIGNATURE_MISSING', () => send(service.port, withHeader(exemple(), 'x-signature', null))],
    ['KEY_MISSING', () => send(service.port, withHeader(exemple(), 'authorization', null))],
    ['PROCEDURE_NOT_FOUND', () => send(service.port, { ...exemple(), target: '/api/nothing' })],
    ['REQUEST_MALFORMED', () => send(service.port, { ...exemple(), target: '/api/../x' })],
    ['METHOD_NOT_SUPPORTED', () => send(service.port, { ...exemple(), method: 'POST' })],
    ['AUTHORITY_UNKNOWN', () => send(service.port, withHeader(exemple(), 'host', 'evil.example'))],
    ['MEDIA_TYPE_NOT_SUPPORTED', () => send(service.port, withHeader(exemple(), 'content-encoding', 'gzip'))],
    [
      'INPUT_INVALID',
      () => send(service.port, sign(service.demo, '/api/exemple?input=7', { authority: service.authority })),
    ],
    [
      'KEY_NOT_FOUND',
      () =>
        send(
          service.port,
          sign(service.demo, '/api/keys.get?input=%7B%22id%22%3A%22x%22%7D', {
            authority: service.authority,
          }),
        ),
    ],
  ])('for %s has the table’s status and message, a request id, and no stack', async (reason, call) => {
    const { status, headers, json, text } = await call();
    const { message, data } = json.error;
    expect([status, data.httpStatus, message]).toEqual([
      REFUSALS[reason].status,
      REFUSALS[reason].status,
      REFUSALS[reason].message,
    ]);
    expect(data.reason).toBe(reason);
    expect(data.docs).toBe(`${service.url}/docs/refusals#${reason}`);
    expect(headers['x-request-id']).toBe(data.requestId);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="keyseal"' : undefined);
    expect(headers['allow']).toBe(status === 405 ? 'GET, POST' : undefined);
    expect(text).not.toMatch(/stack|node_modules|\.ts:\d/);
  });

  it.each<[string, Reason, () => Draft]>([
    ['of no type', 'MEDIA_TYPE_NOT_SUPPORTED', () => posted('')],
    ['of text', 'MEDIA_TYPE_NOT_SUPPORTED', () => posted('text/plain')],
    ['of a form by GET', 'METHOD_NOT_SUPPORTED', () => signed('/api/exemple', { contentType: FORM })],
    [
      'that asks for a stream of one call',
      'INPUT_INVALID',
      () => withHeader(exemple(), 'trpc-accept', JSONL),
    ],
  ])('of a request %s is as complete as any other', async (_, reason, draft) => {
    const { status, headers, json } = await send(service.port, draft());
    const { path, requestId, httpStatus, docs } = json.error.data;
    expect([json.error.data.reason, status]).toEqual([reason, REFUSALS[reason].status]);
    expect(httpStatus).toBe(status);
    expect(docs).toBe(`${service.url}/docs/refusals#${reason}`);
    expect(path).toMatch(/^(echo|exemple)$/);
    expect(requestId).toBe(headers['x-request-id']);
    expect(headers['content-type']).toBe('application/json');
  });

  it('of a batch at the gate is one object, and is no array', async () => {
    const draft = sign(service.demo, '/api/exemple,whoami?batch=1', { authority: service.authority });
    const { json } = await send(service.port, withHeader(draft, 'x-signature', null));
    expect(json.error.data.reason).toBe('SIGNATURE_MISSING');
  });
});

describe('the docs of a refusal', () => {
  const refused = () => send(service.port, withHeader(exemple(), 'x-signature', null));

  it('are at the URL that the refusal names, without authentication', async () => {
    const { docs } = (await refused()).json.error.data;
    const page = await fetch(docs);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain(`<section id="${new URL(docs).hash.slice(1)}">`);
  });

  it('are under the first public origin, for any authority of the request', async () => {
    const elsewhere = withHeader(exemple(), 'host', 'evil.example');
    expect((await send(service.port, elsewhere)).json.error.data.docs).toBe(
      `${service.url}/docs/refusals#AUTHORITY_UNKNOWN`,
    );
  });

  it('are named for each call of a batch', async () => {
    const { json } = await send(service.port, signed('/api/keys.get,exemple?batch=1&input=%7B%7D'));
    expect(json[0].error.data.docs).toBe(`${service.url}/docs/refusals#INPUT_INVALID`);
    expect(json[1]).toHaveProperty('result');
  });

  it('are named for requests that are not HTTP', async () => {
    const { socket, closed, text } = await rawConnection(service.port);
    socket.write('GET /api/exemple HTTP/1.1\r\nno header\r\n\r\n');
    await closed;
    expect(text()).toContain(`"docs":"${service.url}/docs/refusals#REQUEST_MALFORMED"`);
  });
});

describe('the reason of a request with several mistakes', () => {
  const T = () => Math.floor(Date.now() / 1000);
  /** From the last to the first that is looked at: with each, one more thing is wrong. */
  const wrongs: [Reason, (so: Wrong) => Wrong][] = [
    ['INPUT_INVALID', (so) => ({ ...so, target: '/api/exemple?input=7' })],
    ['TOKEN_INVALID', (so) => ({ ...so, token: 'a.b.c' })],
    ['SIGNATURE_EXPIRED', (so) => ({ ...so, t: T() - 1000 })],
    ['SIGNATURE_INVALID', (so) => ({ ...so, signingSecret: 'kss_guess' })],
    ['SIGNATURE_MALFORMED', (so) => ({ ...so, k: 'no key id' })],
    ['KEY_INVALID', (so) => ({ ...so, apiKey: 'ks_live_nothing' })],
    ['AUTHORITY_UNKNOWN', (so) => ({ ...so, authority: 'evil.example' })],
    ['REQUEST_MALFORMED', (so) => ({ ...so, target: '/api/../exemple' })],
  ];

  interface Wrong {
    target: string;
    signingSecret: string;
    apiKey: string | null;
    authority: string;
    token?: string;
    t?: number;
    k?: string;
  }

  it.each(wrongs.map(([reason], upTo) => [reason, upTo] as const))(
    '%s before what comes later',
    async (reason, upTo) => {
      const right: Wrong = { target: '/api/exemple', authority: service.authority, ...service.demo };
      const { target, apiKey, signingSecret, ...options } = wrongs
        .slice(0, upTo + 1)
        .reduce((so, [, wrong]) => wrong(so), right);
      const draft = sign({ id: service.demo.id, apiKey, signingSecret }, target, options);
      expect((await send(service.port, draft)).reason).toBe(reason);
    },
  );

  it('is not that of the input unless the caller may make the call', async () => {
    const ada = await signUp(service);
    const weak = await createKey(service, ada, { permissions: ['exemple:read'] });
    const wrong = { authority: service.authority, body: '{"text":' };
    const reason = async (...draft: Parameters<typeof sign>) =>
      (await send(service.port, sign(...draft))).reason;
    expect(await reason(weak, '/api/echo', wrong)).toBe('PERMISSION_DENIED');
    expect(await reason(ada, '/api/echo', { ...wrong, token: ada.token })).toBe('ACCESS_DENIED');
    expect(await reason({ ...weak, signingSecret: 'kss_guess' }, '/api/echo', wrong)).toBe(
      'SIGNATURE_INVALID',
    );
    expect(await reason(service.demo, '/api/echo', wrong)).toBe('INPUT_INVALID');
  });
});
