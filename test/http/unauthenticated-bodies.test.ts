import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scrape } from '../harness/metrics.ts';
import { createKey, signUp } from '../harness/people.ts';
import { answerTo, outcomeOf, type RawConnection, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, type Draft, send, sign } from '../harness/wire.ts';

const KIB = 1024;
let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const echo = (by: Credentials = service.demo, size = 10) =>
  sign(by, '/api/echo', { authority: service.authority, body: JSON.stringify({ text: 'x'.repeat(size) }) });
const linesOf = ({ headers }: Draft) => headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
const head = (path: string, more: string) =>
  `POST ${path} HTTP/1.1\r\nhost: ${service.authority}\r\n${more}\r\n`;
const JSON_LINE = 'content-type: application/json\r\n';
const bodyBytes = async () => (await scrape(service.port)).sum('keyseal_body_bytes');

/** Bytes that are reachable: of objects, and of buffers. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sends the beginning of a body and never its end. */
async function begin(from: string, path: string, headers: string, bytes: number): Promise<RawConnection> {
  const connection = await rawConnection(service.port, from);
  connection.socket.write(head(path, `${headers}content-length: ${bytes + 1}\r\n`));
  connection.socket.write(Buffer.alloc(bytes, 'x'));
  return connection;
}
const end = (connections: readonly RawConnection[]) => {
  for (const { socket } of connections) socket.destroy();
};

describe('S5: unauthenticated callers who send bodies', () => {
  it.each(['auth.signIn', 'auth.signUp', 'auth.reset', 'auth.refresh'])(
    'to %s may send 16 KiB: more is refused, declared or not',
    async (name) => {
      const declared = head(`/api/${name}`, `${JSON_LINE}content-length: ${16 * KIB + 1}\r\n`);
      expect(await answerTo(service.port, declared)).toBe('413 BODY_TOO_LARGE');
      const text = 'x'.repeat(16 * KIB + 1);
      const chunked = `${head(`/api/${name}`, `${JSON_LINE}transfer-encoding: chunked\r\n`)}${text.length.toString(16)}\r\n${text}`;
      const outcome = await answerTo(service.port, chunked);
      expect(outcome).toMatch(name === 'auth.refresh' ? /^401 SIGNATURE_MISSING$/ : /^413 BODY_TOO_LARGE$/);
      const whole = { text: 'x'.repeat(16 * KIB - 30) };
      const body = Buffer.from(JSON.stringify(whole));
      const headers = [['host', service.authority] as const, ['content-type', 'application/json'] as const];
      const answer = await send(service.port, { method: 'POST', target: `/api/${name}`, headers, body });
      expect(answer.reason).toBe(name === 'auth.refresh' ? 'SIGNATURE_MISSING' : 'INPUT_INVALID');
    },
  );

  it('do not hinder a signed call, nor an unauthenticated caller elsewhere, if 200 are slow', async () => {
    const slow = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        begin(`127.0.${n % 4}.2`, '/api/auth.signIn', JSON_LINE, 16 * KIB - 1),
      ),
    );
    await expect.poll(bodyBytes, { timeout: 10_000 }).toBeGreaterThan(2 * KIB * KIB);
    for (let n = 0; n < 5; n++)
      expect((await send(service.port, echo(service.demo, 90_000))).status).toBe(200);
    const body = Buffer.from('{}');
    const headers = [['host', service.authority] as const, ['content-type', 'application/json'] as const];
    const signIn = await send(service.port, { method: 'POST', target: '/api/auth.signIn', headers, body });
    expect(signIn.reason).toBe('INPUT_INVALID');
    end(slow);
    // Their bytes are given back as they leave.
    await expect.poll(bodyBytes, { timeout: 10_000 }).toBe(0);
  });

  it('from one address use at most a quarter of their budget, with any header', async () => {
    const session = `authorization: Bearer a.b.c\r\nx-signature: v1,k=${(await signUp(service)).id},t=${Math.floor(Date.now() / 1000)},n=${'n'.repeat(22)},s=${'0'.repeat(64)}\r\n`;
    const slow = await Promise.all(
      Array.from({ length: 8 }, () => begin('127.0.0.2', '/api/keys.create', session + JSON_LINE, 700 * KIB)),
    );
    const refused = await Promise.race(slow.map(({ until }) => until((text) => text.includes('\r\n\r\n'))));
    expect(outcomeOf(refused)).toMatch(/^503/);
    expect(await bodyBytes()).toBeLessThanOrEqual(4 * KIB * KIB);
    expect((await send(service.port, echo(service.demo, 90_000))).status).toBe(200);
    end(slow);
    await expect.poll(bodyBytes, { timeout: 10_000 }).toBe(0);
  });
});

describe('S5: bodies in chunks of one byte', () => {
  const CHUNK = '1\r\nx\r\n';

  it('take little more memory than their bytes', async () => {
    const before = memory();
    const senders = await Promise.all(
      Array.from({ length: 32 }, async () => {
        const connection = await rawConnection(service.port, '127.0.0.2');
        connection.socket.write(head('/api/auth.signIn', `${JSON_LINE}transfer-encoding: chunked\r\n`));
        connection.socket.write(CHUNK.repeat(16 * KIB - 1));
        return connection;
      }),
    );
    await expect.poll(bodyBytes, { timeout: 20_000 }).toBe(32 * (16 * KIB - 1));
    // As many objects as bytes would be a hundred megabytes.
    expect(memory() - before).toBeLessThan(16 * KIB * KIB);
    end(senders);
    await expect.poll(bodyBytes, { timeout: 10_000 }).toBe(0);
  });

  it('are read as they were sent', async () => {
    const body = JSON.stringify({ text: 'Straße 🚀'.repeat(9_000) });
    const whole = sign(service.demo, '/api/echo', { authority: service.authority, body });
    const lines = linesOf(whole).replace(/^(host|content-length):.*\r\n/gim, '');
    const connection = await rawConnection(service.port);
    connection.socket.write(head('/api/echo', `${lines}transfer-encoding: chunked\r\nconnection: close\r\n`));
    const bytes = Buffer.from(body);
    // Sizes that fall on either side of every bound.
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 5_003) {
      const chunk = bytes.subarray(at, at + size);
      connection.socket.write(`${chunk.length.toString(16)}\r\n`);
      connection.socket.write(chunk);
      connection.socket.write('\r\n');
    }
    connection.socket.write('0\r\n\r\n');
    expect(
      outcomeOf(await connection.until((text) => text.includes('\r\n0\r\n') || text.endsWith('}'))),
    ).toBe('200');
    connection.socket.destroy();
  });
});

describe('S5: a workspace that sends bodies', () => {
  it('takes at most half of the budget of authenticated callers', async () => {
    const ada = await signUp(service);
    const keys = await Promise.all(
      Array.from({ length: 4 }, () => createKey(service, ada, { permissions: ['echo:write'] })),
    );
    const slow = await Promise.all(
      Array.from({ length: 48 }, (_, n) => {
        const lines = linesOf(echo(keys[n % 4])).replace(/^host:.*\r\n/m, '');
        return begin('127.0.0.2', '/api/echo', lines, KIB * KIB - 2);
      }),
    );
    const refused = await Promise.race(slow.map(({ until }) => until((text) => text.includes('\r\n\r\n'))));
    expect(outcomeOf(refused)).toMatch(/^503/);
    const others = await Promise.all(
      Array.from({ length: 4 }, () => send(service.port, echo(service.demo, 90_000))),
    );
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    end(slow);
    await expect.poll(bodyBytes, { timeout: 10_000 }).toBe(0);
  });
});

describe('S5: a body with expect: 100-continue', () => {
  const expecting = (lines: string) => `${lines}expect: 100-continue\r\n`;

  it('gets 100 once the API key is verified', async () => {
    const connection = await rawConnection(service.port);
    const draft = echo();
    const length = `content-length: ${draft.body?.length}\r\n`;
    connection.socket.write(`POST /api/echo HTTP/1.1\r\n${expecting(linesOf(draft) + length)}\r\n`);
    await connection.until((text) => text.includes('100 Continue'));
    connection.socket.write(draft.body as Buffer);
    const text = await connection.until((so) => so.includes('"result"'));
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    connection.socket.destroy();
  });

  it.each([
    ['without a bearer', '/api/echo', () => '', '401 KEY_MISSING'],
    [
      'of a key that is none',
      '/api/echo',
      () => 'authorization: Bearer ks_live_nothing\r\n',
      '401 KEY_INVALID',
    ],
    ['that is too large', '/api/auth.signIn', () => 'content-length: 20000\r\n', '413 BODY_TOO_LARGE'],
    ['for nothing that is there', '/api/nothing', () => '', '404 PROCEDURE_NOT_FOUND'],
    ['for a page', '/healthz', () => '', '405 METHOD_NOT_SUPPORTED'],
  ])('%s is refused without 100', async (_, path, lines, outcome) => {
    const connection = await rawConnection(service.port);
    const length = lines().includes('content-length') ? '' : 'content-length: 100\r\n';
    connection.socket.write(head(path, expecting(JSON_LINE + lines() + length)));
    await connection.closed;
    expect(outcomeOf(connection.text())).toBe(outcome);
    expect(connection.text()).not.toContain('100 Continue');
  });

  it('with another expectation is refused', async () => {
    const raw = head('/api/echo', `${JSON_LINE}expect: 200-ok\r\ncontent-length: 100\r\n`);
    expect(await answerTo(service.port, raw)).toBe('400 REQUEST_MALFORMED');
  });
});
