import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { makeCertificates } from '../../compat/certificates.ts';
import { PROXIES, startConfigured, versionOf } from '../../compat/proxies.ts';
import { rawConnection } from '../harness/raw.ts';
import { requires, without } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';

/** Targets by which the service shows its metrics. */
const TARGETS = ['/metrics', '/metrics?', '/metrics?a=1'];

/** Paths of a proxy's own pages about its callers, and a string that they would contain. */
const OWN_PAGES: Readonly<Record<string, { readonly targets: readonly string[]; readonly text: RegExp }>> = {
  Squid: {
    targets: ['cache_object://localhost/info', '/squid-internal-mgr/info'],
    text: /Number of clients|Squid Object Cache/,
  },
};

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

    const { targets = [], text } = OWN_PAGES[proxy.name] ?? {};
    for (const target of targets) {
      needed.test(`does not show ${target}`, async () => {
        const connection = await rawConnection(Number(new URL(running.url).port));
        connection.socket.write(`GET ${target} HTTP/1.0\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
        await connection.closed;
        expect(connection.text()).toMatch(/^HTTP\//);
        expect(connection.text()).not.toMatch(text as RegExp);
      });
    }
  });
}
