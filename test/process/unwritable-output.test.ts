import { spawn, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { atEndOfFile } from '../harness/end-of-file.ts';
import { freshPglite } from '../harness/fresh.ts';
import { freePort } from '../harness/process.ts';

const root = join(import.meta.dirname, '..', '..');

/** Starts the service with another standard output, and waits until it is ready. */
async function serving(stdout: number | 'pipe', logFormat: string) {
  const port = await freePort();
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [join(root, 'dist/server/main.js')], {
    cwd: root,
    env: {
      ...{ PATH, PORT: String(port), KEYSEAL_DATA_DIR: await freshPglite() },
      ...{ KEYSEAL_DEMO: 'off', LOG_FORMAT: logFormat, KEYSEAL_LOG_LEVEL: 'trace' },
    },
    stdio: ['ignore', stdout, 'pipe'],
  });
  atEndOfFile(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const exited = new Promise((resolve) => {
    child.once('close', (code) => resolve([code, said]));
  });
  const status = (path: string) =>
    fetch(`http://localhost:${port}${path}`).then(
      (answer) => answer.status,
      () => null,
    );
  await expect.poll(() => status('/readyz'), { timeout: 60_000 }).toBe(200);
  return { child, exited, status };
}

/** Requests of the wrong form, each of which is logged. */
async function makeLines(status: (path: string) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 20; i++) await status('/api/%65xemple');
}

describe.each(['json', 'pretty'])('a log in %s that cannot be written does not end the service', (format) => {
  it('because the disk is full', async () => {
    const { child, exited, status } = await serving(openSync('/dev/full', 'w'), format);
    await makeLines(status);
    expect(await status('/readyz')).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, '']);
  });

  it('because its reader has gone', async () => {
    const { child, exited, status } = await serving('pipe', format);
    child.stdout?.destroy();
    await makeLines(status);
    expect(await status('/readyz')).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, '']);
  });
});

describe('the output of a command', () => {
  it('may be cut off by its reader', () => {
    const script = `{ "${process.execPath}" dist/cli/main.js openapi; echo $? >&2; } | head -c 2`;
    const { stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: root, encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['{\n', '0\n']);
  });

  it('that cannot be written is a failure in a sentence', async () => {
    const { code, err } = await keyseal(['openapi'], { stdout: openSync('/dev/full', 'w') });
    expect([code, err]).toEqual([1, 'keyseal: The output could not be written (ENOSPC).\n']);
  });
});
