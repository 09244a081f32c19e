import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, send, sign } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    env: { KEYSEAL_SIGN_UP: 'first', KEYSEAL_SETUP_TOKEN: 'a token for a test' },
  });
});
afterAll(() => service.stop());

/** Over a connection of its own, read to its end: the stop would wait for an unread body. */
async function get(path: string): Promise<number> {
  const headers = [['host', service.authority]] as const;
  return (await send(service.port, { method: 'GET', target: path, headers, body: null })).status;
}
const flood = (path: string, times = 200) => Promise.all(Array.from({ length: times }, () => get(path)));

describe('S5: a flood of pages', () => {
  it('queries the database only a few times for any number of calls of /readyz', async () => {
    const ping = vi.spyOn(service.running.service.stores.database, 'ping');
    let release = () => {};
    ping.mockImplementationOnce(() => new Promise((resolve) => (release = resolve)));
    // What all share is under way until all have asked.
    const asked = flood('/readyz');
    await vi.waitFor(() => expect(ping).toHaveBeenCalled(), 20_000);
    const again = flood('/readyz');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(ping).toHaveBeenCalledTimes(1);
    release();
    expect(new Set([...(await asked), ...(await again)])).toEqual(new Set([200]));
    ping.mockRestore();
  });

  it('soon reports on /readyz that the database is gone, and that it is back', async () => {
    const ping = vi.spyOn(service.running.service.stores.database, 'ping');
    ping.mockRejectedValue(new Error('gone'));
    await expect.poll(() => get('/readyz')).toBe(503);
    ping.mockRestore();
    await expect.poll(() => get('/readyz')).toBe(200);
  });

  it('renders static pages once', async () => {
    const { database } = service.running.service.stores;
    const queried = vi.spyOn(database, 'query');
    for (const path of ['/openapi.json', '/docs/api', '/docs/refusals', '/.well-known/jwks.json']) {
      // Within what one address may have.
      expect(new Set(await flood(path, 40))).toEqual(new Set([200]));
    }
    expect(queried).not.toHaveBeenCalled();
    queried.mockRestore();
  });
});

describe('F12: pages of an anonymous caller', () => {
  let flooded: TestService;
  beforeAll(async () => {
    flooded = await startTestService();
  });
  afterAll(() => flooded.stop());
  afterEach(() => vi.restoreAllMocks());

  const page = (target: string, more: readonly [string, string][] = []) =>
    send(flooded.port, {
      ...{ method: 'GET', target, body: null },
      headers: [['host', flooded.authority], ...more],
    });

  it('are limited to 500 at once for an address; probes, calls and other addresses are not', async () => {
    // The pace measures this clock: without it, a slow machine would be refused less. Sums of whole milliseconds are exact.
    vi.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()));
    const paths = ['/docs/api', '/docs/refusals', '/openapi.json', '/', '/no-such-page'];
    const ask = (many: number) =>
      Promise.all(Array.from({ length: many }, (_, n) => page(paths[n % paths.length] as string)));
    const first: Answer[] = [];
    while (first.length < 500) first.push(...(await ask(50)));
    expect(first.some(({ status }) => status === 429)).toBe(false);
    const refused = await ask(30);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([429]));
    for (const { reason, headers } of refused)
      expect([reason, headers['retry-after']]).toEqual(['RATE_LIMITED', '1']);
    for (const path of ['/healthz', '/readyz', '/metrics', '/.well-known/jwks.json'])
      expect((await page(path)).status).toBe(200);
    const call = sign(flooded.demo, '/api/exemple', { authority: flooded.authority });
    expect((await send(flooded.port, call)).status).toBe(200);
    const other = await rawConnection(flooded.port, '127.0.0.2');
    other.socket.write(`GET /docs/api HTTP/1.1\r\nhost: ${flooded.authority}\r\nconnection: close\r\n\r\n`);
    expect(await other.until((text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 /);
    other.socket.destroy();
  });

  it.each(['/docs/api', '/docs/refusals', '/openapi.json'])(
    '%s is sent compressed to who accepts it',
    async (path) => {
      vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
      const plain = await page(path);
      const gzipped = await page(path, [['accept-encoding', 'zstd;q=1, gzip;q=0.8']]);
      const brotli = await page(path, [['accept-encoding', 'br;q=1, gzip;q=0.8']]);
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(gzipped.headers['content-encoding']).toBe('gzip');
      expect(brotli.headers['content-encoding']).toBe('br');
      expect(Number(gzipped.headers['content-length'])).toBeLessThan(
        Number(plain.headers['content-length']) / 3,
      );
      for (const { headers } of [plain, gzipped, brotli])
        expect(headers['vary']).toMatch(/(^|, )accept-encoding$/);
      const [tag, other] = [String(gzipped.headers['etag']), String(plain.headers['etag'])];
      expect(tag).not.toBe(other);
      const gzip: [string, string] = ['accept-encoding', 'gzip'];
      expect((await page(path, [gzip, ['if-none-match', tag]])).status).toBe(304);
      expect((await page(path, [gzip, ['if-none-match', other]])).status).toBe(200);
      expect((await page(path, [['if-none-match', tag]])).status).toBe(200);
    },
  );
});
