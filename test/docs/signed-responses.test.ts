import { execFile } from 'node:child_process';
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, verifySignature } from 'http-message-sig';
import { createVerifier, httpbis } from 'http-message-signatures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE, PYTHON, runDocsProgram } from '../harness/docs-program.ts';
import { signStandard } from '../harness/http-signature.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { asking, askResponse } from '../harness/signed-response.ts';
import { type Answer, type Draft, send, sign } from '../harness/wire.ts';

const root = join(import.meta.dirname, '..', '..');
let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe.each(['docs/en/signed-responses.md', 'docs/fr/signed-responses.md'])('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  it('has a program for Node that verifies', async () => {
    expect((await runDocsProgram(service, page, 'js', NODE)).message).toBe('Hello, world!');
  });

  const { test } = requires('http-message-signatures');
  test('has a program for Python that verifies', async () => {
    expect((await runDocsProgram(service, page, 'python', PYTHON)).message).toBe('Hello, world!');
  });

  requires('bash', 'curl', 'jq').test('saves a receipt with curl and jq, and verifies it', async () => {
    const program = /^```sh receipt\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? '';
    const folder = await mkdtemp(join(tmpdir(), 'keyseal-docs-'));
    const cli = `keyseal() { '${process.execPath}' '${join(root, 'dist', 'cli', 'main.js')}' "$@"; }`;
    const { PATH = '', HOME = '' } = process.env;
    const { demo, url } = service;
    const env = {
      ...{ PATH, HOME, KEYSEAL_URL: url, KEYSEAL_API_KEY: demo.apiKey ?? '' },
      KEYSEAL_SIGNING_SECRET: demo.signingSecret,
    };
    const script = `set -eo pipefail\n${cli}\n${program}`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { env, cwd: folder });
    expect(stdout).toMatch(/^Receipt \d+ of /);
    expect(stdout).toContain(`POST ${url}/api/echo, signed by ${demo.id}`);
    expect(stdout).toContain('response  200');
  });

  it('shows a base and its correct MAC', () => {
    const base = /^("@status": 200\n[\s\S]*?)\n```/m.exec(text)?.[1] ?? '';
    const [, secret = ''] = /`(kss_[^`]+)`/.exec(text) ?? [];
    const [, shown] = /^signature: res=:(.*):$/m.exec(text) ?? [];
    expect(createHmac('sha256', secret).update(base).digest('base64')).toBe(shown);
  });
});

type Key = string | Record<string, string>;

/** Verifies a signature's bytes by a secret, or by a public key of the directory. */
const verifies = (key: Key, base: Uint8Array, signature: Uint8Array): boolean => {
  if (typeof key !== 'string') return verify(null, base, createPublicKey({ key, format: 'jwk' }), signature);
  const mac = createHmac('sha256', key).update(base).digest();
  return mac.length === signature.length && timingSafeEqual(mac, signature);
};

/** How each library of npm verifies a response to a request. */
const LIBRARIES: Readonly<Record<string, (answer: Answer, draft: Draft, key: Key) => Promise<boolean>>> = {
  'http-message-signatures': async ({ status, headers }, draft, key) => {
    const algorithm = typeof key === 'string' ? 'hmac-sha256' : 'ed25519';
    const known = typeof key === 'string' ? Buffer.from(key) : createPublicKey({ key, format: 'jwk' });
    const verifier = { algs: [algorithm], verify: createVerifier(known as Buffer, algorithm) };
    const config = {
      keyLookup: async ({ tag }: { tag?: string }) => (tag === 'keyseal-response' ? verifier : null),
      requiredFields: ['@status', 'content-digest', '@method', '@target-uri'],
      tolerance: 60,
    };
    const request = {
      method: draft.method,
      url: service.url + draft.target,
      headers: Object.fromEntries(draft.headers),
    };
    return (
      (await httpbis.verifyMessage(
        config,
        { status, headers: headers as Record<string, string> },
        request,
      )) === true
    );
  },
  'http-message-sig': async ({ status, headers }, draft, key) => {
    const algorithm = typeof key === 'string' ? 'hmac-sha256' : 'ed25519';
    const fields = Object.entries(headers).map(([name, value]) => ({ name, value: String(value) }));
    const sent = draft.headers.map(([name, value]) => ({ name, value }));
    const request = {
      kind: 'request',
      method: draft.method,
      targetUri: service.url + draft.target,
      fields: sent,
    } as const;
    const of = (name: string) => component(name, { req: true });
    const verified = await verifySignature(
      { kind: 'response', status, fields, request },
      {
        label: 'res',
        policy: {
          algorithms: [algorithm],
          requiredComponents: ['@status', 'content-digest', of('@method'), of('@target-uri')],
          requiredParameters: ['created', 'keyid', 'tag'],
          clockSkew: 60,
        },
        resolveVerifier: () => ({ algorithm, verify: (base, signature) => verifies(key, base, signature) }),
      },
    );
    return verified.parameters.tag === 'keyseal-response';
  },
};

const FORMS = [
  [
    'x-signature',
    (target: string, body?: string) =>
      sign(service.demo, target, { authority: service.authority, ...(body ? { body } : {}) }),
  ],
  [
    'RFC 9421',
    (target: string, body?: string) =>
      signStandard(service.demo, target, { authority: service.authority, ...(body ? { body } : {}) }),
  ],
] as const;

describe.each(Object.entries(LIBRARIES))('%s of npm verifies the response', (_, isVerified) => {
  const directory = async (): Promise<Record<string, string>> => {
    const target = '/.well-known/http-message-signatures-directory';
    const { json } = await send(service.port, {
      method: 'GET',
      target,
      headers: [['host', 'a']],
      body: null,
    });
    return json.keys[0];
  };
  const failed = () => false;

  it.each(FORMS)('to %s', async (_form, form) => {
    const keys = { '': service.demo.signingSecret, ';alg="ed25519"': await directory() };
    for (const [more, key] of Object.entries(keys)) {
      const draft = asking(form('/api/echo', '{"text":"l’été"}'), askResponse(more));
      const answer = await send(service.port, draft);
      expect(await isVerified(answer, draft, key)).toBe(true);
      const refused = await send(service.port, draft);
      expect([refused.reason, await isVerified(refused, draft, key)]).toEqual(['SIGNATURE_REPLAYED', true]);
      const other = asking(form('/api/echo', '{"text":"l’été"}'), askResponse(more));
      expect(await isVerified(answer, other, key).catch(failed)).toBe(false);
      expect(await isVerified({ ...answer, status: 201 }, draft, key).catch(failed)).toBe(false);
    }
  });
});
