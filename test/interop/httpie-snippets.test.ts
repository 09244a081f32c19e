import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { snippetsOf } from '../../shared/snippets/call-snippets.ts';
import { callTarget } from '../../shared/snippets/call-target.ts';
import type { SnippetRequest } from '../../shared/snippets/parts.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { requires } from '../harness/requires.ts';
import { makeAccountWithKey, startTestService, type TestService } from '../harness/service.ts';

const run = promisify(execFile);

/** What a shell, Python, or HTTPie's own syntax of items would each read differently. */
const TEXT = `it's "ü" $HOME \`id\` $(id) %s \\n \\\\ ! 😀 é: := == @x --raw`;

requires('bash', 'openssl', 'httpie').describe('the code of a call for HTTPie', () => {
  const { test } = requires('bash', 'openssl', 'httpie');
  let service: TestService;
  let ada: Person;
  beforeAll(async () => {
    service = await startTestService();
    ada = await signUp(service);
  });
  afterAll(() => service.stop());

  const printed = async (code: string, env: Record<string, string> = {}) =>
    (await run('bash', ['-c', code], { env: { ...process.env, ...env } })).stdout;

  const post = (name: string, body: string): SnippetRequest => ({
    ...{ method: 'POST', target: callTarget(name, null), contentType: 'application/json', body },
  });
  const get = (name: string, input: unknown = null): SnippetRequest => ({
    ...{ method: 'GET', contentType: '', body: null },
    target: callTarget(name, input === null ? null : JSON.stringify(input)),
  });

  test('works with the secrets of a key, in the code or in the environment', async () => {
    const { apiKey, signingSecret } = await makeAccountWithKey(service.running);
    const secrets = { apiKey, signingSecret: signingSecret ?? '' };
    const env = { KEYSEAL_API_KEY: apiKey, KEYSEAL_SIGNING_SECRET: secrets.signingSecret };
    const forms = [
      ['v1', secrets],
      ['v1', null],
      ['rfc9421', null],
    ] as const;
    for (const [form, known] of forms) {
      const answerTo = (request: SnippetRequest) =>
        printed(snippetsOf(service.url, request, { secrets: known, isForUser: false }, form).httpie, env);
      const echoed = await answerTo(post('echo', JSON.stringify({ text: TEXT })));
      expect(echoed).toContain('HTTP/1.1 200 OK');
      expect(echoed).toContain(JSON.stringify(TEXT).slice(1, -1));
      const name = TEXT.slice(0, 60);
      expect(await answerTo(get('exemple', { name }))).toContain(JSON.stringify(name).slice(1, -1));
      // It is refused after the signature was verified over these bytes, with whatever a person typed.
      for (const body of ['', '-1', '@/etc/passwd', '--help', ' {\n\t"text": 1}\n'])
        expect(await answerTo(post('echo', body)), body).toContain('"reason":"INPUT_INVALID"');
    }
  });

  test('works with a private key, for a person, and without a key', async () => {
    const pair = generateKeyPairSync('ed25519');
    const permissions = ['exemple:read', 'echo:write'];
    const { apiKey } = await registerKey(service, ada, pair, { permissions }, 'EdDSA');
    const file = join(await freshFolder(), 'private.pem');
    await writeFile(file, pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const env = {
      ...{ KEYSEAL_API_KEY: String(apiKey), KEYSEAL_PRIVATE_KEY_FILE: file },
      KEYSEAL_USER_TOKEN: ada.token,
    };
    const signer = { secrets: null, isForUser: true, algorithm: 'ed25519' } as const;
    expect(await printed(snippetsOf(service.url, get('whoami'), signer).httpie, env)).toContain(ada.userId);
    const open = post('auth.signIn', JSON.stringify({ email: 'ada@example.com', password: "not 'hers'" }));
    expect(await printed(snippetsOf(service.url, open, null).httpie)).toContain('CREDENTIALS_INVALID');
  });
});
