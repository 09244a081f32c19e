import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateExchangeRuleInput } from '../../server/keys/exchange/schemas.ts';
import { EXAMPLE_WORKSPACE_ID } from '../../server/lib/example-values.ts';
import { parseIssuers } from '../../server/lib/issuer-config.ts';
import { suggestAudience } from '../../shared/workload-audience.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { createRule, FOR_KEYS, jobToken, MAIN } from '../harness/workloads.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/en/workload-identity.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);

let issuer: HostileIssuer;
let service: TestService;
let ada: Person;

beforeAll(async () => {
  issuer = await startHostileIssuer();
  const issuers = [{ name: 'company', issuer: issuer.issuer, workload: true }];
  service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify(issuers) } });
  ada = await signUp(service);
  await createRule(service, ada);
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});

/** The first credentials in a text, as the environment of a command. */
function credentialsIn(text: string): Record<string, string> {
  const lines = [...text.matchAll(/^(KEYSEAL_(?:API_KEY|SIGNING_SECRET))=(\S+)$/gm)];
  return { ...Object.fromEntries(lines.map(([, name, value]) => [name, value])), KEYSEAL_URL: service.url };
}

describe('docs/en/workload-identity.md', () => {
  it('has issuers and a rule that the service accepts', () => {
    const [issuers = '', rule = ''] = blocks('json');
    expect(parseIssuers(issuers)).toMatchObject([{ workload: true }, { workload: true }]);
    expect(CreateExchangeRuleInput.safeParse(JSON.parse(rule)).error).toBeUndefined();
  });

  it.each(['en', 'fr'])('has the audience that the console fills in, in %s', (language) => {
    const audience = suggestAudience(FOR_KEYS, EXAMPLE_WORKSPACE_ID);
    const text = readFileSync(join(root, `docs/${language}/workload-identity.md`), 'utf8');
    const workflow = readFileSync(join(root, 'examples/github-actions/keyseal.yml'), 'utf8');
    const given = [...`${text}\n${workflow}`.matchAll(/(?:aud|audience|AUDIENCE)"?: "?(https:\S+?)[",]*$/gm)];
    expect(given.map(([, url]) => url)).toEqual(Array.from({ length: 4 }, () => audience));
    expect(text).toContain(`--workspace ${EXAMPLE_WORKSPACE_ID}`);
    expect(text).toContain(`--audience ${audience} `);
  });

  const { test } = requires('bash');
  test('has a command that prints what a token says', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'token.jwt'), `${jobToken(issuer)}\n`);
    const command = blocks('sh').find((block) => block.startsWith('node ')) ?? '';
    const { out } = await ended(promisify(execFile)('bash', ['-c', command], { cwd: folder }));
    expect(out).toContain(`sub: '${MAIN}'`);
    expect(out).toContain(`aud: '${FOR_KEYS}'`);
  });

  /** Runs the script as a runner of GitLab does. */
  function runScript(token: string) {
    const script = [...(blocks('yaml')[0] ?? '').matchAll(/^ {4}- (.*)$/gm)].map(([, line = '']) => line);
    expect(script).toHaveLength(3);
    const runs = script
      .join('\n')
      .replaceAll('npx keyseal', `${process.execPath} ${join(root, 'dist/cli/main.js')}`)
      .replaceAll(FOR_KEYS, service.url);
    const env = { PATH: process.env['PATH'] ?? '', KEYSEAL_ID_TOKEN: token };
    return ended(promisify(execFile)('bash', ['-eo', 'pipefail', '-c', runs], { cwd: root, env }));
  }

  test('has a script for GitLab that works', async () => {
    const { code, out } = await runScript(jobToken(issuer));
    expect(code).toBe(0);
    expect(JSON.parse(out).message).toContain('Hello');
  });

  test('has a script for GitLab that ends with a refusal, and prints no variable of the job', async () => {
    const { code, out, err } = await runScript(jobToken(issuer, { sub: 'repo:other/x' }));
    expect([code, out]).toEqual([77, '']);
    expect(err).toContain('EXCHANGE_DENIED');
  });
});

/** How a program ended, and what it wrote. */
const ended = (running: Promise<{ stdout: string; stderr: string }>) =>
  running.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), out: String(stdout), err: String(stderr) }),
  );

requires('bash', 'curl', 'jq', 'openssl').describe('examples/github-actions/keyseal.yml', () => {
  const workflow = readFileSync(join(root, 'examples/github-actions/keyseal.yml'), 'utf8');
  const step = /^ {8}run: \|\n((?:(?: {10}.*)?\n)+)/m.exec(workflow)?.[1]?.replace(/^ {10}/gm, '') ?? '';

  /** Runs the step as a runner of GitHub does, which gives tokens at a URL that already has a query. */
  async function runStep(token: (audience: string | null) => string, url = service.url) {
    const runner = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://runner');
      const isAllowed = request.headers.authorization === 'Bearer of the runner';
      const isCall = isAllowed && url.searchParams.get('api-version') === '2.0';
      response.writeHead(isCall ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ count: 1, value: token(url.searchParams.get('audience')) }));
    });
    await new Promise<void>((resolve) => runner.listen(0, '127.0.0.1', resolve));
    const file = join(await freshFolder(), 'env');
    await writeFile(file, '');
    const env = {
      PATH: process.env['PATH'] ?? '',
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(runner.address() as AddressInfo).port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of the runner',
      GITHUB_ENV: file,
      KEYSEAL_URL: url,
      KEYSEAL_AUDIENCE: FOR_KEYS,
    };
    const ran = await ended(promisify(execFile)('bash', ['-e', '-c', step], { env }));
    await new Promise((resolve) => runner.close(resolve));
    return { ...ran, env: await readFile(file, 'utf8') };
  }

  it('gets a key that calls, and hides its secrets', async () => {
    const { code, out, env } = await runStep((aud) => jobToken(issuer, { aud }));
    expect(code).toBe(0);
    const credentials = credentialsIn(env);
    const { KEYSEAL_API_KEY, KEYSEAL_SIGNING_SECRET } = credentials;
    expect(out).toBe(`::add-mask::${KEYSEAL_API_KEY}\n::add-mask::${KEYSEAL_SIGNING_SECRET}\n`);
    expect((await keyseal(['call', 'exemple'], { env: credentials })).json.message).toContain('Hello');
  });

  it.each([
    ['in JSON', '{"error":{"data":{"reason":"UNAVAILABLE"}}}'],
    ['of a proxy', '<h1>Service unavailable</h1>'],
  ])('tries again after a 503 %s, and hides its secrets', async (_, text) => {
    let tries = 0;
    const front = createServer(async (request, response) => {
      const body = await new Response(Readable.toWeb(request) as ReadableStream).text();
      if (++tries === 1) return void response.writeHead(503, { 'retry-after': '1' }).end(text);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${service.url}${request.url}`, { method: 'POST', headers, body });
      response.writeHead(answer.status, headers).end(await answer.text());
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const { code, out, env } = await runStep((aud) => jobToken(issuer, { aud }), url);
    front.closeAllConnections();
    front.close();
    const { KEYSEAL_API_KEY, KEYSEAL_SIGNING_SECRET } = credentialsIn(env);
    expect([code, tries]).toEqual([0, 2]);
    expect(out).toBe(`::add-mask::${KEYSEAL_API_KEY}\n::add-mask::${KEYSEAL_SIGNING_SECRET}\n`);
  });

  it('fails with the reason if the token fits no rule', async () => {
    const { code, out, err, env } = await runStep((aud) => jobToken(issuer, { aud, sub: 'repo:other/x' }));
    expect([code, out, env]).toEqual([1, '', '']);
    expect(err).toContain('EXCHANGE_DENIED');
  });
});

describe('keyseal keys exchange', () => {
  const run = (token: string, ...more: string[]) =>
    keyseal(['keys', 'exchange', '--token-file', '-', '--url', service.url, ...more], {
      stdin: `${token}\n`,
    });

  it('prints lines for the environment, or JSON', async () => {
    const { code, out } = await run(jobToken(issuer));
    expect([code, out.split('\n').length]).toEqual([0, 3]);
    const { KEYSEAL_API_KEY = '', KEYSEAL_SIGNING_SECRET = '' } = credentialsIn(out);
    const id = KEYSEAL_API_KEY.split('_')[2] ?? '';
    const key = { id, apiKey: KEYSEAL_API_KEY, signingSecret: KEYSEAL_SIGNING_SECRET };
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect((await run(jobToken(issuer), '--json')).json.key.status).toBe('active');
  });

  it('registers a public key, and gets the key of a lost answer again', async () => {
    const folder = await freshFolder();
    const [pem, registration, retry] = ['job.pem', 'job.json', 'retry'].map((name) => join(folder, name));
    const { issuer: aud } = service.running.service;
    const pair = await keyseal(['keygen', '--out', pem ?? '', '--issuer', aud]);
    await writeFile(registration ?? '', pair.out);
    const token = jobToken(issuer);
    const options = ['--public-key', registration ?? '', '--idempotency-key-file', retry ?? ''];
    const first = await run(token, ...options);
    expect([first.code, first.err, first.out]).toEqual([
      0,
      '',
      expect.stringMatching(/^KEYSEAL_API_KEY=\S+\n$/),
    ]);
    expect((await readFile(retry ?? '', 'utf8')).trim()).toMatch(/^[\w-]{32}$/);
    // A job that starts again has the same three files.
    const second = await run(token, ...options);
    expect(second.code).toBe(0);
    const env = { ...credentialsIn(second.out), KEYSEAL_PRIVATE_KEY_FILE: pem ?? '' };
    expect((await keyseal(['call', 'exemple'], { env })).json.message).toContain('Hello');
    const revoked = { ...credentialsIn(first.out), KEYSEAL_PRIVATE_KEY_FILE: pem ?? '' };
    expect((await keyseal(['call', 'exemple'], { env: revoked })).err).toContain('KEY_REVOKED');
  });

  it('says what is wrong with a file', async () => {
    const folder = await freshFolder();
    const file = join(folder, 'wrong');
    await writeFile(file, '{"publicKey":{"kty":"OKP"}}');
    const wrong = async (...options: string[]) => (await run(jobToken(issuer), ...options)).err;
    expect(await wrong('--public-key', file)).toBe(
      `keyseal: ${file} is not what keyseal keygen prints: a JSON object with publicKey and proof.\n`,
    );
    expect(await wrong('--public-key', '-')).toBe(
      'keyseal: The token and the public key cannot both be standard input.\n',
    );
    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    expect(await wrong('--idempotency-key-file', empty)).toBe(
      `keyseal: ${empty} has no idempotency key: 16 to 200 visible characters.\n`,
    );
    expect(await wrong('--idempotency-key-file', '-')).toContain('must name a file');
    expect(await wrong('--idempotency-key-file', join(folder, 'none', 'x'))).toContain(
      'cannot be written: ENOENT',
    );
  });

  it('ends with the status of a refusal, and does not print the token', async () => {
    const token = jobToken(issuer, { aud: 'another' });
    const { code, out, err } = await run(token);
    expect([code, out]).toEqual([77, '']);
    expect(err).toContain('EXCHANGE_DENIED');
    expect(err).not.toContain(token);
    const missing = await keyseal(['keys', 'exchange', '--token-file', '/nowhere/token']);
    expect([missing.code, missing.err]).toEqual([1, 'keyseal: /nowhere/token cannot be read: ENOENT.\n']);
  });
});
