import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sign } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** Sends bytes and a second request behind them, and returns all that is answered until the connection ends. */
async function answersTo(raw: string): Promise<string> {
  const connection = await rawConnection(service.port);
  connection.socket.write(`${raw}GET /smuggled HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  await connection.closed;
  return connection.text();
}
const lines = () =>
  sign(service.demo, '/api/echo', { authority: service.authority, body: '{"text":"x"}' })
    .headers.map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
const CHUNKED = 'c\r\n{"text":"x"}\r\n0\r\n\r\n';

/** Two servers could see the end of each of these in different places. */
const UNSOUND: readonly (readonly [what: string, headers: string, body: string])[] = [
  ['a coding before chunked', 'transfer-encoding: gzip, chunked\r\n', CHUNKED],
  ['a coding in a line of its own', 'transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n', CHUNKED],
  ['chunked twice', 'transfer-encoding: chunked, chunked\r\n', CHUNKED],
  ['chunked twice, in two lines', 'transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n', CHUNKED],
  ['identity and chunked', 'transfer-encoding: identity, chunked\r\n', CHUNKED],
  ['an empty coding and chunked', 'transfer-encoding: , chunked\r\n', CHUNKED],
  ['a parameter', 'transfer-encoding: chunked;q=1\r\n', CHUNKED],
  ['a coding after chunked', 'transfer-encoding: chunked, gzip\r\n', CHUNKED],
  ['identity', 'transfer-encoding: identity\r\n', ''],
  ['a coding that is none', 'transfer-encoding: xchunked\r\n', CHUNKED],
  ['quotes', 'transfer-encoding: "chunked"\r\n', CHUNKED],
  ['a length and chunks', 'content-length: 12\r\ntransfer-encoding: chunked\r\n', CHUNKED],
  ['chunks and a length', 'transfer-encoding: chunked\r\ncontent-length: 12\r\n', CHUNKED],
  ['a length of nothing and chunks', 'content-length: 0\r\ntransfer-encoding: chunked\r\n', CHUNKED],
  ['two lengths that differ', 'content-length: 12\r\ncontent-length: 13\r\n', '{"text":"x"}'],
  ['a list of lengths', 'content-length: 12, 12\r\n', '{"text":"x"}'],
  ['a length with a sign', 'content-length: +12\r\n', '{"text":"x"}'],
  ['a length in hexadecimal', 'content-length: 0xc\r\n', '{"text":"x"}'],
  ['a folded coding', 'transfer-encoding:\r\n chunked\r\n', CHUNKED],
  ['a space before the colon', 'transfer-encoding : chunked\r\n', CHUNKED],
  ['a size that is no number', 'transfer-encoding: chunked\r\n', 'zz\r\n{"text":"x"}\r\n0\r\n\r\n'],
  ['a chunk longer than its size', 'transfer-encoding: chunked\r\n', '3\r\n{"text":"x"}\r\n0\r\n\r\n'],
];

describe('S12: ambiguous framing', () => {
  it.each(UNSOUND)('is refused, and nothing behind it is read: %s', async (_, headers, body) => {
    const text = await answersTo(`POST /api/echo HTTP/1.1\r\n${lines()}${headers}\r\n${body}`);
    expect(outcomeOf(text)).toBe('400 REQUEST_MALFORMED');
    expect(text).toMatch(/\r\nconnection: close\r\n/i);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it.each(['/healthz', '/readyz', '/openapi.json', '/nothing', '/api/nothing', '/api/health'])(
    'of %s is refused alike',
    async (path) => {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const raw = `${method} ${path} HTTP/1.1\r\nhost: ${service.authority}\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`;
        const text = await answersTo(raw);
        expect(text, method).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\nconnection: close\r\n/i);
        expect(text.match(/HTTP\/1\.1 /g), method).toHaveLength(1);
      }
    },
  );

  it('in chunks over HTTP/1.0 is refused', async () => {
    const raw = `POST /api/echo HTTP/1.0\r\n${lines()}transfer-encoding: chunked\r\n\r\n${CHUNKED}`;
    expect(outcomeOf(await answersTo(raw))).toBe('400 REQUEST_MALFORMED');
  });

  it.each(['chunked', 'Chunked', 'CHUNKED', ' chunked '])(
    'does not include "%s" alone, which is accepted',
    async (coding) => {
      const text = await answersTo(
        `POST /api/echo HTTP/1.1\r\n${lines()}transfer-encoding:${coding}\r\n\r\n${CHUNKED}`,
      );
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404']);
    },
  );

  it('a request for a page has no body, and the server does not wait for one', async () => {
    for (const body of ['content-length: 1000000\r\n\r\n', 'transfer-encoding: chunked\r\n\r\nfff\r\n']) {
      const connection = await rawConnection(service.port);
      connection.socket.write(`GET /healthz HTTP/1.1\r\nhost: a\r\n${body}`);
      await connection.closed;
      expect(outcomeOf(connection.text())).toBe('400 REQUEST_MALFORMED');
    }
  });

  it.each(['h2c', 'websocket', 'TLS/1.0'])(
    'an upgrade to %s is not taken up, and ends the connection',
    async (to) => {
      const more = `connection: upgrade, http2-settings\r\nupgrade: ${to}\r\nhttp2-settings: AAMAAABk\r\n`;
      const texts = [
        await answersTo(`GET /healthz HTTP/1.1\r\nhost: a\r\n${more}\r\n`),
        await answersTo(`POST /api/echo HTTP/1.1\r\n${lines()}${more}content-length: 12\r\n\r\n{"text":"x"}`),
      ];
      for (const text of texts) {
        expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
        expect(text).toMatch(/\r\nconnection: close\r\n/i);
      }
    },
  );

  it('a tunnel is refused with a response, as a client expects that takes the service for its proxy', async () => {
    const text = await answersTo('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 405']);
    expect(outcomeOf(text)).toBe('405 METHOD_NOT_SUPPORTED');
    expect(text).toMatch(/\r\nallow: GET, POST\r\n/i);
    expect(text).toMatch(/\r\nconnection: close\r\n/i);
    expect(text).toContain('must not be CONNECT: this is not a proxy');
  });

  it('a tunnel whose client resets the connection does not end the service', async () => {
    for (let i = 0; i < 20; i++) {
      const connection = await rawConnection(service.port);
      connection.socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\nmore');
      if (i % 2 === 0) await connection.until((text) => text.length > 0);
      connection.socket.resetAndDestroy();
    }
    expect(await answersTo('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 200/);
  });

  it('extensions of chunks are limited in size', async () => {
    const extension = `1;${'a'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`;
    const text = await answersTo(
      `POST /api/echo HTTP/1.1\r\n${lines()}transfer-encoding: chunked\r\n\r\n${extension}`,
    );
    expect(outcomeOf(text)).toMatch(/^(400|413|431)/);
  });
});
