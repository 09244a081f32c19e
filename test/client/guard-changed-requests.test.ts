import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve as serveHono } from '@hono/node-server';
import Router from '@koa/router';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { randomOf } from '../../bench/simulation/random.ts';
import { admitted, createGuard, type Guard } from '../../client/guard/index.ts';
import { type Certificates, makeCertificates } from '../../compat/certificates.ts';
import { exchange, PATIENCE_MS, type WireAnswer } from '../../compat/fuzz/exchange.ts';
import { HONEST_PATIENCE_MS } from '../../compat/fuzz/honest-answer.ts';
import { exchangeHttp2, type Http2Request } from '../../compat/fuzz/http2-frames.ts';
import { HTTP2_MUTATIONS, http2Of } from '../../compat/fuzz/http2-mutations.ts';
import { MUTATIONS } from '../../compat/fuzz/mutations.ts';
import { bytesOfRaw, type RawRequest, rawOf } from '../../compat/fuzz/raw-request.ts';
import type { Sample } from '../../compat/fuzz/samples.ts';
import { classifyAnswer } from '../../compat/fuzz/verdict.ts';
import { signStandard } from '../harness/http-signature.ts';
import { createKey, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, sha256, sign } from '../harness/wire.ts';

// Some malformed requests get no answer, and each of these takes the patience of a client.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let service: TestService;
let key: Credentials;
let guard: Guard;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  service = await startTestService({
    env: { KEYSEAL_PERMISSIONS: 'orders:write', KEYSEAL_ADDRESS_FAILURES: '1000000' },
  });
  const ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
  const { apiKey, signingSecret } = await verifyingKey(service, ada);
  guard = createGuard({ url: service.url, apiKey: apiKey ?? '', signingSecret, authority: ORDERS });
});
afterAll(() => service.stop());
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const asked = { permission: 'orders:write' };
type SeenHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Fields that Node and other servers show to a handler each in its own way, if they are repeated. */
const COVERED: Readonly<Record<string, string>> = {
  cookie: 'a=1, 2; b=2',
  date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  'user-agent': 'agent (KHTML, like Gecko)',
  'x-note': 'one, two',
};
/** What a handler sees of them, if the signature covers them. */
const noted = (headers: SeenHeaders = {}) =>
  headers['signature-input'] === undefined
    ? ''
    : Object.keys(COVERED)
        .map((name) => ` ${headers[name]}`)
        .join();

/** What a handler saw, in the form of an answer of Keyseal. */
const seen = (method: string, target: string, body: string, headers?: SeenHeaders) => ({
  result: { data: { text: `${method} ${target} ${sha256(body)}${noted(headers)}` } },
});
const textOf = (body: Uint8Array) => new TextDecoder().decode(body);
const parsed = (body: unknown) => (body === undefined ? '' : JSON.stringify(body));

async function listening(server: Server): Promise<number> {
  stops.push(() => {
    server.closeAllConnections?.();
    return new Promise((resolve) => server.close(resolve));
  });
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const nodeHandler = () =>
  guard.node(asked, (request, response, { body }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(seen(request.method ?? '', request.url ?? '', textOf(body), request.headers)),
    );
  });

/** Services that answer by what their handler saw: the target, and the body as their parser has it. */
const SERVICES: Readonly<Record<string, () => Promise<number>>> = {
  'node:http': () => listening(createServer(nodeHandler())),

  Express: () => {
    const app = express();
    app.use('/api/echo', guard.express(asked), express.json());
    app.all('/api/echo', (request, response) => {
      const body = admitted(request).body.byteLength > 0 ? request.body : undefined;
      response.json(seen(request.method, request.originalUrl, parsed(body), request.headers));
    });
    return listening(createServer(app));
  },

  Fastify: async () => {
    const app = fastify();
    app.route({
      ...{ method: ['GET', 'POST'], url: '/api/echo', preParsing: guard.fastify(asked) },
      handler: (request) => seen(request.method, request.originalUrl, parsed(request.body), request.headers),
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    stops.push(() => app.close());
    return (app.server.address() as AddressInfo).port;
  },

  Koa: () => {
    const router = new Router();
    router.all('/api/echo', guard.koa(asked), bodyParser(), (context) => {
      const body = admitted(context).body.byteLength > 0 ? context.request.body : undefined;
      context.body = seen(context.method, context.originalUrl, parsed(body), context.req.headers);
    });
    return listening(createServer(new Koa().use(router.routes()).callback()));
  },

  'Hono on Node': () => {
    const app = new Hono();
    app.use('/api/*', guard.hono(asked));
    app.all('/api/echo', async (c) => {
      const { pathname, search } = new URL(c.req.url);
      return c.json(seen(c.req.method, pathname + search, await c.req.text(), c.req.header()));
    });
    return new Promise((resolve) => {
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
        resolve(listening(server as Server)),
      );
    });
  },

  'a handler of the fetch standard': () => {
    const handler = guard.fetch(asked, async (request) => {
      const { pathname, search } = new URL(request.url);
      const headers = Object.fromEntries(request.headers);
      return Response.json(seen(request.method, pathname + search, await request.text(), headers));
    });
    return new Promise((resolve) => {
      const server = serveHono({ fetch: handler, port: 0, hostname: '127.0.0.1' }, () =>
        resolve(listening(server as Server)),
      );
    });
  },
};

/** The same, over TLS, in HTTP/2 and HTTP/1.1. */
const SECURE_SERVICES: Readonly<Record<string, (tls: { key: Buffer; cert: Buffer }) => Promise<number>>> = {
  'node:http2': (tls) => {
    const server = createSecureServer({ ...tls, allowHTTP1: true }, nodeHandler());
    return listening(server as unknown as Server);
  },

  'Fastify with http2': async (tls) => {
    const app = fastify({ http2: true, https: { ...tls, allowHTTP1: true } });
    app.route({
      ...{ method: ['GET', 'POST'], url: '/api/echo', preParsing: guard.fastify(asked) },
      handler: (request) => seen(request.method, request.originalUrl, parsed(request.body), request.headers),
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    stops.push(() => app.close());
    return (app.server.address() as AddressInfo).port;
  },

  'Koa with http2': (tls) => {
    const router = new Router();
    router.all('/api/echo', guard.koa(asked), bodyParser(), (context) => {
      const body = admitted(context).body.byteLength > 0 ? context.request.body : undefined;
      context.body = seen(context.method, context.originalUrl, parsed(body), context.req.headers);
    });
    const app = new Koa().use(router.routes()).callback();
    return listening(createSecureServer({ ...tls, allowHTTP1: true }, app) as unknown as Server);
  },

  'Hono with http2': (tls) => {
    const app = new Hono();
    app.use('/api/*', guard.hono(asked));
    app.all('/api/echo', async (c) => {
      const { pathname, search } = new URL(c.req.url);
      return c.json(seen(c.req.method, pathname + search, await c.req.text(), c.req.header()));
    });
    return onHono(app.fetch, tls);
  },

  'a handler of the fetch standard with http2': (tls) =>
    onHono(
      guard.fetch(asked, async (request) => {
        const { pathname, search } = new URL(request.url);
        const headers = Object.fromEntries(request.headers);
        return Response.json(seen(request.method, pathname + search, await request.text(), headers));
      }),
      tls,
    ),
};

const onHono = (
  fetch: (request: Request) => Response | Promise<Response>,
  tls: { key: Buffer; cert: Buffer },
): Promise<number> =>
  new Promise((resolve) => {
    const options = { createServer: createSecureServer, serverOptions: { ...tls, allowHTTP1: true } };
    const server = serveHono({ fetch, port: 0, hostname: '127.0.0.1', ...options }, () =>
      resolve(listening(server as Server)),
    );
  });

/** Signs a request in one of the two forms. */
type Form = (target: string, body: string) => Draft;
const BY_FORM: Readonly<Record<string, Form>> = {
  'x-signature': (target, body) => sign(key, target, { authority: ORDERS, ...(body === '' ? {} : { body }) }),
  'RFC 9421': (target, body) =>
    signStandard(key, target, {
      ...{ authority: ORDERS, scheme: 'https', ...(body === '' ? {} : { body }) },
      headers: Object.entries(COVERED),
      components: [
        ...['"@method"', '"@authority"', '"@request-target"', ...(body === '' ? [] : ['"content-type"'])],
        ...[...(body === '' ? [] : ['"content-digest"']), ...Object.keys(COVERED).map((name) => `"${name}"`)],
      ],
    }),
};

/** A query, or a mutation, in turn. */
function sampleOf(n: number, form: Form = BY_FORM['x-signature'] as Form): Sample {
  const text = `number ${n} of a/b "é" & more`;
  const target = '/api/echo?text=a%2Fb%20c';
  const body = n % 2 === 0 ? '' : JSON.stringify({ text });
  const draft = form(target, body);
  const seenHeaders = Object.fromEntries(draft.headers);
  return { draft, expected: `${draft.method} ${target} ${sha256(body)}${noted(seenHeaders)}` };
}

/** Requests that are under way at once: many wait for an answer that never comes. */
const AT_ONCE = 16;

/** Sends each mutation of a query and of a mutation. @returns what must not happen, and what was admitted */
async function attack<T>(
  mutations: Readonly<Record<string, (request: T) => T>>,
  requestOf: (sample: Sample) => T,
  sendIt: (request: T, patienceMs: number) => Promise<WireAnswer | null>,
  form?: Form,
) {
  const complaints: string[] = [];
  const admittedAs = new Set<string>();
  const verdictOf = async (request: T, sample: Sample, patienceMs = PATIENCE_MS) =>
    classifyAnswer(await sendIt(request, patienceMs), sample);
  const judge = async (name: string, request: T, sample: Sample) => {
    const patienceMs = name === 'none' ? HONEST_PATIENCE_MS : PATIENCE_MS;
    const { kind, words } = await verdictOf(request, sample, patienceMs);
    if (kind === 'something else') complaints.push(`${name}: admitted as something else: ${words}`);
    if (kind === 'as signed') {
      admittedAs.add(name);
      const replay = await verdictOf(request, sample);
      if (replay.kind !== 'refused') complaints.push(`${name}: admitted twice`);
    }
    const honest = sampleOf(1, form);
    const next = await verdictOf(requestOf(honest), honest, HONEST_PATIENCE_MS);
    if (next.kind !== 'as signed') complaints.push(`${name}: the next request got ${next.words}`);
  };
  const all = Object.entries(mutations).flatMap((mutation) => [0, 1].map((n) => [...mutation, n] as const));
  // Mutations draw random numbers, so they are made in their order.
  const left = all.values();
  const judgeNext = async () => {
    for (const [name, mutate, n] of left) {
      const sample = sampleOf(n, form);
      await judge(name, mutate(requestOf(sample)), sample);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, judgeNext));
  return { complaints, admittedAs };
}

/** Puts a field into two lines, at the first comma or semicolon. */
const SPLIT = [...Object.keys(COVERED), 'signature-input', 'signature', 'content-digest', 'authorization'];
const halves = (value: string): string[] => value.split(/[,;] ?(.*)/s).filter((part) => part !== '');
const RAW_SPLITS = Object.fromEntries(
  SPLIT.map((name) => [
    `in two lines: ${name}`,
    ({ lines, ...raw }: RawRequest) => {
      const split = (line: string) => halves(line.slice(name.length + 2)).map((half) => `${name}: ${half}`);
      return { ...raw, lines: lines.flatMap((line) => (line.startsWith(`${name}: `) ? split(line) : line)) };
    },
  ]),
);
const HTTP2_SPLITS = Object.fromEntries(
  SPLIT.map((name) => [
    `in two lines: ${name}`,
    ({ fields, ...request }: Http2Request) => ({
      ...request,
      fields: fields.flatMap(([known, value]) =>
        known === name ? halves(value).map((half) => [name, half] as const) : [[known, value] as const],
      ),
    }),
  ]),
);

describe.each(Object.entries(SERVICES))('%s', (_, serve) => {
  it('refuses changed requests, or passes on what was signed', async () => {
    const port = await serve();
    const random = randomOf(14);
    const mutations = Object.fromEntries(
      Object.entries(MUTATIONS).map(([name, mutate]) => [name, (raw: RawRequest) => mutate(raw, random)]),
    );
    const { complaints, admittedAs } = await attack(
      mutations,
      ({ draft }) => rawOf(draft),
      (raw, patienceMs) => exchange(port, bytesOfRaw(raw), raw.cutShort, patienceMs),
    );
    expect(complaints).toEqual([]);
    expect(admittedAs).toContain('none');
  });

  it('shows fields that a signature covers as they were signed, or refuses them', async () => {
    const port = await serve();
    const { complaints, admittedAs } = await attack<RawRequest>(
      { none: (raw) => raw, ...RAW_SPLITS },
      ({ draft }) => rawOf(draft),
      (raw, patienceMs) => exchange(port, bytesOfRaw(raw), raw.cutShort, patienceMs),
      BY_FORM['RFC 9421'],
    );
    expect(complaints).toEqual([]);
    expect(admittedAs).toContain('none');
  });
});

requires('openssl').describe('over TLS', () => {
  let folder: string;
  let certificates: Certificates;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyseal-test-http2-'));
    certificates = makeCertificates(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe.each(Object.entries(SECURE_SERVICES))('%s', (_, serve) => {
    it.each(Object.entries(BY_FORM))(
      'what arrives changed is refused, or is what was signed: %s',
      async (_form, form) => {
        const [tlsKey, cert] = await Promise.all(
          ['key', 'crt'].map((end) => readFile(`${certificates.path}.${end}`)),
        );
        const port = await serve({ key: tlsKey as Buffer, cert: cert as Buffer });
        const { complaints, admittedAs } = await attack<Http2Request>(
          { ...HTTP2_MUTATIONS, ...HTTP2_SPLITS },
          ({ draft }) => http2Of(draft),
          (request, patienceMs) => exchangeHttp2(port, certificates.ca, request, patienceMs),
          form,
        );
        expect(complaints).toEqual([]);
        expect(admittedAs).toContain('none');
      },
    );
  });
});
