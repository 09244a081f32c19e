import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { outcomeOf, type RawConnection, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Draft, send, sign } from '../harness/wire.ts';

let service: TestService;
/** Senders that have stopped half-way through their headers, and through a body. */
let slow: RawConnection[];

beforeAll(async () => {
  service = await startTestService();
  // The server waits for half a minute, which passes while the earlier tests run.
  const headers = await rawConnection(service.port);
  headers.socket.write('GET /api/exemple HTTP/1.1\r\nhost: localhost\r\nx-a');
  const body = await rawConnection(service.port);
  const head = linesOf(signed('/api/echo', '{"text":"x"}'));
  body.socket.write(`POST /api/echo HTTP/1.1\r\n${head}content-length: 12\r\n\r\n{`);
  slow = [headers, body];
});
afterAll(() => service.stop());

const signed = (target = '/api/exemple', body?: string, at = service) =>
  sign(at.demo, target, { authority: at.authority, ...(body ? { body } : {}) });
const linesOf = ({ headers }: Pick<Draft, 'headers'>) =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

it('ten thousand idle connections slow no caller down', async () => {
  const idle: RawConnection[] = [];
  try {
    for (let n = 0; n < 100; n++) {
      idle.push(...(await Promise.all(Array.from({ length: 100 }, () => rawConnection(service.port)))));
    }
    expect((await send(service.port, signed())).status).toBe(200);
  } finally {
    for (const { socket } of idle) socket.destroy();
  }
}, 60_000);

it('pipelined requests on one connection are answered in order, one at a time', async () => {
  const connection = await rawConnection(service.port);
  for (let n = 0; n < 3; n++) {
    const draft = signed();
    connection.socket.write(`GET ${draft.target} HTTP/1.1\r\n${linesOf(draft)}\r\n`);
  }
  const text = await connection.until((so) => so.split('"message":').length > 3);
  connection.socket.destroy();
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
});

it('the buffers of all requests share a budget', async () => {
  const length = 1024 * 1024;
  const holding = await Promise.all(
    Array.from({ length: 70 }, async () => {
      const connection = await rawConnection(service.port);
      const head = linesOf(signed('/api/echo', '{"text":"x"}'));
      connection.socket.write(`POST /api/echo HTTP/1.1\r\n${head}content-length: ${length}\r\n\r\n`);
      connection.socket.write(Buffer.alloc(length - 1, 'x'));
      return connection;
    }),
  );
  const refused = await Promise.race(holding.map(({ until }) => until((text) => text.includes('\r\n\r\n'))));
  expect(outcomeOf(refused)).toMatch(/^503/);
  for (const { socket } of holding) socket.destroy();
  // Their share is returned: a body of the maximum size fits again.
  const text = 'x'.repeat(99_000);
  const again = () => send(service.port, signed('/api/echo', JSON.stringify({ text })));
  await expect.poll(async () => (await again()).status, { timeout: 10_000 }).toBe(200);
});

/** A stream of the clock that has begun. */
async function listening(at: TestService): Promise<RawConnection> {
  const connection = await rawConnection(at.port);
  const { target, headers } = signed('/api/clock', undefined, at);
  connection.socket.write(`GET ${target} HTTP/1.1\r\n${linesOf({ headers })}\r\n`);
  await connection.until((text) => text.includes('id: 1'));
  return connection;
}

it('many streams at once cause no leak warning', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  const streams = await Promise.all(Array.from({ length: 15 }, () => listening(service)));
  for (const { socket } of streams) socket.destroy();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

describe('a service that stops', () => {
  /** Well before it gives up on connections that are still open. */
  const SOON_MS = 5_000;

  it('answers the pending call, and does not wait for its connection to close', async () => {
    const other = await startTestService();
    const admitting = vi.spyOn(other.running.service.stores.credentials, 'readKeyIfChanged');
    const connection = await rawConnection(other.port);
    const head = linesOf(signed('/api/echo', '{"text":"x"}', other));
    connection.socket.write(`POST /api/echo HTTP/1.1\r\n${head}content-length: 12\r\n\r\n{"te`);
    await vi.waitFor(() => expect(admitting).toHaveBeenCalled());
    const begun = Date.now();
    const stopped = other.stop();
    connection.socket.write('xt":"x"}');
    await Promise.all([connection.closed, stopped]);
    expect(connection.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n/i);
    expect(Date.now() - begun).toBeLessThan(SOON_MS);
  });

  it('ends a stream, and does not wait for its connection to close', async () => {
    const other = await startTestService();
    const connection = await listening(other);
    const begun = Date.now();
    await Promise.all([connection.closed, other.stop()]);
    expect(connection.text()).toMatch(/\r\n0\r\n\r\n$/);
    expect(Date.now() - begun).toBeLessThan(SOON_MS);
  });
});

describe('a slow sender', () => {
  it('of headers, or of a body, is disconnected by the server', async () => {
    await Promise.all(slow.map(({ closed }) => closed));
    expect(slow.map(({ text }) => outcomeOf(text()))).toEqual(Array(2).fill('408 REQUEST_TIMEOUT'));
  }, 60_000);
});
