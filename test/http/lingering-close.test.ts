import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LingeringClose } from '../../server/http/connections/lingering-close.ts';
import { addressPath } from '../../shared/fairness/fairness-path.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type RunningProxy, startHaproxy, startNginx } from '../harness/proxies.ts';
import { outcomeOf, rawConnection } from '../harness/raw.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

const MB = 1_000_000;
/** The rest of a request, which a client still sends after the refusal. */
const BODY = 7 * MB;

let service: TestService;
beforeAll(async () => {
  const env = { KEYSEAL_METRICS_PORT: '0', KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' };
  service = await startTestService({ env });
});
afterAll(() => service.stop());

interface Upload {
  /** All that was read, once everything was sent. */
  readonly text: string;
  readonly error: string | null;
}

/** Sends a head and 7 MB, and reads nothing before all of it is sent, as simple clients do. */
async function upload(
  port: number,
  head: string,
  chunk: Buffer = Buffer.alloc(MB / 10, 'x'),
): Promise<Upload> {
  const socket = connect({ port, host: '127.0.0.1' });
  let error: string | null = null;
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    error = code ?? 'unknown';
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  socket.write(head);
  for (let sent = 0; sent < BODY && error === null; sent += chunk.length) {
    if (!socket.write(chunk))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
  }
  let text = '';
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1');
  });
  await closed;
  return { text, error };
}

/** Sends like `upload`, and reads in the meantime, as most clients do: a complete answer ends it. */
async function uploadAndRead(port: number, head: string, chunk: Buffer = Buffer.alloc(MB / 10, 'x')) {
  const { socket, text, until } = await rawConnection(port);
  const answered = until((so) => so.includes('\r\n\r\n') && so.endsWith('}'));
  let isSending = true;
  void answered.then(() => {
    isSending = false;
  });
  socket.write(head);
  for (let sent = 0; sent < BODY && isSending; sent += chunk.length) {
    if (!socket.write(chunk))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), answered]);
  }
  await answered;
  socket.destroy();
  return { text: text() };
}

const host = () => `host: ${service.authority}\r\n`;
const signed = () =>
  sign(service.demo, '/api/upload', {
    ...{ authority: service.authority, method: 'POST', body: 'x', contentType: 'application/octet-stream' },
  })
    .headers.map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
const LENGTH = `content-length: ${BODY}\r\n\r\n`;
/** One chunk of 100 KB. */
const CHUNK = Buffer.concat([Buffer.from('186a0\r\n'), Buffer.alloc(MB / 10, 'x'), Buffer.from('\r\n')]);

interface Refused {
  readonly what: string;
  readonly outcome: string;
  readonly head: () => string;
  readonly chunk?: Buffer;
}

const refused = (what: string, outcome: string, head: () => string, chunk?: Buffer): Refused => ({
  what,
  outcome,
  head,
  ...(chunk ? { chunk } : {}),
});

/** Every way in which a request is refused while its body arrives. */
const REFUSED: readonly Refused[] = [
  refused('without a key', '413 BODY_TOO_LARGE', () => `POST /api/echo HTTP/1.1\r\n${host()}${LENGTH}`),
  refused(
    'with a wrong key, in chunks',
    '401 KEY_INVALID',
    () =>
      `POST /api/echo HTTP/1.1\r\n${host()}authorization: Bearer ks_live_x\r\ntransfer-encoding: chunked\r\n\r\n`,
    CHUNK,
  ),
  refused(
    'with a right key, in chunks beyond the limit',
    '413 BODY_TOO_LARGE',
    () => `POST /api/upload HTTP/1.1\r\n${signed()}transfer-encoding: chunked\r\n\r\n`,
    CHUNK,
  ),
  refused(
    'of another host',
    '421 AUTHORITY_UNKNOWN',
    () => `POST /api/echo HTTP/1.1\r\nhost: evil.example\r\n${LENGTH}`,
  ),
  refused(
    'with a method override',
    '400 REQUEST_MALFORMED',
    () => `POST /api/echo HTTP/1.1\r\n${host()}x-http-method: PUT\r\n${LENGTH}`,
  ),
  refused('of a GET', '400 REQUEST_MALFORMED', () => `GET /api/exemple HTTP/1.1\r\n${host()}${LENGTH}`),
  refused('of a PUT', '405 METHOD_NOT_SUPPORTED', () => `PUT /api/echo HTTP/1.1\r\n${host()}${LENGTH}`),
  refused(
    'of an OPTIONS',
    '405 METHOD_NOT_SUPPORTED',
    () => `OPTIONS /api/echo HTTP/1.1\r\n${host()}${LENGTH}`,
  ),
  refused('of a page', '405 METHOD_NOT_SUPPORTED', () => `POST /healthz HTTP/1.1\r\n${host()}${LENGTH}`),
  refused('of a page with GET', '400 REQUEST_MALFORMED', () => `GET /healthz HTTP/1.1\r\n${host()}${LENGTH}`),
  refused('of nothing', '404 PROCEDURE_NOT_FOUND', () => `POST /nothing HTTP/1.1\r\n${host()}${LENGTH}`),
  refused(
    'with another expectation',
    '400 REQUEST_MALFORMED',
    () => `POST /api/echo HTTP/1.1\r\n${host()}expect: 200-ok\r\n${LENGTH}`,
  ),
  refused(
    'with unsound framing',
    '400 REQUEST_MALFORMED',
    () => `POST /api/echo HTTP/1.1\r\n${host()}transfer-encoding: gzip, chunked\r\n\r\n`,
    CHUNK,
  ),
  refused(
    'of another page, with a chunk that is none',
    '404 PROCEDURE_NOT_FOUND',
    () => `POST /nothing HTTP/1.1\r\n${host()}transfer-encoding: chunked\r\n\r\nzz\r\n`,
  ),
  refused(
    'with two targets',
    '400 REQUEST_MALFORMED',
    () => `POST /api/../echo HTTP/1.1\r\n${host()}${LENGTH}`,
  ),
  refused(
    'with an unknown method',
    '400 REQUEST_MALFORMED',
    () => `FOO /api/echo HTTP/1.1\r\n${host()}${LENGTH}`,
  ),
  refused(
    'with headers that are too large',
    '431 HEADERS_TOO_LARGE',
    () => `POST /api/echo HTTP/1.1\r\n${host()}x-a: ${'a'.repeat(40_000)}\r\n${LENGTH}`,
  ),
  refused(
    'with a chunk that is none',
    '400 REQUEST_MALFORMED',
    () => `POST /api/upload HTTP/1.1\r\n${signed()}transfer-encoding: chunked\r\n\r\nzz\r\n`,
  ),
];

describe('B3: a refused request whose body is still being sent', () => {
  it.each(REFUSED)(
    '$what is answered with $outcome, and its sender reads the answer',
    async ({ outcome, head, chunk }) => {
      const { text, error } = await upload(service.port, head(), chunk);
      expect([outcomeOf(text), error]).toEqual([outcome, null]);
      expect(text).toMatch(/\r\nconnection: close\r\n/i);
      expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    },
  );

  it.each([
    ['of no page', '404', () => `POST /nothing HTTP/1.1\r\n${host()}${LENGTH}`],
    ['of the page', '405', () => `POST /metrics HTTP/1.1\r\n${host()}${LENGTH}`],
    ['of no HTTP', '400', () => `FOO /metrics HTTP/1.1\r\n${host()}${LENGTH}`],
  ])('%s of the metrics port is answered with %s', async (_, outcome, head) => {
    const { text, error } = await upload(service.running.metricsPort as number, head());
    expect([outcomeOf(text), error]).toEqual([outcome, null]);
  });

  it('further requests on the connection are not read', async () => {
    const connection = await rawConnection(service.port);
    const call = `GET /healthz HTTP/1.1\r\n${host()}\r\n`;
    connection.socket.write(`POST /api/echo HTTP/1.1\r\n${host()}content-length: 10\r\n\r\n`);
    // A body that is complete before the refusal would not end the connection.
    await expect.poll(connection.text).toContain('HTTP/1.1 401');
    connection.socket.write(`0123456789${call}${call}`);
    await connection.closed;
    expect(connection.text().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  });

  requires('curl').test('curl reads the answer', async () => {
    const folder = await freshFolder();
    const file = join(folder, 'body');
    await writeFile(file, Buffer.alloc(BODY, 'x'));
    const args = ['-sS', '-w', '%{http_code}', '-H', 'expect:', '--data-binary', `@${file}`];
    for (const [wrong, status] of [
      ['authorization: Bearer ks_live_x', 413],
      ['x-http-method: PUT', 400],
    ] as const) {
      const url = `${service.url}/api/echo`;
      const { stdout, stderr } = await run('curl', [...args, '-H', wrong, url]);
      expect([stderr, stdout]).toEqual(['', expect.stringMatching(new RegExp(`\\}${status}$`))]);
    }
  });

  requires('python3').test('http.client of Python reads the answer', async () => {
    const script = `
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", ${service.port})
c.request("POST", "/api/echo", body=b"x" * ${BODY}, headers={"host": "${service.authority}"})
print(c.getresponse().status)`;
    expect(await run('python3', ['-c', script])).toEqual({ stdout: '413\n', stderr: '' });
  });

  it('fetch reports no error', async () => {
    const { status } = await fetch(`${service.url}/api/echo`, { method: 'POST', body: Buffer.alloc(BODY) });
    expect(status).toBe(413);
  });
});

function run(command: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(command, args, (_, stdout, stderr) => resolve({ stdout, stderr })),
  );
}

/** The refused uploads that a proxy passes on as they come. */
function throughProxy(start: () => Promise<RunningProxy>, sendTo: typeof uploadAndRead) {
  let proxy: RunningProxy;
  beforeAll(async () => {
    proxy = await start();
  });
  afterAll(() => proxy.stop());

  it.each(REFUSED.slice(0, 5))('$what: the client receives $outcome', async ({ outcome, head, chunk }) => {
    const { text } = await sendTo(proxy.port, head(), chunk);
    expect(outcomeOf(text)).toBe(outcome);
  });

  it('serves the next call', async () => {
    const draft = sign(service.demo, '/api/exemple', { authority: service.authority });
    expect((await send(proxy.port, draft)).status).toBe(200);
  });
}

requires('nginx').describe('B3: behind nginx that streams bodies', () =>
  throughProxy(
    () =>
      startNginx(
        (port) => `server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    location / {
      proxy_request_buffering off;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_pass http://127.0.0.1:${service.port};
    }
  }`,
      ),
    upload,
  ),
);

// HAProxy itself stops reading once it has an answer, so a client that reads only after it has sent all waits forever.
requires('haproxy').describe('B3: behind HAProxy', () =>
  throughProxy(
    () =>
      startHaproxy(
        (port) => `defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
listen all
  bind 127.0.0.1:${port}
  server one 127.0.0.1:${service.port}`,
      ),
    uploadAndRead,
  ),
);

describe('B3: a lingering close', () => {
  let server: Server;
  const clients: Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A server that refuses everything before it reads a body. */
  async function listen(bounds: Partial<ConstructorParameters<typeof LingeringClose>[0]>) {
    const all = { idleMs: 60_000, totalMs: 60_000, bytes: 1_000 * MB, connections: 1_000, ...bounds };
    const lingering = new LingeringClose(all);
    server = createServer((_, response) => void response.writeHead(401, { connection: 'close' }).end('no'));
    server.on('connection', (socket) =>
      lingering.adopt(socket, () => addressPath(socket.remoteAddress?.replace('::ffff:', '') ?? null)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return lingering;
  }

  /** Begins a body, and reads the whole answer; the connection stays open on this side. */
  async function begin(from = '127.0.0.1'): Promise<Socket> {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true });
    clients.push(socket);
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\nx');
    socket.resume();
    await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
    return socket;
  }

  it('ends if no more bytes arrive', async () => {
    const lingering = await listen({ idleMs: 50 });
    await begin();
    await expect.poll(() => lingering.open).toBe(0);
  });

  it('continues while bytes arrive, up to its maximum duration', async () => {
    const lingering = await listen({ totalMs: 300 });
    const socket = await begin();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const dripping = setInterval(() => socket.write('x'), 10);
    await closed;
    clearInterval(dripping);
    expect(lingering.open).toBe(0);
  });

  it('reads at most its maximum of bytes', async () => {
    const lingering = await listen({ bytes: 2 * MB });
    const socket = await begin();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    while (!socket.destroyed) {
      if (!socket.write(Buffer.alloc(100_000)))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(socket.bytesWritten).toBeGreaterThan(2 * MB);
    expect(lingering.open).toBe(0);
  });

  it('ends as soon as the peer closes', async () => {
    const lingering = await listen({});
    const socket = await begin();
    expect(lingering.open).toBe(1);
    socket.end();
    await expect.poll(() => lingering.open).toBe(0);
  });

  it('is limited to the share of an address, beyond which connections are closed at once', async () => {
    const lingering = await listen({ connections: 16 });
    for (let n = 0; n < 20; n++) await begin('127.0.0.2');
    expect(lingering.open).toBeLessThanOrEqual(4);
    for (let n = 0; n < 20; n++) await begin('127.0.0.3');
    expect(lingering.open).toBeLessThanOrEqual(8);
    const before = lingering.open;
    await begin('127.0.1.1');
    expect(lingering.open).toBe(before + 1);
  });

  it('ends at once if the peer has already closed its side', async () => {
    const lingering = await listen({});
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    clients.push(socket);
    socket.on('error', () => {}).resume();
    socket.end('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'close');
    await expect.poll(() => lingering.open).toBe(0);
  });
});
