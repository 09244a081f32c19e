import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../harness/service.ts';
import { send } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    env: { KEYSEAL_SIGN_UP: 'first', KEYSEAL_SETUP_TOKEN: 'a token for a test' },
  });
});
afterAll(() => service.stop());

/** Over a connection of its own, read to its end: the stop would wait for a body that nobody reads. */
async function get(path: string): Promise<number> {
  const headers = [['host', service.authority]] as const;
  return (await send(service.port, { method: 'GET', target: path, headers, body: null })).status;
}
const flood = (path: string) => Promise.all(Array.from({ length: 200 }, () => get(path)));

describe('S5: a flood of pages', () => {
  it('/readyz queries the database a few times, however often it is called', async () => {
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

  it('/readyz soon reports that the database is gone, and that it is back', async () => {
    const ping = vi.spyOn(service.running.service.stores.database, 'ping');
    ping.mockRejectedValue(new Error('gone'));
    await expect.poll(() => get('/readyz')).toBe(503);
    ping.mockRestore();
    await expect.poll(() => get('/readyz')).toBe(200);
  });

  it('static pages are rendered once', async () => {
    const { database } = service.running.service.stores;
    const queried = vi.spyOn(database, 'query');
    for (const path of ['/openapi.json', '/docs/api', '/docs/refusals', '/.well-known/jwks.json']) {
      expect(new Set(await flood(path))).toEqual(new Set([200]));
    }
    expect(queried).not.toHaveBeenCalled();
    queried.mockRestore();
  });
});
