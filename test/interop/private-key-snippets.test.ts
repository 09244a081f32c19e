import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { type CallLanguage, snippetsOf } from '../../shared/snippets/call-snippets.ts';
import type { SnippetAlgorithm } from '../../shared/snippets/parts.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

const EC = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve });
const RSA = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Each algorithm, its name in a proof, and how a key pair for it is made. */
const KINDS: readonly (readonly [SnippetAlgorithm, string, () => ReturnType<typeof RSA>])[] = [
  ['ed25519', 'EdDSA', () => generateKeyPairSync('ed25519')],
  ['ecdsa-p256-sha256', 'ES256', EC('P-256')],
  ['ecdsa-p384-sha384', 'ES384', EC('P-384')],
  ['rsa-pss-sha512', 'PS512', RSA],
  ['rsa-v1_5-sha256', 'RS256', RSA],
];

/** How each language is run. */
const PROGRAMS: Readonly<
  Record<Exclude<CallLanguage, 'httpie'>, readonly [file: string, ...command: string[]]>
> = {
  curl: ['call.sh', 'bash'],
  typescript: ['call.mts', process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs')],
  python: ['call.py', 'python3'],
  go: ['call.go', 'go', 'run'],
};
const TEXT = `it's "ü" $HOME \`id\` %s \\n 😀 é`;

requires('bash', 'curl', 'openssl', 'xxd', 'python3', 'cryptography', 'go').describe(
  'the code of a call by a private key',
  () => {
    const { test } = requires('bash', 'curl', 'openssl', 'xxd', 'python3', 'cryptography', 'go');
    let service: TestService;
    let ada: Person;
    beforeAll(async () => {
      service = await startTestService();
      ada = await signUp(service);
    });
    afterAll(() => service.stop());

    const printed = async (language: keyof typeof PROGRAMS, code: string, env: Record<string, string>) => {
      const [file, program = '', ...options] = PROGRAMS[language];
      const path = join(await freshFolder(), file);
      await writeFile(path, code);
      return (await run(program, [...options, path], { env: { ...process.env, ...env } })).stdout;
    };

    for (const [algorithm, alg, make] of KINDS)
      test(`works in each language with ${algorithm}`, async () => {
        const pair = make();
        const permissions = ['exemple:read', 'echo:write'];
        const { apiKey } = await registerKey(service, ada, pair, { permissions }, alg);
        const file = join(await freshFolder(), 'private.pem');
        await writeFile(file, pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
        const env = {
          KEYSEAL_API_KEY: String(apiKey),
          KEYSEAL_PRIVATE_KEY_FILE: file,
          KEYSEAL_USER_TOKEN: ada.token,
        };
        const body = JSON.stringify({ text: TEXT });
        const echo = { method: 'POST', target: '/api/echo', contentType: 'application/json', body } as const;
        const who = { method: 'GET', target: '/api/whoami', contentType: '', body: null } as const;
        const calls = snippetsOf(service.url, echo, { secrets: null, isForUser: false, algorithm });
        const forUser = snippetsOf(service.url, who, { secrets: null, isForUser: true, algorithm });
        for (const language of Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]) {
          expect(await printed(language, calls[language], env), language).toContain(
            JSON.stringify(TEXT).slice(1, -1),
          );
          expect(await printed(language, forUser[language], env), language).toContain(ada.userId);
        }
      });
  },
);
