import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSignature } from 'http-message-sig';
import { createSigner, httpbis } from 'http-message-signatures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmacSha256 } from '../../server/lib/hmac.ts';
import { NODE, PYTHON, runDocsProgram } from '../harness/docs-program.ts';
import { freshFolder } from '../harness/fresh.ts';
import { signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { newNonce, send } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe.each(['docs/en/standard-signatures.md', 'docs/fr/standard-signatures.md'])('%s', (page) => {
  it('has a working program for Node', async () => {
    expect((await runDocsProgram(service, page, 'js', NODE)).text).toBe('hello');
  });

  it('has a working program for Node with another library', async () => {
    expect((await runDocsProgram(service, page, 'js http-message-sig', NODE)).text).toBe('hello');
  });

  const { test } = requires('http-message-signatures');
  test('has a working program for Python', async () => {
    expect((await runDocsProgram(service, page, 'python', PYTHON)).text).toBe('hello');
  });
});

describe('the programs of the pages, with a private key as the pages say', () => {
  const PAGES = ['docs/en/standard-signatures.md', 'docs/fr/standard-signatures.md'];
  const texts = PAGES.map((page) => readFileSync(join(import.meta.dirname, '../..', page), 'utf8'));
  let demo: TestService['demo'];
  let pem: string;
  beforeAll(async () => {
    const pair = generateKeyPairSync('ed25519');
    const key = await registerKey(service, await signUp(service), pair, { permissions: ['echo:write'] });
    demo = { ...service.demo, ...key };
    pem = join(await freshFolder(), 'shop.pem');
    await writeFile(pem, pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  });

  /** Puts pieces that a page shows in place of others, each of which is there. */
  const textFor = (program: string, edits: readonly (readonly [from: string, to: string])[]) =>
    edits.reduce((text, [from, to]) => {
      for (const page of texts) expect(page).toContain(to);
      expect(text).toContain(from);
      return text.replace(from, to);
    }, program);
  const imports = (names: string) => (program: string) => `import { ${names} } from 'node:fs';\n${program}`;
  const NPM = [
    [
      "createSigner(Buffer.from(secret), 'hmac-sha256', apiKey.split('_')[2])",
      "createSigner(readFileSync('shop.pem'), 'ed25519', apiKey.split('_')[2])",
    ],
  ] as const;
  const SIG = [
    [
      "algorithm: 'hmac-sha256',\n      sign: (base) => createHmac('sha256', secret).update(base).digest()",
      "algorithm: 'ed25519', sign: (base) => sign(null, base, readFileSync('shop.pem'))",
    ],
  ] as const;
  const PYPI = [
    ['algorithms.HMAC_SHA256', 'algorithms.ED25519'],
    ['key_id: secret', 'open("shop.pem", "rb").read()'],
  ] as const;
  const run = async (language: string, command: readonly string[], edit: (program: string) => string) => {
    const withFile = (program: string) => edit(program).replace('shop.pem', pem);
    return (await runDocsProgram({ url: service.url, demo }, PAGES[0] ?? '', language, command, withFile))
      .text;
  };

  it('http-message-signatures of npm', async () => {
    const edit = (program: string) => imports('readFileSync')(textFor(program, NPM));
    expect(await run('js', NODE, edit)).toBe('hello');
  });

  it('http-message-sig of npm', async () => {
    const edit = (program: string) =>
      imports('readFileSync')(textFor(program, SIG)).replace('createHash,', 'createHash, sign,');
    expect(await run('js http-message-sig', NODE, edit)).toBe('hello');
  });

  const { test } = requires('http-message-signatures');
  test('http-message-signatures of PyPI', async () => {
    const edit = (program: string) =>
      textFor(program, PYPI).replace('{open("shop.pem"', '{key_id: open("shop.pem"');
    expect(await run('python', PYTHON, edit)).toBe('hello');
  });

  it.each(['PS512', 'RS256'])('RSA by http-message-signatures of npm, with %s', async (alg) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = await registerKey(
      service,
      await signUp(service),
      pair,
      { permissions: ['exemple:read'] },
      alg,
    );
    const algorithm = alg === 'RS256' ? 'rsa-v1_5-sha256' : 'rsa-pss-sha512';
    const signer = createSigner(pair.privateKey as never, algorithm, key.id);
    const { headers } = await httpbis.signMessage(
      {
        key: signer,
        fields: ['@method', '@target-uri'],
        params: ['created', 'nonce', 'keyid'],
        paramValues: { nonce: newNonce() },
      },
      {
        method: 'GET',
        url: `${service.url}/api/exemple`,
        headers: { authorization: `Bearer ${key.apiKey}` },
      },
    );
    const all = [['host', service.authority] as const, ...Object.entries(headers as Record<string, string>)];
    const draft = { method: 'GET', target: '/api/exemple', headers: all, body: null };
    // It takes the longest salt, and RFC 9421 §3.3.1 has one of 64 bytes.
    expect((await send(service.port, draft)).status).toBe(alg === 'RS256' ? 200 : 401);
  });
});

/** The same call, signed by each library of npm. */
const LIBRARIES: Readonly<Record<string, (request: Unsigned) => Promise<Record<string, string>>>> = {
  'http-message-signatures': async ({ method, url, headers }) => {
    const key = createSigner(Buffer.from(service.demo.signingSecret), 'hmac-sha256', service.demo.id);
    const fields = ['@method', '@authority', '@path', '@query', ...Object.keys(headers)];
    const paramValues = { nonce: newNonce(), tag: 'keyseal' };
    const params = ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'];
    const signed = await httpbis.signMessage({ key, fields, params, paramValues }, { method, url, headers });
    return signed.headers as Record<string, string>;
  },
  'http-message-sig': async (request) => {
    const { method, url, headers } = request;
    const { id, signingSecret } = service.demo;
    const sign = (base: Uint8Array) => Buffer.from(hmacSha256(signingSecret, base), 'hex');
    const created = Math.floor(Date.now() / 1000);
    const fields = Object.entries(headers).map(([name, value]) => ({ name, value }));
    const signed = await createSignature(
      { kind: 'request', method, targetUri: url, fields },
      {
        components: ['@method', '@target-uri', ...Object.keys(headers)],
        parameters: { created, expires: created + 60, nonce: newNonce(), keyid: id },
        signer: { algorithm: 'hmac-sha256', sign },
      },
    );
    return { ...headers, 'signature-input': signed.signatureInput, signature: signed.signature };
  },
};

interface Unsigned {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

describe.each(Object.entries(LIBRARIES))('%s of npm', (_, sign) => {
  const call = async (method: string, target: string, body: string | null) => {
    const digest = createHash('sha512')
      .update(body ?? '')
      .digest('base64');
    const fields: Record<string, string> =
      body === null ? {} : { 'content-type': 'application/json', 'content-digest': `sha-512=:${digest}:` };
    const headers = await sign({ method, url: service.url + target, headers: fields });
    const bearer = ['authorization', `Bearer ${service.demo.apiKey}`] as const;
    const all = [['host', service.authority] as const, bearer, ...Object.entries(headers)];
    return send(service.port, {
      method,
      target,
      headers: all,
      body: body === null ? null : Buffer.from(body),
    });
  };

  it('signs a query', async () => {
    const answer = await call(
      'GET',
      '/api/exemple?input=%7B%22name%22%3A%22l%E2%80%99%C3%A9t%C3%A9%22%7D',
      null,
    );
    expect(answer.json.result.data.message).toBe('Hello, l’été!');
  });

  it('signs a mutation', async () => {
    expect((await call('POST', '/api/echo', '{"text":"l’été"}')).json.result.data.text).toBe('l’été');
  });
});
