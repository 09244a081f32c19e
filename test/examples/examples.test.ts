import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { createKey, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sha256 } from '../harness/wire.ts';

const root = join(import.meta.dirname, '..', '..');
let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** Runs a command of the examples from the project's folder, with the key of the service. */
async function run(command: string, args: string[], more: Record<string, string> = {}): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const { stdout } = await promisify(execFile)(command, args, {
    cwd: root,
    env: {
      ...{ PATH, HOME, PYTHONDONTWRITEBYTECODE: '1' },
      KEYSEAL_URL: service.url,
      KEYSEAL_API_KEY: service.demo.apiKey ?? '',
      KEYSEAL_SIGNING_SECRET: service.demo.signingSecret,
      ...more,
    },
  });
  return stdout;
}

requires('bash', 'curl', 'openssl').describe('examples/curl', () => {
  const { test } = requires('bash', 'curl', 'openssl');
  const call = async (args: string[], more = {}) =>
    JSON.parse(await run('examples/curl/call.sh', args, more));

  test('makes a query', async () => {
    const answer = await call(['GET', '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D']);
    expect(answer.result.data.message).toBe('Hello, Ada!');
  });

  test('makes a mutation', async () => {
    expect((await call(['POST', '/api/echo', '{"text":"l’été"}'])).result.data.text).toBe('l’été');
  });

  test('sends a file', async () => {
    const file = join(await freshFolder(), 'bytes');
    const bytes = Buffer.from([0, 10, 255, 13, 10]);
    await writeFile(file, bytes);
    const answer = await call(['POST', '/api/upload', `@${file}`, 'application/octet-stream']);
    expect(answer.result.data.sha256).toBe(sha256(bytes));
  });

  test('calls for a user', async () => {
    const ada = await signUp(service);
    const key = await createKey(service, ada, { permissions: ['profile:read'] });
    const answer = await call(['GET', '/api/profile'], {
      KEYSEAL_API_KEY: key.apiKey,
      KEYSEAL_SIGNING_SECRET: key.signingSecret,
      KEYSEAL_USER_TOKEN: ada.token,
    });
    expect(answer.result.data.user.email).toBe(ada.email);
  });

  test('finds the authority of a URL in capitals with a slash behind', async () => {
    const more = { KEYSEAL_URL: `${service.url.replace('localhost', 'LOCALHOST')}/` };
    expect((await call(['GET', '/api/exemple'], more)).result.data.message).toBe('Hello, world!');
  });
});

requires('python3').describe('examples/python', () => {
  const { test } = requires('python3');

  test('makes a call', async () => {
    expect(await run('python3', ['examples/python/call.py', "Zoé O'Neill"])).toBe("Hello, Zoé O'Neill!\n");
  });

  test('agrees with all the worked examples', async () => {
    const args = ['examples/python/check_vectors.py', 'test/vectors/signature-v1.json'];
    expect(await run('python3', args)).toBe('20 agree\n');
  });

  test('signs up, creates a key and makes every sample call', async () => {
    const lines = (await run('python3', ['examples/python/tour.py', service.url])).trim().split('\n');
    expect(lines.map((line) => line.split(/ {2,}|(?<=keys\.list|afterwards) +/))).toEqual([
      ['health', 'ok'],
      ['whoami', 'True'],
      ['keys.list', "['Tour']"],
      ['exemple', "Hello, Zoé O'Neill!"],
      ['echo', 'l’été'],
      ['upload', 'True'],
      ['upload', 'a.txt'],
      ['clock', '[1, 2, 3]'],
      ['profile', 'True'],
      ['afterwards', '401 KEY_REVOKED'],
      ['afterwards', '401 SESSION_ENDED'],
    ]);
  });
});
