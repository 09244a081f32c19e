import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import { withKey } from '../harness/clients.ts';
import { programOf, requires } from '../harness/requires.ts';
import { RIGHT, runtimeProject } from '../harness/runtime-project.ts';
import { startTestService } from '../harness/service.ts';

vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);

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
      const { stdout } = await run(program, [...args, 'runtime-client.mjs'], {
        cwd: await runtimeProject(),
        env: { PATH, HOME, CALLER: JSON.stringify({ url, apiKey, signingSecret }) },
      });
      expect(JSON.parse(stdout)).toEqual(RIGHT);
    } finally {
      await service.stop();
    }
  });

  requires(...(tool === 'node' ? [] : [tool])).test('ends with the last call of its program', async () => {
    const service = await startTestService();
    try {
      const { PATH = '', HOME = '' } = process.env;
      const caller = { ...withKey(service), password: 'correct horse battery' };
      const child = execFile(program, [...args, 'runtime-end.mjs'], {
        cwd: await runtimeProject(),
        env: { PATH, HOME, CALLER: JSON.stringify(caller) },
      });
      let [printed, printedAt] = ['', 0];
      child.stdout?.on('data', (text) => {
        [printed, printedAt] = [printed + text, performance.now()];
      });
      await once(child, 'close');
      expect(JSON.parse(printed)).toEqual([1, 'string', null]);
      // A refresh, a sign-out and the reading of a directory may take five seconds and more.
      expect(performance.now() - printedAt).toBeLessThan(4_000);
    } finally {
      await service.stop();
    }
  });
});
