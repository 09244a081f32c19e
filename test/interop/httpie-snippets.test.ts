import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { snippetsOf } from '../../web/snippets/snippets.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { requires } from '../harness/requires.ts';
import { makeAccountWithKey, startTestService, type TestService } from '../harness/service.ts';

const run = promisify(execFile);
const TEXT = `it's "ü" $HOME \`id\` %s \\n 😀 é: := == @x`;

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

  const body = JSON.stringify({ text: TEXT });
  const echo = { method: 'POST', target: '/api/echo', contentType: 'application/json', body } as const;
  const target = `/api/exemple?input=${encodeURIComponent(JSON.stringify({ name: "Ada's ~ (x)!" }))}`;
  const exemple = { method: 'GET', target, contentType: '', body: null } as const;
  const who = { ...exemple, target: '/api/whoami' } as const;

  test('works with the secrets of a key, in the code or in the environment', async () => {
    const { apiKey, signingSecret } = await makeAccountWithKey(service.running);
    const secrets = { apiKey, signingSecret: signingSecret ?? '' };
    const env = {
      ...{ KEYSEAL_API_KEY: apiKey, KEYSEAL_SIGNING_SECRET: secrets.signingSecret },
      KEYSEAL_USER_TOKEN: ada.token,
    };
    for (const form of ['v1', 'rfc9421'] as const)
      for (const known of form === 'v1' ? [secrets, null] : [null]) {
        const httpie = (request: typeof echo | typeof exemple | typeof who) =>
          snippetsOf(service.url, request, { secrets: known, isForUser: false }, form).httpie;
        const answer = await printed(httpie(echo), env);
        expect(answer).toContain('HTTP/1.1 200 OK');
        expect(answer).toContain(JSON.stringify(TEXT).slice(1, -1));
        expect(await printed(httpie(exemple), env)).toContain("Ada's ~ (x)!");
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
    expect(await printed(snippetsOf(service.url, who, signer).httpie, env)).toContain(ada.userId);
    const signIn = JSON.stringify({ email: 'ada@example.com', password: "not 'hers'" });
    const open = { ...echo, target: '/api/auth.signIn', body: signIn };
    expect(await printed(snippetsOf(service.url, open, null).httpie)).toContain('CREDENTIALS_INVALID');
  });
});
