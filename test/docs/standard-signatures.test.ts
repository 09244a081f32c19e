import { createHash } from 'node:crypto';
import { createSignature } from 'http-message-sig';
import { createSigner, httpbis } from 'http-message-signatures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmacSha256 } from '../../server/lib/hmac.ts';
import { NODE, PYTHON, runDocsProgram } from '../harness/docs-program.ts';
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
