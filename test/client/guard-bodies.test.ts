import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import multipart from '@fastify/multipart';
import { initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { octetInputParser } from '@trpc/server/http';
import express5, { type Express, type RequestHandler } from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { createProxyMiddleware } from 'http-proxy-middleware';
import multer from 'multer';
import { afterEach, describe, expect, it } from 'vitest';
import { admitted } from '../../client/guard/index.ts';
import { admittingGuard, CALLER, HOST } from '../harness/admitting-guard.ts';
import { rawConnection } from '../harness/raw.ts';
import { type Answer, send, sha256, sign } from '../harness/wire.ts';

const express4: typeof express5 = createRequire(import.meta.url)('express4');

/** More than a Node stream buffers. */
const LARGE = 'é'.repeat(200_000);
const guard = admittingGuard({ maxBody: 1024 * 1024, maxBuffered: 64 * 1024 * 1024 });
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function listening(handler: RequestListener): Promise<number> {
  const server: Server = createServer(handler);
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const post = (port: number, contentType: string, body: string | Buffer): Promise<Answer> =>
  send(port, sign(CALLER, '/', { authority: HOST, method: 'POST', contentType, body }));

/** A form with a field and a file, as a browser sends it. */
async function upload(content = LARGE): Promise<readonly [contentType: string, body: Buffer]> {
  const form = new FormData();
  form.set('title', 'l’été');
  form.set('file', new File([content], 'a.txt', { type: 'text/plain' }));
  const request = new Request('http://localhost', { method: 'POST', body: form });
  return [request.headers.get('content-type') ?? '', Buffer.from(await request.arrayBuffer())];
}

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
] as const)('C2: after guard.express in %s', (_name, express) => {
  /** What a parser makes of the body. */
  const parsing = (...parsers: RequestHandler[]): Promise<number> => {
    const app: Express = express();
    app.post('/', guard.express({}), ...parsers, (request, response) => {
      response.json(request.body ?? null);
    });
    return listening(app);
  };

  it('multer reads the file and the fields', async () => {
    const app: Express = express();
    app.post('/', guard.express({}), multer().single('file'), (request, response) => {
      response.json([request.body.title, sha256(request.file?.buffer ?? ''), request.file?.originalname]);
    });
    const answer = await post(await listening(app), ...(await upload()));
    expect(answer.json).toEqual(['l’été', sha256(LARGE), 'a.txt']);
  });

  it('express.urlencoded parses', async () => {
    const port = await parsing(express.urlencoded({ extended: true }));
    const { json } = await post(port, 'application/x-www-form-urlencoded', 'a=1&b[c]=x+y');
    expect(json).toEqual({ a: '1', b: { c: 'x y' } });
  });

  it.each(['text/plain', 'application/json'])('express.text reads %s', async (type) => {
    const port = await parsing(express.text({ type: '*/*', limit: '1mb' }));
    expect((await post(port, type, JSON.stringify(LARGE))).json).toBe(JSON.stringify(LARGE));
  });

  it('express.raw reads the bytes', async () => {
    const app: Express = express();
    app.post('/', guard.express({}), express.raw({ type: '*/*', limit: '1mb' }), (request, response) => {
      response.json(sha256(request.body as Buffer));
    });
    const bytes = Buffer.from([0, 255, 1, 254]);
    expect((await post(await listening(app), 'application/octet-stream', bytes)).json).toBe(sha256(bytes));
  });

  it('express.json parses, with its own options', async () => {
    const port = await parsing(
      express.json({ limit: '1mb', reviver: (key, value) => (key === 'n' ? 2 : value) }),
    );
    expect((await post(port, 'application/json', '{"n":1,"t":"é"}')).json).toEqual({ n: 2, t: 'é' });
  });

  it('request.body has JSON without a parser, and no other body', async () => {
    const port = await parsing();
    expect((await post(port, 'application/json', '{"n":1}')).json).toEqual({ n: 1 });
    expect((await post(port, 'text/plain', 'n')).json).toBeNull();
    expect((await post(port, 'application/json', '')).json).toBeNull();
  });

  it.each([
    ['application/json', '{bad'],
    ['application/json; charset=utf-16le', Buffer.from('{"n":1}', 'utf16le')],
  ])('%s that is no JSON is refused in a sentence', async (type, body) => {
    const { status, reason, json } = await post(await parsing(express.raw({ type: '*/*' })), type, body);
    expect([status, reason]).toEqual([400, 'INPUT_INVALID']);
    expect(json.error.data.issues).toEqual([
      { path: 'body', message: 'is not JSON in UTF-8 (RFC 8259), as its content-type says' },
    ]);
  });

  it('tRPC reads JSON, bytes and forms', async () => {
    const t = initTRPC.create();
    const router = t.router({
      json: t.procedure.input((value) => value as { t: string }).mutation(({ input }) => input.t.length),
      bytes: t.procedure
        .input(octetInputParser)
        .mutation(async ({ input }) => sha256(Buffer.from(await new Response(input).arrayBuffer()))),
      form: t.procedure
        .input((value) => value as FormData)
        .mutation(async ({ input }) => [
          input.get('title'),
          sha256(await (input.get('file') as File).text()),
        ]),
    });
    const app: Express = express();
    app.use('/trpc', guard.express({}), createExpressMiddleware({ router }));
    const port = await listening(app);
    const call = async (name: string, contentType: string, body: string | Buffer) =>
      (
        await send(
          port,
          sign(CALLER, `/trpc/${name}`, { authority: HOST, method: 'POST', contentType, body }),
        )
      ).json.result?.data;
    expect(await call('json', 'application/json', JSON.stringify({ t: LARGE }))).toBe(LARGE.length);
    expect(await call('bytes', 'application/octet-stream', LARGE)).toBe(sha256(LARGE));
    expect(await call('form', ...(await upload()))).toEqual(['l’été', sha256(LARGE)]);
  });

  it('http-proxy-middleware forwards the bytes', async () => {
    const behind = await listening(async (request, response) => {
      response.end(JSON.stringify([request.headers['content-type'], sha256(await text(request))]));
    });
    const app: Express = express();
    app.use(guard.express({}), createProxyMiddleware({ target: `http://127.0.0.1:${behind}` }));
    const port = await listening(app);
    for (const [type, body] of [
      ['application/json', JSON.stringify(LARGE)],
      ['text/plain', LARGE],
      ['text/plain', ''],
    ] as const) {
      expect((await post(port, type, body)).json).toEqual([type, sha256(body)]);
    }
  });
});

describe('C2: after guard.fastify', () => {
  it('@fastify/multipart sees the file and the fields', async () => {
    const app = fastify();
    stops.push(() => app.close());
    await app.register(multipart, { limits: { fileSize: 1024 * 1024 } });
    app.post('/', { preParsing: guard.fastify({}) }, async (request) => {
      const file = await request.file();
      const content = await file?.toBuffer();
      const title = file?.fields['title'] as { value?: string } | undefined;
      return [title?.value, sha256(content ?? ''), admitted(request).body.byteLength > 0];
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const answer = await post((app.server.address() as AddressInfo).port, ...(await upload()));
    expect(answer.json).toEqual(['l’été', sha256(LARGE), true]);
  });

  it('parsers for text, JSON and streams read', async () => {
    const app = fastify();
    stops.push(() => app.close());
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    app.post('/', { preParsing: guard.fastify({}) }, async ({ body }) =>
      typeof body === 'string' || !(body && typeof body === 'object' && 'pipe' in body)
        ? body
        : sha256(await text(body as NodeJS.ReadableStream)),
    );
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    expect((await post(port, 'text/plain', LARGE)).text).toBe(LARGE);
    expect((await post(port, 'application/json', '{"n":1}')).json).toEqual({ n: 1 });
    expect((await post(port, 'application/octet-stream', LARGE)).text).toBe(sha256(LARGE));
  });
});

/** A request of a runtime that adds properties to the standard ones, as Bun and Cloudflare do. */
class RuntimeRequest extends Request {
  readonly params = { id: '7' };
  #region = 'cdg';
  get cookies(): string {
    return this.#region;
  }
  region(): string {
    return this.#region;
  }
}

/** The same properties, read behind a guard. */
const members = (request: Request): unknown[] => {
  const { params, cookies } = request as RuntimeRequest;
  return [params, cookies, (request as RuntimeRequest).region()];
};

describe('C2: a request of a runtime keeps its members', () => {
  const MEMBERS = [{ id: '7' }, 'cdg', 'cdg', '{"n":1}'];
  const request = () => {
    const { headers, body } = sign(CALLER, '/', { authority: HOST, body: '{"n":1}' });
    const init = { method: 'POST', headers: headers.map(([name, value]): [string, string] => [name, value]) };
    return new RuntimeRequest(`https://${HOST}/`, { ...init, body: new Uint8Array(body ?? []) });
  };

  it('after guard.fetch', async () => {
    const handler = guard.fetch({}, async (verified) =>
      Response.json([...members(verified), await verified.text()]),
    );
    expect(await (await handler(request())).json()).toEqual(MEMBERS);
  });

  it('after guard.hono', async () => {
    const app = new Hono().post('/', guard.hono({}), async (c) =>
      c.json([...members(c.req.raw), await c.req.text()]),
    );
    expect(await (await app.fetch(request())).json()).toEqual(MEMBERS);
  });
});

describe('C2: after guard.node', () => {
  it('a handler reads the stream', async () => {
    const port = await listening(
      guard.node({}, async (request, response) => {
        response.end(JSON.stringify(sha256(await text(request as unknown as NodeJS.ReadableStream))));
      }),
    );
    for (const body of [LARGE, 'x', ''])
      expect((await post(port, 'text/plain', body)).json).toBe(sha256(body));
  });

  it('a connection continues after unread bodies, pipelined or not', async () => {
    const seen: number[] = [];
    const port = await listening(
      guard.node({}, (_request, response, { body }) => {
        seen.push(body.byteLength);
        response.end('"done"');
      }),
    );
    const connection = await rawConnection(port);
    const request = (body: string) => {
      const { headers } = sign(CALLER, '/', {
        authority: HOST,
        method: 'POST',
        contentType: 'text/plain',
        body,
      });
      const lines = [...headers, ['content-length', String(body.length)]].map((header) => header.join(': '));
      return `POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
    };
    const large = 'x'.repeat(300_000);
    connection.socket.write(request(large));
    await connection.until((arrived) => arrived.split('"done"').length === 2);
    connection.socket.write(request(large) + request('y') + request(''));
    await connection.until((arrived) => arrived.split('"done"').length === 5);
    connection.socket.destroy();
    // Requests on one connection are verified at the same time.
    expect(seen.sort()).toEqual([0, 1, 300_000, 300_000]);
  });

  it('a caller that disconnects does no harm', async () => {
    const errors: unknown[] = [];
    const watching = admittingGuard({ onError: (error) => errors.push(error) });
    let left = (_aborted: unknown) => {};
    const gone = new Promise((resolve) => {
      left = resolve;
    });
    let run = () => {};
    const running = new Promise<void>((resolve) => {
      run = resolve;
    });
    const port = await listening(
      watching.node({}, (_request, response) => {
        (response as unknown as NodeJS.EventEmitter).once('close', () => left('closed'));
        run();
      }),
    );
    const connection = await rawConnection(port);
    const { headers } = sign(CALLER, '/', {
      authority: HOST,
      method: 'POST',
      contentType: 'text/plain',
      body: 'x',
    });
    const lines = [...headers, ['content-length', '1']].map((header) => header.join(': '));
    connection.socket.write(`POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\nx`);
    await running;
    connection.socket.resetAndDestroy();
    expect([await gone, errors]).toEqual(['closed', []]);
  });
});
