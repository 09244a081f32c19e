import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer as collect } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { tlsNameOf } from '../../compat/cells.ts';
import { CLIENTS } from '../../compat/clients.ts';
import { HTTP2_MUTATIONS } from '../../compat/fuzz/http2-mutations.ts';
import { fuzzHttp2 } from '../../compat/fuzz/http2-run.ts';
import { FIXED_SEED, fuzz } from '../../compat/fuzz/run.ts';
import { runMatrix, type Scene, setScene } from '../../compat/matrix.ts';
import { CALL_NAMES, PACED_NAMES } from '../../compat/operations.ts';
import { PROXIES } from '../../compat/proxies.ts';
import { failuresOf } from '../../compat/table.ts';
import { requires } from '../harness/requires.ts';
import { type Answer, send } from '../harness/wire.ts';

// Proxies, a service that starts twice, and a client in a process of its own, on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** The short form of `npm run compat`. */
const NAMES = ['nginx', 'HAProxy'];
const [HTTP1, HTTP2] = ['TypeScript, Node', 'TypeScript, undici'];
/** Each mutation twice, and more. */
const REQUESTS = 200;

requires('nginx', 'haproxy', 'openssl').describe(
  'the compatibility matrix, through nginx, HAProxy and no proxy',
  () => {
    const { test } = requires('nginx', 'haproxy', 'openssl');
    let scene: Scene;
    beforeAll(async () => {
      scene = await setScene(
        PROXIES.filter(({ name }) => NAMES.includes(name)),
        CLIENTS.filter(({ name }) => name === HTTP1 || name === HTTP2),
      );
    });
    afterAll(() => scene.stop());

    test('carries out every operation', async () => {
      const cells = await runMatrix(scene);
      // With both clients, and through nginx and HAProxy with TLS: HTTP/1.1 through one of them, HTTP/2 through both.
      const [everyClient, oneClient] = [CALL_NAMES.length + 1, PACED_NAMES.length];
      expect(cells).toHaveLength((3 * 2 + 3) * everyClient + (3 + 2) * oneClient);
      expect(failuresOf(cells)).toEqual([]);
    });

    for (const name of NAMES)
      test(`${name}: changed requests are refused, or get the same verdict`, async () => {
        const way = scene.ways.find((one) => one.name === name);
        if (!way) throw new Error(`${name} is not in the scene`);
        const { alike, complaints } = await fuzz(scene, way, FIXED_SEED, REQUESTS);
        expect(complaints).toEqual([]);
        // Otherwise the requests reach nothing.
        expect(alike).toBeGreaterThan(REQUESTS / 2);
      });

    for (const name of NAMES)
      test(`${name}: changed requests over HTTP/2 are refused, or are what was signed`, async () => {
        const way = scene.ways.find((one) => one.name === tlsNameOf(name));
        if (!way?.ca) throw new Error(`${name} does not end TLS in the scene`);
        const requests = Object.keys(HTTP2_MUTATIONS).length;
        const { admitted, complaints } = await fuzzHttp2(scene, way, way.ca, FIXED_SEED, requests);
        expect(complaints).toEqual([]);
        // Otherwise the requests reach nothing.
        expect([...admitted.keys()]).toContain('none');
      });

    test('a proxy that caches answers is detected', async () => {
      const proxy = await cachingProxy(scene.subject.port);
      try {
        const way = { name: 'a cache', url: `http://127.0.0.1:${proxy.port}` };
        const { complaints } = await fuzz(scene, way, FIXED_SEED, 3);
        expect(complaints.join()).toContain('admitted twice');
      } finally {
        await proxy.stop();
      }
    });
  },
);

/** Answers a request for a target from memory, whatever its signature. */
async function cachingProxy(upstream: number) {
  const kept = new Map<string, Answer>();
  const server = createServer((incoming, outgoing) => {
    void collect(incoming).then(async (body) => {
      const target = incoming.url ?? '/';
      const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
      const draft = {
        method: incoming.method ?? 'GET',
        target,
        headers,
        body: body.length > 0 ? body : null,
      };
      const answer = kept.get(target) ?? (await send(upstream, draft));
      if (answer.status === 200) kept.set(target, answer);
      outgoing.writeHead(answer.status).end(answer.text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { port, stop };
}
