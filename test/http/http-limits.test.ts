import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerTo, outcomeOf, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign, withHeader } from '../harness/wire.ts';

const LIMIT = 64 * 1024;
let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_MAX_BODY_BYTES: String(LIMIT) } });
});
afterAll(() => service.stop());

const echo = (body: string) => sign(service.demo, '/api/echo', { authority: service.authority, body });
const ofSize = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
const headOf = (headers: readonly (readonly [string, string])[], more: string) =>
  `POST /api/echo HTTP/1.1\r\n${headers.map(([n, v]) => `${n}: ${v}\r\n`).join('')}${more}\r\n`;

/** Still answers others, and answers them soon. */
async function isWell(): Promise<boolean> {
  const draft = sign(service.demo, '/api/exemple', { authority: service.authority });
  return (await send(service.port, draft)).status === 200;
}

describe('a body', () => {
  it('of the maximum size is accepted, a byte more is refused', async () => {
    expect((await send(service.port, echo(ofSize(LIMIT)))).status).toBe(200);
    const answer = await send(service.port, echo(ofSize(LIMIT + 1)));
    expect([answer.status, answer.reason]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('that is declared too large is refused before the bearer token is looked at', async () => {
    const draft = withHeader(echo('{}'), 'authorization', null);
    const raw = headOf(draft.headers, `content-length: ${LIMIT + 1}\r\n`);
    expect(await answerTo(service.port, raw)).toBe('413 BODY_TOO_LARGE');
  });

  it('of 100 MB in chunks is cut off: 413, the connection closed, memory flat', async () => {
    const connection = await rawConnection(service.port);
    connection.socket.write(headOf(echo('{}').headers, 'transfer-encoding: chunked\r\n'));
    const size = 1024 * 1024;
    // Made once: what the test itself sends lies in the same process.
    const chunk = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size, 'x'), CRLF]);
    const before = process.memoryUsage().arrayBuffers;
    let most = before;
    for (let n = 0; n < 100 && !connection.socket.destroyed; n++) {
      await new Promise<void>((resolve) => connection.socket.write(chunk, () => resolve()));
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    await connection.closed;
    expect(outcomeOf(connection.text())).toBe('413 BODY_TOO_LARGE');
    expect(most - before).toBeLessThan(60 * 1024 * 1024);
  });

  it('is not read where the bearer token or the signature is malformed', async () => {
    const draft = echo('{"text":"x"}');
    const length = 'content-length: 1000\r\n';
    const unread = [
      withHeader(draft, 'authorization', 'Bearer ks_live_nothing'),
      withHeader(draft, 'x-signature', 'v1,k=a'),
    ];
    const outcomes = await Promise.all(
      unread.map(({ headers }) => answerTo(service.port, headOf(headers, length))),
    );
    expect(outcomes).toEqual(['401 KEY_INVALID', '401 SIGNATURE_MALFORMED']);
  });

  it('that breaks off makes no call, and does no harm', async () => {
    const connection = await rawConnection(service.port);
    connection.socket.write(`${headOf(echo('{"text":"x"}').headers, 'content-length: 12\r\n')}{"te`);
    connection.socket.destroy();
    await connection.closed;
    expect(await isWell()).toBe(true);
  });

  it('that is half-closed before its end is refused or cut off', async () => {
    const connection = await rawConnection(service.port);
    connection.socket.end(`${headOf(echo('{"text":"x"}').headers, 'content-length: 12\r\n')}{"te`);
    await connection.closed;
    expect(outcomeOf(connection.text())).toMatch(/^(400|408|no answer)/);
    expect(await isWell()).toBe(true);
  });
});

const CRLF = Buffer.from('\r\n');

describe('JSON', () => {
  const reasonFor = async (body: string) => (await send(service.port, echo(body))).reason;

  it('that is nested deep is refused without harm', async () => {
    const deep = '['.repeat(30_000);
    expect(await reasonFor(deep + ']'.repeat(30_000))).toBe('INPUT_INVALID');
    expect(await reasonFor('{"text":'.repeat(7_000))).toBe('INPUT_INVALID');
    expect(await isWell()).toBe(true);
  });

  it('with the name of a prototype pollutes nothing', async () => {
    const bodies = [
      '{"__proto__":{"text":"x"}}',
      '{"constructor":{"prototype":{"text":"x"}}}',
      '{"text":"x","__proto__":{"a":1}}',
    ];
    for (const body of bodies) expect(await reasonFor(body)).toBe('INPUT_INVALID');
    const batch = sign(service.demo, '/api/echo?batch=1', {
      authority: service.authority,
      body: '{"__proto__":{"0":{"text":"x"}}}',
    });
    expect((await send(service.port, batch)).reason).toBe('INPUT_INVALID');
    expect(({} as Record<string, unknown>)['text']).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '"x"', '{"text":1}', '{"text":"x","more":1}', '\u0000', '{"text":"x"} {}'])(
    '%j is INPUT_INVALID, once the caller is admitted',
    async (body) => {
      expect(await reasonFor(body)).toBe('INPUT_INVALID');
    },
  );

  it('that is not UTF-8 is INPUT_INVALID', async () => {
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const draft = sign(service.demo, '/api/echo', { authority: service.authority, body });
    expect((await send(service.port, draft)).reason).toBe('INPUT_INVALID');
  });
});
