import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { request as requestOverTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitted, createGuard, type Guard } from '../../client/guard/index.ts';
import { freshFolder } from '../harness/fresh.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, sha256, sign } from '../harness/wire.ts';

/** More than a window of HTTP/2. */
const LARGE = 'é'.repeat(200_000);

let service: TestService;
let key: Credentials;
let guard: Guard;
const errors: unknown[] = [];

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
  const ada: Person = await signUp(service);
  const { apiKey, signingSecret } = await verifyingKey(service, ada);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
  guard = createGuard({
    url: service.url,
    apiKey: apiKey ?? '',
    signingSecret,
    authority: ORDERS,
    onError: (error) => errors.push(error),
  });
});
afterAll(() => service.stop());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any answer
  readonly json: any;
}

/** Sends a draft over HTTP/2, with `:authority` in the place of `host` unless it is given. */
function send(session: ClientHttp2Session, draft: Draft, more: OutgoingHttpHeaders = {}): Promise<Answer> {
  const { host, ...headers } = Object.fromEntries(draft.headers);
  const stream = session.request({
    ':method': draft.method,
    ':path': draft.target,
    ':authority': host,
    ...headers,
    ...more,
  });
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('response', async ({ ':status': status = 0, ...rest }) => {
      try {
        resolve({ status, headers: rest, json: JSON.parse(await text(stream)) });
      } catch (error) {
        reject(error);
      }
    });
    stream.end(draft.body ?? undefined);
  });
}

const order = (more: Partial<Parameters<typeof sign>[2]> = {}): Draft =>
  sign(key, '/orders?of=a%2Fb', { authority: ORDERS, body: JSON.stringify({ text: LARGE }), ...more });

type Serve = () => Promise<{ readonly port: number; readonly stop: () => Promise<unknown> }>;

async function listening(server: Http2Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { port: (server.address() as AddressInfo).port, stop };
}

const SERVERS: readonly (readonly [name: string, serve: Serve])[] = [
  [
    'node:http2',
    () =>
      listening(
        createServer(
          guard.node({ permission: 'orders:write' }, async (request, response, { caller, body }) => {
            const read = await text(request);
            response.end(JSON.stringify([caller.key?.id, sha256(read), sha256(Buffer.from(body))]));
          }),
        ),
      ),
  ],
  [
    'Fastify with http2',
    async () => {
      const app = fastify({ http2: true });
      app.post('/orders', { preParsing: guard.fastify({ permission: 'orders:write' }) }, async (request) => {
        const { caller, body } = admitted(request);
        return [caller.key?.id, sha256(JSON.stringify(request.body)), sha256(Buffer.from(body))];
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { port: (app.server.address() as AddressInfo).port, stop: () => app.close() };
    },
  ],
];

describe.each(SERVERS)('C3: the guard of %s', (_name, serve) => {
  let server: Awaited<ReturnType<Serve>>;
  let session: ClientHttp2Session;

  beforeAll(async () => {
    server = await serve();
    session = connect(`http://127.0.0.1:${server.port}`);
  });
  afterAll(async () => {
    session.destroy();
    await server.stop();
  });

  it('admits a call once, with its body', async () => {
    const draft = order();
    const digest = sha256(draft.body ?? '');
    const { status, json } = await send(session, draft);
    expect([status, json]).toEqual([200, [key.id, digest, digest]]);
    const again = await send(session, draft);
    expect([again.status, again.json.error.data.reason]).toEqual([401, 'SIGNATURE_REPLAYED']);
    expect(again.headers).not.toHaveProperty('connection');
  });

  it('admits a call whose host repeats :authority', async () => {
    expect((await send(session, order(), { host: ORDERS })).status).toBe(200);
  });

  it.each([
    ['another host alongside :authority', { host: 'other.example.com' }, '400 REQUEST_MALFORMED'],
    ['another :authority', { ':authority': 'other.example.com' }, '421 AUTHORITY_UNKNOWN'],
    ['another :path', { ':path': '/orders?of=b' }, '401 SIGNATURE_INVALID'],
    ['trailers announced', { trailer: 'x-a' }, '400 REQUEST_MALFORMED'],
  ])('refuses %s', async (_what, more, expected) => {
    const { status, json, headers } = await send(session, order(), more);
    expect(`${status} ${json.error.data.reason}`).toBe(expected);
    expect(headers).not.toHaveProperty('connection');
  });

  it('refuses a body that is too large, and the session continues', async () => {
    const { status, json } = await send(session, order({ body: 'x'.repeat(1024 * 1024 + 1) }));
    expect([status, json.error.data.reason]).toEqual([413, 'BODY_TOO_LARGE']);
    expect((await send(session, order())).status).toBe(200);
    expect(errors.filter((error) => !String(error).includes('AUTHORITY_UNKNOWN'))).toEqual([]);
  });

  it.each([
    [
      'more than a hundred headers',
      Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x-${n}`, 'a'])),
    ],
    ['a header of more than 8 KiB', { 'x-large': 'a'.repeat(8_193) }],
  ])('refuses %s, and the session continues', async (_what, more) => {
    const { status, json } = await send(session, order(), more);
    expect(`${status} ${json.error.data.reason}`).toBe('431 HEADERS_TOO_LARGE');
    expect((await send(session, order(), { cookie: ['a=1', 'b=2'] })).status).toBe(200);
  });

  it('refuses trailers, announced or not, whatever they say', async () => {
    for (const trailers of [{ 'x-user-token': 'abc' }, { 'x-signature': 'v1' }, { cookie: 'a=1' }]) {
      const { headers, body, target } = order();
      const { host, ...others } = Object.fromEntries(headers);
      const head = { ':method': 'POST', ':path': target, ':authority': host, ...others };
      const stream = session.request(head, { waitForTrailers: true } as object);
      stream.once('wantTrailers', () => stream.sendTrailers(trailers));
      const answered = once(stream, 'response');
      stream.end(body);
      const [{ ':status': status }] = await answered;
      expect([status, JSON.parse(await text(stream)).error.data.reason]).toEqual([400, 'REQUEST_MALFORMED']);
    }
  });

  it('serves other callers during a flood of streams that are reset at once, or after some of the body', async () => {
    errors.length = 0;
    const flood = async (written: number) => {
      for (let round = 0; round < 3; round++) {
        const other = connect(`http://127.0.0.1:${server.port}`).on('error', () => {});
        await once(other, 'remoteSettings');
        const { headers, body, target } = order();
        const { host, ...others } = Object.fromEntries(headers);
        for (let n = 0; n < 200 && !other.destroyed && !other.closed; n++) {
          const stream = other.request({ ':method': 'POST', ':path': target, ':authority': host, ...others });
          stream.on('error', () => {});
          if (written > 0) stream.write(body?.subarray(0, written));
          stream.close(constants.NGHTTP2_CANCEL);
        }
        other.destroy();
      }
    };
    const floods = [flood(0), flood(30_000)];
    for (let n = 0; n < 5; n++) expect((await send(session, order())).status).toBe(200);
    await Promise.all(floods);
    expect((await send(session, order())).status).toBe(200);
    expect(errors).toEqual([]);
  });

  it('is not affected by aborted uploads, nor are the session and other callers', async () => {
    for (const code of [constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR]) {
      const { headers, body, target } = order();
      const { host, ...others } = Object.fromEntries(headers);
      const stream = session.request({ ':method': 'POST', ':path': target, ':authority': host, ...others });
      stream.on('error', () => {});
      await new Promise((resolve) => stream.write(body?.subarray(0, 50_000), resolve));
      stream.close(code);
      await new Promise((resolve) => stream.once('close', resolve));
      expect((await send(session, order())).status).toBe(200);
    }
    const other = connect(`http://127.0.0.1:${server.port}`).on('error', () => {});
    other
      .request({ ':method': 'POST', ':path': '/orders' })
      .on('error', () => {})
      .write('x');
    await once(other, 'remoteSettings');
    other.destroy();
    expect((await send(session, order())).status).toBe(200);
  });
});

describe('C3: an extended CONNECT (RFC 8441)', () => {
  it('reaches no handler', async () => {
    let ran = false;
    const handler = guard.node({}, (_request, response) => {
      ran = true;
      response.end('{}');
    });
    const server = await listening(createServer({ settings: { enableConnectProtocol: true } }, handler));
    const session = connect(`http://127.0.0.1:${server.port}`);
    await once(session, 'remoteSettings');
    const { headers, target } = sign(key, '/orders', { authority: ORDERS });
    const { host, ...others } = Object.fromEntries(headers);
    const head = { ':method': 'CONNECT', ':scheme': 'http', ':path': target, ':authority': host, ...others };
    const stream = session.request({ ...head, ':protocol': 'websocket' }, { endStream: true });
    const [{ ':status': status }] = await once(stream, 'response');
    expect([status, ran]).toEqual([405, false]);
    session.destroy();
    await server.stop();
  });
});

describe('C3: a handler of node:http2 that throws', () => {
  it('ends its own stream, and no other', async () => {
    const server = await listening(
      createServer(
        guard.node({}, (request, response) => {
          if (request.headers['x-begun'] !== undefined) response.writeHead(200).write('begun');
          throw new Error('the handler');
        }),
      ),
    );
    const session = connect(`http://127.0.0.1:${server.port}`);
    errors.length = 0;
    expect((await send(session, order())).json.error.data.reason).toBe('INTERNAL');
    const broken = send(session, order(), { 'x-begun': '1' });
    await expect(broken).rejects.toThrow();
    expect((await send(session, order())).status).toBe(500);
    expect(errors.map(String)).toEqual(Array(3).fill('Error: the handler'));
    session.destroy();
    await server.stop();
  });
});

requires('openssl').describe('C3: the guard of node:http2 that also speaks HTTP/1.1', () => {
  it('admits calls of both', async () => {
    const folder = await freshFolder();
    const made = ['-keyout', `${folder}/key`, '-out', `${folder}/cert`, '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...made], {
      stdio: 'ignore',
    });
    const [cert, tlsKey] = await Promise.all([readFile(`${folder}/cert`), readFile(`${folder}/key`)]);
    const server = createSecureServer(
      { cert, key: tlsKey, allowHTTP1: true },
      guard.node({}, async (request, response, { caller }) => {
        response.end(
          JSON.stringify([
            request.httpVersion,
            caller.key?.id,
            sha256(await text(request as unknown as NodeJS.ReadableStream)),
          ]),
        );
      }),
    );
    const { port, stop } = await listening(server);
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const draft = order();
    expect((await send(session, draft)).json).toEqual(['2.0', key.id, sha256(draft.body ?? '')]);
    session.destroy();
    const other = order();
    const json = await new Promise((resolve, reject) => {
      const sent = requestOverTls({
        ...{ host: '127.0.0.1', port, method: 'POST', path: other.target, agent: false },
        ...{ headers: other.headers.flat(), setHost: false, rejectUnauthorized: false, servername: '' },
      });
      sent.once('error', reject);
      sent.once('response', async (response) => resolve(JSON.parse(await text(response))));
      sent.end(other.body);
    });
    expect(json).toEqual(['1.1', key.id, sha256(other.body ?? '')]);
    await stop();
  });
});
