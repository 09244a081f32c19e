import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { makeCertificates } from '../../compat/certificates.ts';
import { PROXIES, startConfigured, versionOf } from '../../compat/proxies.ts';
import { requires, without } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';

/** Targets by which the service shows its metrics. */
const TARGETS = ['/metrics', '/metrics?', '/metrics?a=1'];

/** nghttpx cannot refuse a path: the page says so. */
for (const proxy of PROXIES.filter(({ name }) => name !== 'nghttpx')) {
  const needed = versionOf(proxy.version) ? requires('openssl') : without(`${proxy.name} is not installed`);
  needed.describe(`the page's configuration of ${proxy.name}`, () => {
    const upstream = createServer((_, response) => response.end('metrics'));
    let folder: Awaited<ReturnType<typeof runFolder>>;
    let running: Awaited<ReturnType<typeof startConfigured>>;
    beforeAll(async () => {
      folder = await runFolder('hidden-metrics');
      await once(upstream.listen(0, '127.0.0.1'), 'listening');
      const { port } = upstream.address() as AddressInfo;
      running = await startConfigured(proxy, port, makeCertificates(folder.folder).path);
    }, 60_000);
    afterAll(async () => {
      await running?.stop();
      upstream.close();
      await folder.remove();
    });

    needed.test('refuses /metrics, with a query too', async () => {
      const read = async (target: string) => (await fetch(running.url + target)).text();
      expect(await read('/other')).toBe('metrics');
      const shown = await Promise.all(TARGETS.map(async (target) => [target, await read(target)]));
      expect(shown.filter(([, text]) => text === 'metrics')).toEqual([]);
    });
  });
}
