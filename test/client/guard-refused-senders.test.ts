import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admittingGuard, CALLER, HOST } from '../harness/admitting-guard.ts';
import { FRAMEWORKS, type Guarded } from '../harness/guarded.ts';
import { outcomeOf, rawConnection } from '../harness/raw.ts';
import { sign } from '../harness/wire.ts';

const SIZE = 6 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');

const headOf = (length: string, change: (line: string) => string = (line) => line) => {
  const { headers } = sign(CALLER, '/orders', { authority: HOST, method: 'POST', contentType: 'text/plain' });
  const lines = headers.map((header) => change(header.join(': ')));
  return `POST /orders HTTP/1.1\r\n${lines.join('\r\n')}\r\n${length}\r\n\r\n`;
};
const wrongKey = (line: string) => (line.startsWith('authorization') ? `${line}x` : line);

/** What is refused before its body has arrived. */
const REFUSED = [
  ['a wrong key', headOf(`content-length: ${SIZE}`, wrongKey), '401 KEY_INVALID'],
  ['a declared length that is too large', headOf(`content-length: ${2 * SIZE}`), '413 BODY_TOO_LARGE'],
  ['a body that grows too large', headOf('transfer-encoding: chunked'), '413 BODY_TOO_LARGE'],
] as const;
/** The runtime decides how long a connection stays open after a response of the fetch standard. */
const OF_THE_RUNTIME = 'a handler of the fetch standard';

describe.each(Object.entries(FRAMEWORKS))('B3: the guard of %s', (name, serve) => {
  let guarded: Guarded;
  beforeAll(async () => {
    guarded = await serve(admittingGuard({ maxBody: SIZE, maxBuffered: 8 * SIZE }), {}, () => {});
  });
  afterAll(() => guarded.stop());

  it.each(REFUSED)('answers a sender of megabytes that keeps sending: %s', async (_what, head, expected) => {
    const { socket, until } = await rawConnection(guarded.port);
    const piece = head.includes('chunked')
      ? Buffer.concat([Buffer.from('10000\r\n'), PIECE, Buffer.from('\r\n')])
      : PIECE;
    const send = () =>
      new Promise<Error | null>((resolve) => socket.write(piece, (error) => resolve(error ?? null)));
    socket.write(head);
    const isAnswered = (text: string) => /\r\n\r\n.*\}$/s.test(text);
    let answer = '';
    const answered = until(isAnswered).then((text) => {
      answer = text;
    });
    let sent = 0;
    for (; sent <= SIZE && answer === ''; sent += PIECE.length) {
      const error = await send();
      if (error && name === OF_THE_RUNTIME) break;
      expect(error).toBeNull();
    }
    await answered;
    expect(outcomeOf(answer)).toBe(expected);
    if (name === OF_THE_RUNTIME) return void socket.destroy();
    // A slow sender. Connections were once closed after a second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const rest = head.includes('chunked') ? SIZE : SIZE - sent - PIECE.length;
    for (let more = 0; more < rest; more += PIECE.length) expect(await send()).toBeNull();
    socket.destroy();
  });
});
