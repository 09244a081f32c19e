import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf, type RawConnection, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const GET = 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n';
const isAnswered = (text: string) => text.includes('"status":"ok"');

/** Whether a client at an address gets an answer. */
async function isServed(from: string): Promise<boolean> {
  const connection = await rawConnection(service.port, from);
  connection.socket.write(GET);
  const text = await connection.until(isAnswered);
  connection.socket.destroy();
  return isAnswered(text);
}

describe('S5: many connections', () => {
  it('of one IP address, idle or with half a header, leave connections for the address and others', async () => {
    const flood: RawConnection[] = [];
    try {
      for (let n = 0; n < 50; n++) {
        const some = await Promise.all(
          Array.from({ length: 100 }, () => rawConnection(service.port, '127.0.0.2')),
        );
        for (const [nth, { socket }] of some.entries())
          if (nth % 2) socket.write('GET /healthz HTTP/1.1\r\nx-a');
        flood.push(...some);
      }
      const open = flood.filter(({ socket }) => !socket.destroyed).length;
      expect(open).toBeLessThan(5_000);
      expect(await isServed('127.0.0.2')).toBe(true);
      expect(await isServed('127.0.0.3')).toBe(true);
      expect(await isServed('127.0.1.1')).toBe(true);
    } finally {
      for (const { socket } of flood) socket.destroy();
    }
  }, 60_000);

  it('that were closed are no longer counted', async () => {
    for (let n = 0; n < 60; n++) {
      const some = await Promise.all(
        Array.from({ length: 100 }, () => rawConnection(service.port, '127.0.2.2')),
      );
      await Promise.all(
        some.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve).destroy())),
      );
    }
    const kept = await Promise.all(
      Array.from({ length: 100 }, () => rawConnection(service.port, '127.0.2.2')),
    );
    for (const { socket } of kept) socket.write(GET);
    const texts = await Promise.all(kept.map(({ until }) => until(isAnswered)));
    expect(texts.filter(isAnswered)).toHaveLength(100);
    for (const { socket } of kept) socket.destroy();
  }, 60_000);
});

describe('S5: many requests on one connection', () => {
  it('are answered in turn up to a bound, then the connection ends', async () => {
    const connection = await rawConnection(service.port);
    // Each waits for the database, so that none is answered before all have arrived.
    connection.socket.write('GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(500));
    await connection.closed;
    const statuses = connection.text().match(/HTTP\/1\.1 \d+/g) ?? [];
    expect(statuses.slice(0, 16)).toEqual(Array(16).fill('HTTP/1.1 200'));
    expect(statuses.slice(16)).toEqual(['HTTP/1.1 503']);
    expect(await isServed('127.0.0.1')).toBe(true);
  });

  it('one after the other are unlimited', async () => {
    const connection = await rawConnection(service.port);
    for (let n = 1; n <= 100; n++) {
      connection.socket.write(GET);
      await connection.until((text) => text.split('"status":"ok"').length > n);
    }
    expect(connection.text().match(/HTTP\/1\.1 200/g)).toHaveLength(100);
    connection.socket.destroy();
  });

  it('with a malformed one among them are answered in order', async () => {
    const connection = await rawConnection(service.port);
    connection.socket.write('GET /readyz HTTP/1.1\r\nhost: a\r\n\r\nNONSENSE\r\n\r\n');
    await connection.closed;
    expect(outcomeOf(connection.text())).toMatch(/^(200|no answer)$/);
  });
});
