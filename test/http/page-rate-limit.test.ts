import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

/** Pages that one address gets in a burst, and in each second after it. */
const BURST = 500;
const PER_SECOND = 40;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => service.stop());

const page = async (from: string, target: string, method = 'GET') => {
  const headers: [string, string][] = [
    ['host', service.authority],
    ['x-forwarded-for', from],
  ];
  return (await send(service.port, { method, target, headers, body: null })).status;
};

/** The statuses of more pages than one address gets, however slowly the machine answers. */
async function flood(from: (index: number) => string, target: string, method = 'GET'): Promise<number[]> {
  const statuses: number[] = [];
  const begun = performance.now();
  const allowed = () => BURST + (PER_SECOND * (performance.now() - begun)) / 1_000;
  while (statuses.length < BURST * 2 || (!statuses.includes(429) && statuses.length < allowed() + 50)) {
    const start = statuses.length;
    const part = Array.from({ length: 50 }, (_, index) => page(from(start + index), target, method));
    statuses.push(...(await Promise.all(part)));
  }
  return statuses;
}

describe('S5: pages that one address requests', () => {
  it.each([
    ['with HEAD', '192.0.2', () => '192.0.2.1', '/openapi.json', 'HEAD'],
    ['that do not exist', '198.51.100', () => '198.51.100.1', '/nothing', 'GET'],
    ['that do not exist among the files', '198.18.0', () => '198.18.0.1', '/assets/gone.js', 'GET'],
    [
      'with names that it makes up',
      '203.0.113',
      (n: number) => `10.0.${n >> 8}.${n & 255}, 203.0.113.1`,
      '/',
      'GET',
    ],
  ])(
    '%s are refused, but not those of neighbours, and no calls',
    async (_, network, from, target, method) => {
      expect(await flood(from, target, method)).toContain(429);
      for (const path of ['/readyz', '/metrics', '/.well-known/jwks.json'])
        expect(await page(`${network}.1`, path)).toBe(200);
      // It accepts only POST.
      expect(await page(`${network}.1`, '/backchannel-logout')).toBe(405);
      expect(await page(`${network}.2`, '/docs/api')).toBe(200);
      const draft = sign(service.demo, '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D', service);
      const headers: (readonly [string, string])[] = [...draft.headers, ['x-forwarded-for', `${network}.1`]];
      expect((await send(service.port, { ...draft, headers })).status).toBe(200);
    },
  );

  it('do not count the files of the console, which an office opens for the first time at once', async () => {
    const from = '192.0.2.200';
    const { text } = await send(service.port, {
      ...{ method: 'GET', target: '/', body: null },
      headers: [
        ['host', service.authority],
        ['x-forwarded-for', from],
      ],
    });
    const files = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(2);
    const statuses = new Set<number>();
    for (let person = 0; person < 30; person++) {
      const all = Array.from({ length: 40 }, (_, n) => page(from, files[n % files.length] as string));
      for (const status of await Promise.all([page(from, '/'), ...all])) statuses.add(status);
    }
    expect(statuses).toEqual(new Set([200]));
  });

  it('are in the table of limits, and their share is in SECURITY.md', async () => {
    const limits = await readFile('docs/operators/security.md', 'utf8');
    expect(limits).toContain(
      '| pages, except `/healthz`, `/readyz`, `/metrics`, `/backchannel-logout` and those under `/.well-known` | 40/s, 500 at once | 160/s, 2,000 at once |',
    );
    expect(limits).toContain(
      '| scripts and styles of the console | 100/s, 2,000 at once | 400/s, 8,000 at once |',
    );
    expect(await readFile('SECURITY.md', 'utf8')).toContain('| of requests for pages |');
  });
});
