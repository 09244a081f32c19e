import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { lend, packClient, packService, unpack } from '../harness/packed.ts';
import { programOf, RUNTIMES, requires } from '../harness/requires.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** What the dependencies of `keyseal` are, and what a consumer installs with it. */
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const CONSUMER = `
import { type Caller, type Context, createProcedure, createService, Refusal } from 'keyseal';
import { createKeysealClient } from 'keyseal/client';

const procedure = createProcedure(['notes:write']);
export const routes = {
  add: procedure({ access: 'key', permission: 'notes:write' }).mutation(({ ctx }) => {
    ctx.service.log.info({ by: ctx.caller.key.id }, 'added');
    if (ctx.caller.key.environment === 'test') throw new Refusal('CONFLICT');
    return { by: ctx.caller.key.id, at: ctx.request.address };
  }),
};
export const caller = (ctx: Context): Caller | null => ctx.caller;
export const service = createService({ routes, permissions: ['notes:write'], config: { PORT: '4000' } });
export const { by }: { by: string } = await createKeysealClient<typeof routes>({ url: '' }).add.mutate();
`;

describe('C13: a consumer of keyseal', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await freshFolder();
    await unpack(await packService(), folder, 'keyseal');
    await lend(folder, ['@types/node', 'undici-types', ...Object.keys(dependencies)]);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'consumer.ts'), CONSUMER);
  });

  it.each([
    ['typescript', 'nodenext', 'nodenext'],
    ['typescript-6', 'esnext', 'bundler'],
  ])(
    'compiles with every library checked, by %s with %s and %s',
    async (compiler, module, moduleResolution) => {
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2023', types: ['node'] },
        ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
      const tsc = join(root, 'node_modules', compiler, 'bin/tsc');
      const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    },
  );
});

/** The configuration that a page shows, as JavaScript. */
const CONFIG = /```js\n\/\/ jest\.config\.cjs\n([\s\S]*?)```/.exec(
  readFileSync(join(root, 'docs/en/client.md'), 'utf8'),
)?.[1];

const SUITE = `
const { createKeysealClient, KeysealHttpError, KeysealRefusal } = require('@keyseal/client');
const { signRequest } = require('@keyseal/client/sign');
const { createBrowserSession } = require('@keyseal/client/session');
const { createGuard } = require('@keyseal/client/guard');

const apiKey = 'ks_test_aaaaaaaaaaaa_' + 'b'.repeat(38);
const signingSecret = 'kss_x';
const url = 'http://localhost';
const answering = (body, status = 200) => async () =>
  new Response(body, { status, headers: { 'content-type': 'application/json' } });

test('calls', async () => {
  const fetch = answering('[{"result":{"data":{"message":"Hello"}}}]');
  const client = createKeysealClient({ url, apiKey, signingSecret, fetch });
  expect((await client.exemple.query()).message).toBe('Hello');
});
test('rejects', async () => {
  const client = createKeysealClient({ url, apiKey, signingSecret, fetch: answering('<html>', 502) });
  await expect(client.exemple.query()).rejects.toBeInstanceOf(KeysealHttpError);
  const signal = AbortSignal.timeout(5);
  const silent = createKeysealClient({ url, apiKey, signingSecret, fetch: () => new Promise(() => {}) });
  await expect(silent.exemple.query(undefined, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(KeysealRefusal.prototype).toBeInstanceOf(Error);
});
test('signs', async () => {
  const request = await signRequest(new Request(url), { apiKey, signingSecret });
  expect(request.headers.get('x-signature')).toMatch(/^v1,k=aaaaaaaaaaaa,/);
});
test('has sessions and guards', () => {
  expect(createBrowserSession({ url }).id).toBeNull();
  expect(Object.keys(createGuard({ url, apiKey, signingSecret, authority: 'shop.example.com' }))).toContain('fetch');
});
`;

requires('jest').describe('C13: a consumer with CommonJS and Jest', () => {
  it('runs, as the page on the client configures it', async () => {
    const folder = await freshFolder();
    await unpack(await packClient(), folder, '@keyseal/client');
    await lend(folder, ['@trpc', 'eventsource', 'eventsource-parser']);
    for (const name of ['babel-jest', '@babel'])
      await symlink(join(RUNTIMES, name), join(folder, 'node_modules', name));
    await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
    await writeFile(join(folder, 'jest.config.cjs'), CONFIG ?? '');
    await writeFile(join(folder, 'client.test.js'), SUITE);
    const { stderr } = await run(programOf('jest'), ['--ci', '--colors=false'], { cwd: folder }).catch(
      (error: { stderr: string }) => error,
    );
    expect(stderr).toMatch(/Tests: +4 passed, 4 total/);
  });
});
