import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { procedure, router } from '../../server/rpc/trpc.ts';
import { withKey } from '../harness/clients.ts';
import { type CuttableProxy, cuttableProxy } from '../harness/cuttable-proxy.ts';
import { rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { queryTarget, sign } from '../harness/wire.ts';

const LINE = 'x'.repeat(64 * 1024);

/** Writes as fast as it is read. */
const flood = procedure({ access: 'key', permission: 'clock:read' }).subscription(async function* () {
  for (let n = 0; ; n++) yield `${n} ${LINE}`;
});
/** Answers line by line, and never ends. */
const lines = procedure({ access: 'key', permission: 'clock:read' }).query(async function* ({ signal }) {
  yield 'first';
  await new Promise((resolve) => signal?.addEventListener('abort', resolve));
});

let proxy: CuttableProxy;
let service: TestService;

beforeAll(async () => {
  proxy = await cuttableProxy();
  service = await startTestService({
    api: buildRegistry(router({ ...routes, flood, lines })),
    env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url, KEYSEAL_HEARTBEAT_SECONDS: '1' },
  });
  proxy.aim(service.port);
});
afterAll(async () => {
  proxy.close();
  await service.stop();
});

/** Opens a target over a socket of its own. */
async function open(target: string, more: readonly (readonly [string, string])[] = []) {
  const { headers, target: signed } = sign(service.demo, target, { authority: service.authority });
  const connection = await rawConnection(service.port);
  const fields = [...headers, ...more].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  connection.socket.write(`GET ${signed} HTTP/1.1\r\n${fields}\r\n`);
  return connection;
}

const count = (text: string, part: string) => text.split(part).length - 1;

describe('B2: an idle stream', () => {
  it('announces its longest silence, and sends heartbeats between events', async () => {
    const { until, socket } = await open(queryTarget('clock', { everyMs: 60_000 }));
    const text = await until((sofar) => count(sofar, 'event: ping\ndata: \n\n') >= 2);
    expect(text).toMatch(/event: connected\n[^{]*data: \{"reconnectAfterInactivityMs":3000\}\n/);
    expect(count(text, 'id: 1\n')).toBe(1);
    socket.destroy();
  });

  it('of JSON lines sends white space as heartbeats', async () => {
    const { until, socket } = await open('/api/lines?batch=1', [['trpc-accept', 'application/jsonl']]);
    // Each is a chunk of one byte.
    expect(await until((sofar) => count(sofar, '\r\n1\r\n \r\n') >= 1)).toContain('first');
    socket.destroy();
  });

  it('to an HTTP/1.0 client, as many proxies are, sends heartbeats too', async () => {
    const { headers, target } = sign(service.demo, queryTarget('clock', { everyMs: 60_000 }), {
      authority: service.authority,
    });
    const { until, socket } = await rawConnection(service.port);
    const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`GET ${target} HTTP/1.0\r\n${fields}\r\n`);
    await until((sofar) => sofar.endsWith('event: ping\ndata: \n\n'));
    socket.destroy();
  });
});

describe('B2: a peer that reads nothing', () => {
  it('is disconnected, with bounded output before; one that reads slowly is not', async () => {
    const deaf = await open('/api/flood');
    const slow = await open('/api/flood');
    deaf.socket.pause();
    let slowBytes = 0;
    slow.socket.on('data', (chunk) => {
      slowBytes += chunk.length;
      slow.socket.pause();
      setTimeout(() => slow.socket.resume(), 20);
    });
    // The kernel still holds what it took: the peer itself learns nothing.
    await expect.poll(() => openStreams(), { timeout: 20_000, interval: 200 }).toBe(1);
    const before = slowBytes;
    await expect.poll(() => slowBytes, { timeout: 10_000 }).toBeGreaterThan(before);
    slow.socket.destroy();
    deaf.socket.destroy();
  });

  async function openStreams(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    return Number(/^keyseal_open_streams (\d+)/m.exec(text)?.[1]);
  }
});

describe('B2: a path that goes silent', () => {
  it('is noticed by the client, which continues over another connection', async () => {
    const client = createKeysealClient(withKey(service));
    const ticks: number[] = [];
    const losses: string[] = [];
    await new Promise<void>((resolve) => {
      const subscription = client.clock.subscribe(
        { everyMs: 50 },
        {
          onData: ({ data: { tick } }) => {
            ticks.push(tick);
            if (ticks.length === 3) proxy.freeze(true);
            if (losses.length === 0 || ticks.length < 10) return;
            subscription.unsubscribe();
            resolve();
          },
          onConnectionStateChange: ({ error }) => {
            if (!error) return;
            losses.push(error.message);
            proxy.freeze(false);
          },
        },
      );
    });
    expect(losses[0]).toMatch(/Nothing arrived for 3000 ms/);
    expect(ticks).toEqual(ticks.map((_, n) => n + 1));
  });

  it('is not suspected while the service sends heartbeats', async () => {
    const client = createKeysealClient(withKey(service));
    const losses: unknown[] = [];
    const events: number[] = [];
    const subscription = client.clock.subscribe(
      { everyMs: 5_000 },
      {
        onData: ({ data: { tick } }) => void events.push(tick),
        onConnectionStateChange: ({ error }) => error && losses.push(error),
      },
    );
    await expect.poll(() => events, { timeout: 15_000 }).toEqual([1, 2]);
    subscription.unsubscribe();
    expect(losses).toEqual([]);
  });
});
