import { execFile, spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { digestField } from '../harness/http-signature.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { askReceipt, receiptIn, requestDigest } from '../harness/receipts.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { askResponse } from '../harness/signed-response.ts';
import { type Answer, type Credentials, type Draft, headerOf, newNonce, send } from '../harness/wire.ts';

const root = join(import.meta.dirname, '..', '..');
const manifest = join(import.meta.dirname, 'httpsig', 'Cargo.toml');
/** Kept between runs: the first one takes minutes. */
const target = join(root, 'node_modules', '.cache', 'interop-httpsig');
const program = join(target, 'debug', 'keyseal-interop');
const PAGES = ['en', 'fr'].map((language) => join(root, 'docs', language, 'standard-signatures.md'));
/** The first block of a page in a language. */
const blockIn = (page: string, language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';
/** The program of the page, and what follows it: the commands that run it. */
const fromProgram = (page: string): string => page.slice(page.indexOf('```rust'));

/** Builds the program of this folder, and that of the page. */
async function build(page: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const file = join(target, 'page.rs');
  await writeFile(file, blockIn(page, 'rust'));
  const options = ['build', '--quiet', '--locked', '--manifest-path', manifest];
  const env = { ...process.env, CARGO_TARGET_DIR: target, PAGE: file };
  await promisify(execFile)('cargo', options, { env });
}

/** Runs the program, which knows nothing of Keyseal, with these lines as its input. */
async function run(args: readonly string[], key: string, lines: readonly string[]): Promise<string[]> {
  const child = spawn(program, args, { env: { KEY: key } });
  child.stdin.end(lines.join('\n'));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (err !== '') throw new Error(err);
  return out.trim().split('\n');
}

requires('cargo', 'curl').describe('the httpsig crate', () => {
  const { test } = requires('cargo', 'curl');
  let pages: string[];
  let service: TestService;
  let ada: Person;
  let directory: string;

  beforeAll(async () => {
    pages = (await Promise.all(PAGES.map((page) => readFile(page, 'utf8')))).map(fromProgram);
    await build(pages[0] ?? '');
    service = await startTestService();
    ada = await signUp(service);
    const published = await fetch(`${service.url}/.well-known/http-message-signatures-directory`);
    const { keys } = (await published.json()) as { keys: Record<string, string>[] };
    const key = createPublicKey({ key: { ...keys[0] }, format: 'jwk' });
    directory = key.export({ format: 'pem', type: 'spki' }).toString();
  }, 600_000);
  afterAll(() => service?.stop());

  const BODY = '{"text":"l’été"}';
  const ed25519 = generateKeyPairSync('ed25519');
  const permissions = ['echo:write'];
  const KEYS: Readonly<Record<string, () => Promise<{ who: Credentials; secret: string }>>> = {
    'hmac-sha256': async () => {
      const who = await createKey(service, ada, { permissions });
      return { who, secret: who.signingSecret };
    },
    ed25519: async () => ({
      who: await registerKey(service, ada, ed25519, { permissions }),
      secret: ed25519.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    }),
  };

  async function signed(algorithm: string, asks: string): Promise<{ draft: Draft; secret: string }> {
    const { who, secret } = await (KEYS[algorithm] as (typeof KEYS)[string])();
    const digest = digestField(BODY);
    const lines = [
      '"@method": POST',
      `"@target-uri": ${service.url}/api/echo`,
      '"content-type": application/json',
      `"content-digest": ${digest}`,
    ];
    const [input = '', value = ''] = await run(['sign', algorithm, who.id, newNonce()], secret, lines);
    const headers = [
      ['host', service.authority],
      ['authorization', `Bearer ${who.apiKey}`],
      ['content-type', 'application/json'],
      ['content-digest', digest],
      ['accept-signature', asks],
      ['signature-input', input],
      ['signature', value],
    ] as const;
    return { draft: { method: 'POST', target: '/api/echo', body: Buffer.from(BODY), headers }, secret };
  }

  /** The component lines of a response, in the order of its `signature-input`. */
  function linesOf({ status, headers, text: body }: Answer, draft: Draft): string[] {
    expect(headers['content-digest']).toBe(digestField(body));
    const own = headerOf(draft, 'signature').replace(/^[^=]*=/, '');
    const values: Record<string, string> = {
      '"@status"': String(status),
      '"@method";req': draft.method,
      '"@target-uri";req': service.url + draft.target,
      '"signature";req;key="rust"': own,
    };
    const input = String(headers['signature-input']);
    const ids = input.slice(input.indexOf('(') + 1, input.indexOf(')')).split(' ');
    return ids.map((id) => `${id}: ${values[id] ?? headers[id.replaceAll('"', '')]}`);
  }
  const verify = (answer: Answer, draft: Draft, algorithm: string, key: string) => {
    const { 'signature-input': input, signature } = answer.headers;
    return run(['verify', algorithm], key, [String(input), String(signature), ...linesOf(answer, draft)]);
  };

  for (const algorithm of Object.keys(KEYS)) {
    test(`signs by ${algorithm} for Keyseal, and verifies a response of its own key with a receipt`, async () => {
      const { draft } = await signed(algorithm, askReceipt());
      const answer = await send(service.port, draft);
      expect(answer.json.result?.data.text).toBe('l’été');
      expect(await verify(answer, draft, 'ed25519', directory)).toEqual(['keyseal-response']);
      expect(receiptIn(answer).request).toBe(requestDigest(draft));
      const other = { ...answer, status: 201 };
      await expect(verify(other, draft, 'ed25519', directory)).rejects.toThrow();
      expect((await send(service.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    });
  }

  test('signs in the program of the page, which is the same in both languages', async () => {
    const [english = '', french = ''] = pages;
    for (const language of ['rust', 'sh']) expect(blockIn(french, language)).toBe(blockIn(english, language));
    const { demo, url } = service;
    const folder = await mkdtemp(join(tmpdir(), 'keyseal-page-'));
    const cargo = `cargo() { ${join(target, 'debug', 'page')}; }`;
    const { stdout } = await promisify(execFile)('bash', ['-euc', `${cargo}\n${blockIn(english, 'sh')}`], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        KEYSEAL_URL: url,
        KEYSEAL_API_KEY: demo.apiKey ?? '',
        KEYSEAL_SIGNING_SECRET: demo.signingSecret,
      },
    });
    await rm(folder, { recursive: true });
    expect(JSON.parse(stdout).result.data.text).toBe('hello');
  });

  test('verifies a MAC by the signing secret', async () => {
    const { draft, secret } = await signed('hmac-sha256', askResponse());
    const answer = await send(service.port, draft);
    expect(await verify(answer, draft, 'hmac-sha256', secret)).toEqual(['keyseal-response']);
    await expect(verify(answer, draft, 'hmac-sha256', `${secret}x`)).rejects.toThrow();
  });
});
