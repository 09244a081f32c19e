import { afterEach, describe, expect, it } from 'vitest';
import { HttpServer } from '../../server/http/http-server.ts';
import type { ServerContext } from '../../server/http/server-context.ts';
import { send } from '../harness/wire.ts';

const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
let server: HttpServer | null = null;
afterEach(async () => {
  process.off('unhandledRejection', note);
  await server?.stop();
});

/** A server whose parts throw. @param log what its log does with a line */
async function broken(log: (details: { err: Error }) => void): Promise<number> {
  const serving = {
    service: { log: { error: log } },
    get exposesMetrics(): boolean {
      throw new Error('a part that throws');
    },
  };
  server = new HttpServer(() => 'http://localhost', null, { keepAliveSeconds: 5, requestSeconds: 0 });
  const port = await server.listen(0, '127.0.0.1');
  server.startServing(serving as unknown as ServerContext);
  process.on('unhandledRejection', note);
  return port;
}

const get = (port: number, target: string) =>
  send(port, { method: 'GET', target, headers: [['host', 'localhost']], body: null });

describe('A1: an exception while a request is served', () => {
  it('is answered and logged, and the process goes on', async () => {
    const logged: string[] = [];
    const port = await broken(({ err }) => logged.push(err.message));
    const { status, reason } = await get(port, '/metrics');
    expect([status, reason]).toEqual([500, 'INTERNAL']);
    expect(logged).toEqual(['a part that throws']);
    expect((await get(port, '/healthz')).status).toBe(200);
    expect(unhandled).toEqual([]);
  });

  it('that cannot be logged either ends only its own connection', async () => {
    const port = await broken(() => {
      throw new Error('no log');
    });
    await expect(get(port, '/metrics')).rejects.toThrow('socket hang up');
    expect((await get(port, '/healthz')).status).toBe(200);
    expect(unhandled).toEqual([]);
  });
});
