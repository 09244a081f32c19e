import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { askResponse } from '../harness/signed-response.ts';
import { type Change, type TamperingProxy, tamperingProxy } from '../harness/tampering-proxy.ts';
import { type Credentials, newNonce } from '../harness/wire.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(import.meta.dirname, 'httpsign');
const target = join(root, 'node_modules', '.cache', 'interop-httpsign');
const program = join(target, 'program');
const PAGES = ['en', 'fr'].map((language) => join(root, 'docs', language, 'standard-signatures.md'));
const run = promisify(execFile);

const programIn = (page: string): string => /^```go\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';

/** Builds the program of this folder, and that of the page by the same versions. */
async function build(page: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'main.go'), page);
  for (const name of ['go.mod', 'go.sum']) await copyFile(join(folder, name), join(target, name));
  const env = { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' };
  await run('go', ['build', '-o', program, '.'], { cwd: folder, env });
  await run('go', ['build', '-o', `${program}-of-page`, '.'], { cwd: target, env });
}

const pem = (key: KeyObject): string =>
  key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();

requires('go').describe('the module httpsign of Go', () => {
  const { test } = requires('go');
  let pages: string[];
  let proxy: TamperingProxy;
  let service: TestService;
  let ada: Person;
  let directory: string;

  beforeAll(async () => {
    pages = await Promise.all(PAGES.map((page) => readFile(page, 'utf8')));
    await build(programIn(pages[0] ?? ''));
    proxy = await tamperingProxy();
    service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url } });
    proxy.aim(service.port);
    ada = await signUp(service);
    const published = await fetch(`${proxy.url}/.well-known/http-message-signatures-directory`);
    const { keys } = (await published.json()) as { keys: Record<string, string>[] };
    directory = pem(createPublicKey({ key: { ...keys[0] }, format: 'jwk' }));
  }, 600_000);
  afterEach(() => proxy?.change(null));
  afterAll(async () => {
    proxy?.close();
    await service?.stop();
  });

  const PERMISSIONS = { permissions: ['echo:write'] };
  const RSA = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  /** How the key pair of each algorithm is made, and the name of the algorithm in a JWS. */
  const PAIRS = {
    ed25519: [() => generateKeyPairSync('ed25519'), 'EdDSA'],
    'ecdsa-p256-sha256': [() => generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ES256'],
    'ecdsa-p384-sha384': [() => generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'ES384'],
    'rsa-v1_5-sha256': [RSA, 'RS256'],
    'rsa-pss-sha512': [RSA, 'PS512'],
  } as const;
  type Algorithm = keyof typeof PAIRS | 'hmac-sha256';

  /** A key of Keyseal that signs by an algorithm, and what the program signs with. */
  async function keyFor(algorithm: Algorithm): Promise<{ who: Credentials; secret: string }> {
    if (algorithm === 'hmac-sha256') {
      const who = await createKey(service, ada, PERMISSIONS);
      return { who, secret: who.signingSecret };
    }
    const [make, alg] = PAIRS[algorithm];
    const pair = make();
    return { who: await registerKey(service, ada, pair, PERMISSIONS, alg), secret: pem(pair.privateKey) };
  }

  /** Calls through the proxy. Resolves with the body, once the program has verified the response. */
  async function call(algorithm: Algorithm, response: 'hmac-sha256' | 'ed25519'): Promise<string> {
    const { who, secret } = await keyFor(algorithm);
    const env = {
      ...{ KEY: secret, RESPONSE_KEY: response === 'ed25519' ? directory : secret, BEARER: who.apiKey ?? '' },
      ACCEPT_SIGNATURE: askResponse(response === 'ed25519' ? ';alg="ed25519"' : '', 'go'),
    };
    const calling = run(program, [algorithm, response, who.id, newNonce(), `${proxy.url}/api/echo`], { env });
    calling.child.stdin?.end('{"text":"l’été"}');
    return JSON.parse((await calling).stdout).result.data.text;
  }

  for (const algorithm of [
    'hmac-sha256',
    'ed25519',
    'ecdsa-p256-sha256',
    'ecdsa-p384-sha384',
    'rsa-v1_5-sha256',
  ] as const) {
    test(`signs by ${algorithm} for Keyseal, and verifies a response of its own key`, async () => {
      expect(await call(algorithm, 'ed25519')).toBe('l’été');
    });
  }

  test('verifies a MAC by the signing secret', async () => {
    expect(await call('hmac-sha256', 'hmac-sha256')).toBe('l’été');
  });

  const CHANGES: Readonly<Record<string, Change>> = {
    'the status': (response) => ({ ...response, status: 201 }),
    'the body': (response) => ({ ...response, body: Buffer.from(String(response.body).replace('l’', 'L’')) }),
    'the id': ({ headers, ...response }) => ({ ...response, headers: { ...headers, 'x-request-id': 'x' } }),
    'the signature': ({ headers: { signature: _, ...headers }, ...response }) => ({ ...response, headers }),
  };
  for (const [part, change] of Object.entries(CHANGES)) {
    test(`rejects a response if a proxy changed ${part}`, async () => {
      proxy.change(change);
      await expect(call('hmac-sha256', 'hmac-sha256')).rejects.toThrow();
      await expect(call('hmac-sha256', 'ed25519')).rejects.toThrow();
    });
  }

  test('is refused with PSS, for which it takes the longest salt (RFC 9421 §3.3.1 has 64 bytes)', async () => {
    await expect(call('rsa-pss-sha512', 'ed25519')).rejects.toThrow();
    const { status, body } = proxy.responses.at(-1) ?? { status: 0, body: '{}' };
    expect([status, JSON.parse(String(body)).error.data.reason]).toEqual([401, 'SIGNATURE_INVALID']);
  });

  test('signs in the program of the page, which is the same in both languages', async () => {
    const [english = '', french = ''] = pages;
    expect(programIn(french)).toBe(programIn(english));
    const { demo } = service;
    const env = {
      ...{ KEYSEAL_URL: proxy.url, KEYSEAL_API_KEY: demo.apiKey ?? '' },
      KEYSEAL_SIGNING_SECRET: demo.signingSecret,
    };
    const { stdout } = await run(`${program}-of-page`, [], { env });
    expect(JSON.parse(stdout).result.data.text).toBe('hello');
  });
});
