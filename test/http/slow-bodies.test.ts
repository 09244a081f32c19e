import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sign } from '../harness/wire.ts';

/** A window of a second, and four bytes in it: what real senders do in a minute, the ones here do in some seconds. */
const RATE = { KEYSEAL_BODY_GRACE_SECONDS: '1', KEYSEAL_BODY_MIN_RATE: '4' };
const BODY = '{"text":"slowly, but it moves on"}';
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: RATE });
});
afterAll(() => service.stop());

interface Pause {
  /** In bytes. */
  readonly after: number;
  readonly ms: number;
}

/** Sends a call bytes at a time, every so many milliseconds, and stops after some. @returns what is answered */
async function sendSlowly(
  everyMs: number,
  bytes: number,
  stopAfter = BODY.length,
  pause: Pause = { after: BODY.length, ms: 0 },
): Promise<string> {
  const lines = sign(service.demo, '/api/echo', { authority: service.authority, body: BODY }).headers.map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const { socket, until } = await rawConnection(service.port);
  socket.write(`POST /api/echo HTTP/1.1\r\n${lines.join('')}content-length: ${BODY.length}\r\n\r\n`);
  let sent = 0;
  let resumesAt = 0;
  const sending = setInterval(() => {
    if (sent >= pause.after) resumesAt ||= Date.now() + pause.ms;
    if (Date.now() < resumesAt) return;
    if (sent < stopAfter) socket.write(BODY.slice(sent, sent + bytes));
    sent += bytes;
  }, everyMs);
  const text = await until((so) => so.includes('"result"') || so.includes('"error"'));
  clearInterval(sending);
  socket.destroy();
  return `${outcomeOf(text)} ${/"message":"(must[^"]*)"/.exec(text)?.[1] ?? ''}`.trim();
}

describe('B6: the sender of a body', () => {
  it('that keeps sending may take several windows', async () => {
    expect(await sendSlowly(100, 1)).toBe('200');
  });

  it('that was fast enough before may stall for some windows', async () => {
    expect(await sendSlowly(50, 4, BODY.length, { after: 24, ms: 2_500 })).toBe('200');
  });

  it('that stalls for longer is cut off, however fast it was before', async () => {
    const begun = performance.now();
    expect(await sendSlowly(10, 32, 32)).toMatch(/^408 REQUEST_TIMEOUT/);
    // The average would be too low after eight.
    expect(performance.now() - begun).toBeLessThan(7_500);
  });

  it('that stops is cut off, and the answer names the minimum rate', async () => {
    expect(await sendSlowly(50, 1, 10)).toBe(
      '408 REQUEST_TIMEOUT must keep up 4 bytes a second, averaged over 1 s',
    );
  });

  it('that sends single bytes is cut off', async () => {
    expect(await sendSlowly(600, 1)).toMatch(/^408 REQUEST_TIMEOUT/);
  });
});
