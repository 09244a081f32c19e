import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CONSOLE_PATHS } from '../../shared/console-paths.ts';
import { callPublic } from '../harness/people.ts';
import { startEmptyService, startTestService, type TestService } from '../harness/service.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${service.url}${path}`, { headers, method, redirect: 'manual' });

/** The first script of the page. */
async function scriptPath(): Promise<string> {
  const [, path = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await (await get('/')).text()) ?? [];
  return path;
}

describe('a page of the console', () => {
  it.each([
    ['/docs/quickstart', 200],
    ['/docs/operators/running', 200],
    ['/security/debugger', 200],
    ['/sign-in/callback/acme', 200],
    ['/keys/', 200],
    ['/docs/nonsense', 404],
    ['/docs/quickstart/more', 404],
    ['/docs/constructor', 404],
    ['/security/nonsense', 404],
    ['/team/nonsense', 404],
    ['/keys/abc/nonsense', 404],
  ])('answers %s with the page, and status %d', async (path, status) => {
    const response = await fetch(`${service.url}${path}`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain('<div id="root">');
  });

  it.each(['/', ...CONSOLE_PATHS.map((path) => `/${path}`), '/keys/abc?tab=usage'])(
    'is at %s',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(await answer.text()).toContain('<div id="root">');
    },
  );

  it.each(['/keysx', '/assets', '/assets/', '/assets/gone.js', '/index.htm', '/web/main.tsx', '/keys%2f..'])(
    'is not at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('runs only scripts of its own origin, and contacts no other host', async () => {
    const answer = await get('/');
    const policy = answer.headers.get('content-security-policy') ?? '';
    const text = await answer.text();
    expect(policy).toContain(`default-src 'none'; script-src 'self';`);
    expect(policy).toContain(
      `connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    for (const [tag] of text.matchAll(/<script[^>]*>/g)) expect(tag).toMatch(/ src="\/[^/"]/);
    expect(text).not.toMatch(/<script[^>]*>[^<]|<style| on\w+=| style=|(?:src|href)="(?:https?:)?\/\//);
  });

  it('has a new nonce for styles with every answer, and is not cached', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const answer = await get('/keys');
        expect(answer.headers.get('cache-control')).toBe('no-store');
        const [, allowed] = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '') ?? [];
        expect(await answer.text()).toContain(`nonce="${allowed}"`);
        return allowed;
      }),
    );
    expect(nonces[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('accepts only GET and HEAD', async () => {
    expect((await get('/keys', {}, 'POST')).status).toBe(405);
    const head = await get('/keys', {}, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('states whether sign-up is open: with the set-up token first, then closed', async () => {
    expect(await (await get('/sign-up')).text()).toContain('name="keyseal-sign-up" content="open"');
    const setupToken = randomBytes(24).toString('base64url');
    const fresh = await startEmptyService({ KEYSEAL_SIGN_UP: 'first', KEYSEAL_SETUP_TOKEN: setupToken });
    onTestFinished(() => fresh.stop());
    const signUpState = async () => {
      const text = await (await fetch(`${fresh.url}/sign-up`)).text();
      return /name="keyseal-sign-up" content="(\w+)"/.exec(text)?.[1];
    };
    expect(await signUpState()).toBe('first');
    const person = { email: 'first@example.com', password: 'correct horse battery', setupToken };
    const at = { port: fresh.port, authority: new URL(fresh.url).host } as TestService;
    expect((await callPublic(at, 'auth.signUp', person)).status).toBe(200);
    expect(await signUpState()).toBe('closed');
  });
});

describe('a file of the console', () => {
  it('is cached as immutable, since its name has the digest of its content', async () => {
    const answer = await get(await scriptPath());
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is revalidated if its name has no digest, and not sent again if unchanged', async () => {
    const answer = await get('/theme.js');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const again = await get('/theme.js', { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('is compressed for clients that accept it, and the same for others', async () => {
    const path = await scriptPath();
    const { text, headers } = await raw(path, 'identity');
    const gzipped = await raw(path, 'gzip');
    const smallest = await raw(path, 'gzip, br');
    expect(headers['content-encoding']).toBeUndefined();
    expect(gzipped.headers['content-encoding']).toBe('gzip');
    expect(gzipped.headers['vary']).toBe('accept-encoding');
    expect(gunzipSync(gzipped.text).equals(text)).toBe(true);
    expect(gzipped.text.length).toBeLessThan(text.length / 2);
    expect(smallest.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(smallest.text).equals(text)).toBe(true);
    expect(smallest.text.length).toBeLessThan(gzipped.text.length);
  });

  it('of a first visit was compressed by the build, better than the service would', async () => {
    const path = await scriptPath();
    const { text, headers } = await raw(path, 'br');
    const plain = brotliDecompressSync(text);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
    expect(text.length).toBeLessThan(0.95 * brotliCompressSync(plain, { params }).length);
    expect((await raw(path, 'br', { 'if-none-match': String(headers['etag']) })).text.length).toBe(0);
    expect((await get(`${path}.br`)).status).toBe(404);
  });
});

function raw(path: string, encoding: string, more: Record<string, string> = {}) {
  return new Promise<{ text: Buffer; headers: Record<string, unknown> }>((resolve, reject) => {
    const asked = request(
      `${service.url}${path}`,
      { headers: { 'accept-encoding': encoding, ...more } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => resolve({ text: Buffer.concat(chunks), headers: answer.headers }));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
