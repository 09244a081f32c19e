import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProxy, startNginx } from '../harness/proxies.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Draft, send, sign } from '../harness/wire.ts';

const BASE = '/keyseal';
const HOST = 'example.com';
let service: TestService;
beforeAll(async () => {
  const env = {
    KEYSEAL_PUBLIC_ORIGINS: `https://${HOST}${BASE}/`,
    KEYSEAL_CORS_ORIGINS: 'https://a.example',
  };
  service = await startTestService({ env: { ...env, KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(() => service.stop());

const signed = (target: string, more = {}) => sign(service.demo, target, { authority: HOST, ...more });
const stripped = (draft: Draft): Draft => ({ ...draft, target: draft.target.slice(BASE.length) });
const page = (port: number, target: string) =>
  send(port, { method: 'GET', target, headers: [['host', HOST]], body: null });
const outcome = ({ status, reason }: Answer) => reason ?? String(status);
const TARGET = `${BASE}/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D`;

describe('B7: a service below a base path', () => {
  it.each([
    ['passes it on', (draft: Draft) => draft],
    ['takes it off', stripped],
  ])('serves a call that is signed as sent, if the proxy %s', async (_, through) => {
    expect(outcome(await send(service.port, through(signed(TARGET))))).toBe('200');
    const body = signed(`${BASE}/api/echo`, { body: '{"text":"x"}' });
    expect(outcome(await send(service.port, through(body)))).toBe('200');
    const batch = signed(`${BASE}/api/exemple,whoami?batch=1&input=%7B%7D`);
    expect(outcome(await send(service.port, through(batch)))).toBe('200');
    const stream = signed(`${BASE}/api/exemple?batch=1&input=%7B%7D`);
    const answer = await send(
      service.port,
      through({ ...stream, headers: [...stream.headers, ['trpc-accept', 'application/jsonl']] }),
    );
    expect(answer.status).toBe(200);
  });

  it.each([
    ['signed without the base path', () => signed('/api/exemple'), 'SIGNATURE_INVALID'],
    [
      'signed without the base path, and sent with it',
      () => ({ ...signed('/api/exemple'), target: `${BASE}/api/exemple` }),
      'SIGNATURE_INVALID',
    ],
    ['with the base path twice', () => signed(`${BASE}${BASE}/api/exemple`), 'PROCEDURE_NOT_FOUND'],
    ['below another path', () => signed('/other/api/exemple'), 'PROCEDURE_NOT_FOUND'],
    ['below a path that begins alike', () => signed(`${BASE}x/api/exemple`), 'PROCEDURE_NOT_FOUND'],
    ['below the path in other letters', () => signed('/Keyseal/api/exemple'), 'PROCEDURE_NOT_FOUND'],
    ['below the path, encoded', () => signed('/keysea%6c/api/exemple'), 'PROCEDURE_NOT_FOUND'],
    ['with two slashes behind the path', () => signed(`${BASE}//api/exemple`), 'REQUEST_MALFORMED'],
    ['with dots behind the path', () => signed(`${BASE}/../api/exemple`), 'REQUEST_MALFORMED'],
    ['of another host', () => sign(service.demo, TARGET, { authority: 'evil.example' }), 'AUTHORITY_UNKNOWN'],
  ])('refuses a call %s', async (_, draft, reason) => {
    expect(outcome(await send(service.port, draft()))).toBe(reason);
  });

  it.each([
    ['', `${BASE}/`],
    ['', BASE],
    ['', '/'],
    ['/keys/abc', `${BASE}/keys/abc?tab=usage`],
    ['/keys/abc', '/keys/abc'],
  ])('has a console (%s) at %s with all links below the path', async (_, target) => {
    const { status, text } = await page(service.port, target);
    expect(status).toBe(200);
    expect(text).toContain(`name="keyseal-base" content="${BASE}"`);
    const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).toMatch(/^\/keyseal\/[^/]/);
      expect((await page(service.port, link)).status, link).toBe(200);
    }
  });

  it('names the path in its documents', async () => {
    const { text } = await page(service.port, `${BASE}/openapi.json`);
    expect(JSON.parse(text).servers[0].url).toBe(`https://${HOST}${BASE}`);
    const api = await page(service.port, `${BASE}/docs/api`);
    const links = [...api.text.matchAll(/href="([^"#?]+)[#"?]/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(2);
    for (const link of new Set(links)) {
      const { pathname } = new URL(link, `https://${HOST}${BASE}/docs/api`);
      expect(pathname).toMatch(/^\/keyseal\//);
      expect((await page(service.port, pathname)).status).toBe(200);
    }
    const refused = await send(service.port, signed('/api/nothing'));
    expect(refused.json.error.data.docs).toBe(`https://${HOST}${BASE}/docs/refusals#PROCEDURE_NOT_FOUND`);
  });

  it.each(['/healthz', '/readyz', '/.well-known/jwks.json', `${BASE}/readyz`])('answers %s', async (path) => {
    expect((await page(service.port, path)).status).toBe(200);
  });

  it('lets a page of its own origin use the cookie, and no other', async () => {
    const signUp = (origin: string) => {
      const body = { email: `${Math.random()}@example.com`, password: 'correct horse battery', cookie: true };
      return send(service.port, {
        method: 'POST',
        target: `${BASE}/api/auth.signUp`,
        headers: [
          ['host', HOST],
          ['origin', origin],
          ['content-type', 'application/json'],
        ],
        body: Buffer.from(JSON.stringify(body)),
      });
    };
    expect(outcome(await signUp(`https://${HOST}`))).toBe('200');
    expect(outcome(await signUp('https://evil.example'))).toBe('ACCESS_DENIED');
  });
});

/** `proxy_pass` with a path takes the location off, without one it passes the target on as it came. */
const WAYS = [
  ['that passes it on', ''],
  ['that takes it off', '/'],
] as const;
for (const [what, path] of WAYS) {
  requires('nginx').describe(`B7: behind nginx ${what}`, () => {
    let proxy: RunningProxy;
    beforeAll(async () => {
      proxy = await startNginx(
        (port) => `server {
    listen 127.0.0.1:${port};
    location ${BASE}/ {
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_pass http://127.0.0.1:${service.port}${path};
    }
  }`,
      );
    });
    afterAll(() => proxy.stop());

    it('calls and pages below the path work, and others do not', async () => {
      expect(outcome(await send(proxy.port, signed(TARGET)))).toBe('200');
      const body = signed(`${BASE}/api/echo`, { body: '{"text":"x"}' });
      expect(outcome(await send(proxy.port, body))).toBe('200');
      expect((await page(proxy.port, `${BASE}/`)).status).toBe(200);
      expect((await page(proxy.port, `${BASE}/docs/refusals`)).status).toBe(200);
      expect((await send(proxy.port, signed('/api/exemple'))).status).toBe(404);
    });
  });
}
