import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import { withKey } from '../harness/clients.ts';
import { freshFolder } from '../harness/fresh.ts';
import { lend, packClient, unpack } from '../harness/packed.ts';
import { programOf, requires } from '../harness/requires.ts';
import { startTestService } from '../harness/service.ts';

vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);

/** The packed client in a project of its own, with the program that calls with it. */
async function project(): Promise<string> {
  const folder = await freshFolder();
  await unpack(await packClient(), folder, '@keyseal/client');
  await lend(folder, ['@trpc', 'eventsource', 'eventsource-parser']);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await copyFile(join(import.meta.dirname, '../harness/runtime-client.mjs'), join(folder, 'main.mjs'));
  return folder;
}

const RUNTIMES = {
  Node: ['node', process.execPath, []],
  Bun: ['bun', programOf('bun'), ['run']],
  Deno: ['deno', programOf('deno'), ['run', '--allow-all', '--node-modules-dir=manual', '--no-lock']],
} as const;

describe.each(Object.entries(RUNTIMES))('C5: the client in %s', (_, [tool, program, args]) => {
  requires(...(tool === 'node' ? [] : [tool])).test('makes every kind of call', async () => {
    const service = await startTestService();
    try {
      const { url, apiKey, signingSecret } = withKey(service);
      const { PATH = '', HOME = '' } = process.env;
      const { stdout } = await run(program, [...args, 'main.mjs'], {
        cwd: await project(),
        env: { PATH, HOME, CALLER: JSON.stringify({ url, apiKey, signingSecret }) },
      });
      expect(JSON.parse(stdout)).toEqual({
        ...{ signedForm: 4, signedBlob: 4, signedBytes: 4 },
        ...{ query: "Hello, O'Neill é!", batch: 2, mutation: 'é' },
        ...{ form: 4, blob: 4, bytes: 4, tick: 1 },
        ...{ refusal: 'KEY_NOT_FOUND', timeout: 'TimeoutError' },
      });
    } finally {
      await service.stop();
    }
  });
});
