import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { signRequest } from '../../client/sign-request.ts';
import { freshFolder } from '../harness/fresh.ts';
import { startTestService, type TestService } from '../harness/service.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const tool = (path: string, args: string[], cwd: string) =>
  run(process.execPath, [join(root, 'node_modules', path), ...args], { cwd });

let service: TestService;
/** A folder in which a user makes a client, with a generator from npm and nothing of ours but the document. */
let folder: string;

beforeAll(async () => {
  service = await startTestService();
  folder = await freshFolder();
  mkdirSync(join(folder, 'node_modules/@oazapfts'), { recursive: true });
  const runtime = 'node_modules/@oazapfts/runtime';
  symlinkSync(join(root, runtime), join(folder, runtime));
  const document = await fetch(`${service.url}/openapi.json`);
  writeFileSync(join(folder, 'openapi.json'), await document.text());
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  await tool('oazapfts/dist/cli.js', ['openapi.json', 'client.ts'], folder);
});
afterAll(() => service.stop());

const compile = async (...files: string[]) => {
  const args = ['--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
  return tool('typescript/bin/tsc', [...args, ...files], folder).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
};

it('a client that a public generator makes of the document compiles with exact types', async () => {
  writeFileSync(
    join(folder, 'use.ts'),
    `import { exemple, keysCreate } from './client.js';
export const right = () => exemple({ input: { name: 'Ada' } });
export const made = async (): Promise<string | null> => {
  const answer = await keysCreate({ name: 'n', environment: 'live', permissions: ['echo:write'] });
  if (answer.status === 200) return answer.data.result.data.signingSecret;
  if (answer.status === 404) return null;
  return answer.data.error.data.reason;
};
`,
  );
  const said = await compile('use.ts');
  // There is no 404 among the responses of keys.create: only that line is wrong.
  expect(said.split('\n').filter((line) => line !== '')).toEqual([
    expect.stringMatching(/^use\.ts\(6,\d+\): error TS2367/),
  ]);
  writeFileSync(
    join(folder, 'wrong.ts'),
    `import { exemple } from './client.js';\nexemple({ input: { nom: 'Ada' } });\n`,
  );
  expect(await compile('wrong.ts')).toMatch(/^wrong\.ts\(2,\d+\): error TS2353/);
});

it('the generated client calls a service once its fetch signs, and types refusals', async () => {
  await compile('client.ts');
  const client = await import(pathToFileURL(join(folder, 'client.js')).href);
  const { apiKey, signingSecret } = service.demo;
  const fetch = async (url: string | URL, init?: RequestInit) =>
    globalThis.fetch(await signRequest(new Request(url, init), { apiKey: apiKey as string, signingSecret }));
  const options = { fetch };

  const greeted = await client.exemple({ input: { name: 'l’été & Ada' } }, options);
  expect(greeted).toMatchObject({
    status: 200,
    data: { result: { data: { message: 'Hello, l’été & Ada!' } } },
  });
  const none = await client.exemple({}, options);
  expect(none.data.result.data.message).toBe('Hello, world!');
  const echoed = await client.echo({ text: 'bonjour' }, options);
  expect(echoed.data.result.data.text).toBe('bonjour');
  const uploaded = await client.upload({ file: new Blob(['abc']) }, options);
  expect(uploaded.data.result.data.size).toBe(3);
  const created = { name: 'Made by a generated client', environment: 'live', permissions: ['echo:write'] };
  const made = await client.keysCreate(created, options);
  const id = made.data.result.data.key.id;
  expect((await client.keysGet({ id }, options)).data.result.data.name).toBe(created.name);

  const refused = await client.keysGet({ id: 'nobody' }, options);
  expect([refused.status, refused.data.error.data.reason]).toEqual([404, 'KEY_NOT_FOUND']);
  const unsigned = await client.exemple({ input: { name: 'Ada' } });
  expect([unsigned.status, unsigned.data.error.data.reason]).toEqual([401, 'KEY_MISSING']);
});
