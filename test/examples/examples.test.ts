import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { createKey, signUp } from '../harness/people.ts';
import { answerWith, isSigned, KEY, recorder } from '../harness/recorder.ts';
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

/** The same example in each language: a command that takes method, target, body and content type. */
const CALLS = [
  { file: 'examples/curl/call.sh', tools: ['bash', 'curl', 'openssl'], command: ['bash'] },
  { file: 'examples/python/call.py', tools: ['python3'], command: ['python3'] },
  { file: 'examples/node/call.mjs', tools: [], command: [process.execPath] },
  // Java reads its arguments in the charset of the locale.
  { file: 'examples/java/Call.java', tools: ['java'], command: ['java'], env: { LC_ALL: 'C.UTF-8' } },
  { file: 'examples/php/call.php', tools: ['php'], command: ['php'] },
  { file: 'examples/ruby/call.rb', tools: ['ruby'], command: ['ruby'] },
] as const;

for (const { file, tools, command, ...more } of CALLS) {
  requires(...tools).describe(file, () => {
    const { test } = requires(...tools);
    const [program, ...options] = command;
    const call = async (args: string[], env: Record<string, string> = {}) =>
      JSON.parse(
        await run(program, [...options, file, ...args], { ...('env' in more ? more.env : {}), ...env }),
      );
    const refused = (args: string[], env: Record<string, string> = {}) =>
      call(args, env).then(
        () => Promise.reject(new Error('it ended well')),
        (error: { code: number; stdout: string }) => JSON.parse(error.stdout).error.data.reason,
      );

    test('is a single file of less than 60 lines', async () => {
      const lines = (await readFile(join(root, file), 'utf8')).split('\n');
      expect(lines.length - 1).toBeLessThan(60);
    });

    test('makes a query, and sends exactly what it signs for any input', async () => {
      const written = "O'Neill a%2Fb%26 c+d%2Be%20 %C3%A9t%C3%A9%25 %27(!)*~".replaceAll(' ', '%20');
      const answer = await call(['GET', `/api/exemple?input=%7B%22name%22%3A%22${written}%22%7D`]);
      expect(answer.result.data.message).toBe("Hello, O'Neill a/b& c d+e  été% '(!)*~!");
    });

    test('makes a query with an empty query string', async () => {
      expect((await call(['GET', '/api/exemple?'])).result.data.message).toBe('Hello, world!');
    });

    test('B7: calls a service below a path, and signs that path', async () => {
      const below = await recorder(answerWith({}));
      for (const url of ['/keyseal', '/keyseal/', '/a/b'].map((path) => below.url + path)) {
        const env = {
          KEYSEAL_URL: url,
          KEYSEAL_API_KEY: KEY.apiKey,
          KEYSEAL_SIGNING_SECRET: KEY.signingSecret,
        };
        await call(['GET', '/api/exemple?input=%7B%7D'], env);
      }
      below.stop();
      expect(below.received.map((request) => [request.target, isSigned(request)])).toEqual(
        ['/keyseal', '/keyseal', '/a/b'].map((path) => [`${path}/api/exemple?input=%7B%7D`, true]),
      );
    });

    test('makes a mutation', async () => {
      const text = "l’été\n'\\ 😀+%2F";
      expect((await call(['POST', '/api/echo', JSON.stringify({ text })])).result.data.text).toBe(text);
    });

    test('sends a file', async () => {
      const path = join(await freshFolder(), 'bytes');
      const bytes = Buffer.from([0, 10, 255, 13, 10]);
      await writeFile(path, bytes);
      const answer = await call(['POST', '/api/upload', `@${path}`, 'application/octet-stream']);
      expect(answer.result.data.sha256).toBe(sha256(bytes));
    });

    test('sends an empty body', async () => {
      const answer = await call(['POST', '/api/upload', '', 'application/octet-stream']);
      expect(answer.result.data).toMatchObject({ size: 0, sha256: sha256('') });
    });

    test('calls on behalf of a user', async () => {
      const ada = await signUp(service);
      const key = await createKey(service, ada, { permissions: ['profile:read'] });
      const answer = await call(['GET', '/api/profile'], {
        KEYSEAL_API_KEY: key.apiKey,
        KEYSEAL_SIGNING_SECRET: key.signingSecret,
        KEYSEAL_USER_TOKEN: ada.token,
      });
      expect(answer.result.data.user.email).toBe(ada.email);
    });

    test('takes the authority from a URL in capitals with a trailing slash', async () => {
      const env = { KEYSEAL_URL: `${service.url.replace('localhost', 'LOCALHOST')}/` };
      expect((await call(['GET', '/api/exemple'], env)).result.data.message).toBe('Hello, world!');
    });

    test('names what is missing or wrong in one sentence, and exits with 64', async () => {
      const failed = (args: string[], env: Record<string, string> = {}) =>
        run(program, [...options, file, ...args], { ...('env' in more ? more.env : {}), ...env }).then(
          () => Promise.reject(new Error('it ended well')),
          ({ code, stderr }: { code: number; stderr: string }) => [code, stderr],
        );
      for (const name of ['KEYSEAL_URL', 'KEYSEAL_API_KEY', 'KEYSEAL_SIGNING_SECRET']) {
        const unset = await failed(['GET', '/api/exemple'], { [name]: '' });
        expect(unset).toEqual([64, `Set ${name} in the environment.\n`]);
      }
      for (const url of ['localhost:3000', 'ftp://localhost', 'http://']) {
        const sentence = 'KEYSEAL_URL is not a URL such as http://localhost:3000.\n';
        expect(await failed(['GET', '/api/exemple'], { KEYSEAL_URL: url })).toEqual([64, sentence]);
      }
      const unreadable = await failed(['POST', '/api/upload', '@nofile']);
      expect(unreadable).toEqual([64, 'The file nofile cannot be read.\n']);
      const sentence = 'Give a method and a target.\n';
      expect(await failed(['GET'])).toEqual([64, sentence]);
    });

    test('prints a refusal, and fails', async () => {
      const wrong = { KEYSEAL_SIGNING_SECRET: `kss_${'A'.repeat(43)}` };
      expect(await refused(['GET', '/api/exemple'], wrong)).toBe('SIGNATURE_INVALID');
    });
  });
}

requires('python3').describe('examples/python/keyseal.py', () => {
  const { test } = requires('python3');

  test('signs all worked examples as the vectors do', async () => {
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

requires('python3').describe('the client in Python', () => {
  const { test } = requires('python3');
  const program = `
import sys
sys.path.insert(0, "examples/python")
import keyseal
client = keyseal.Client(sys.argv[1], "${KEY.apiKey}", "${KEY.signingSecret}")
try:
    print(client.query("exemple", {}), client.mutate("echo", {}))
except keyseal.NotKeyseal as error:
    print(error.status, error)
`;

  test('B7: calls a service below a path, and signs that path', async () => {
    const below = await recorder(answerWith({}));
    await run('python3', ['-c', program, `${below.url}/keyseal/`]);
    below.stop();
    expect(below.received.map((request) => [request.target.split('?', 1)[0], isSigned(request)])).toEqual([
      ['/keyseal/api/exemple', true],
      ['/keyseal/api/echo', true],
    ]);
  });

  test('B8: names the status of an answer that is not Keyseal’s, and where it redirects', async () => {
    const proxy = await recorder((_, response) =>
      response
        .writeHead(302, { location: 'https://other.example/?input=1', 'content-type': 'text/html' })
        .end('<p>'),
    );
    const said = await run('python3', ['-c', program, proxy.url]);
    proxy.stop();
    expect(said.trim()).toBe(
      '302 The response did not come from Keyseal: HTTP 302 with text/html, which redirects to https://other.example/.',
    );
  });
});
