import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { freshFolder, freshPglite } from '../harness/fresh.ts';
import { startProcess } from '../harness/process.ts';

const root = join(import.meta.dirname, '..', '..');

/** Ends the database's thread of a service that gets SIGUSR2. */
const KILLER = `
  const threads = [];
  process.on('worker', (worker) => threads.push(worker));
  process.on('SIGUSR2', () => threads.forEach((worker) => worker.terminate()));
`;

/** Reads more rows than the thread has memory for. */
const GREEDY = `
  const { openDatabase } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist/server/stores/database/open-database.js')))});
  const { sql } = await import('drizzle-orm');
  const { db } = await openDatabase({ databaseUrl: null, dataDir: process.env.DATA_DIR });
  const rows = sql\`select repeat('x', 1000) as text from generate_series(1, 1000000)\`;
  await db.execute(rows).then(() => console.log('answered'), () => console.log('rejected'));
`;

describe('a process whose database thread ends', () => {
  it('exits with a message and a status, so that it is restarted', async () => {
    const preloaded = join(await freshFolder(), 'killer.mjs');
    await writeFile(preloaded, KILLER);
    const dataDir = await freshPglite();
    const service = await startProcess({
      KEYSEAL_DATA_DIR: dataDir,
      KEYSEAL_DEMO: 'off',
      NODE_OPTIONS: `--import=${pathToFileURL(preloaded)}`,
    });
    await service.serving;
    service.child.kill('SIGUSR2');
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(service.said().err).toMatch(
      /^keyseal: The thread of the embedded database ended \(it exited with status 1\)\. Start Keyseal again;.*\n$/,
    );
    const next = await startProcess({ KEYSEAL_DATA_DIR: dataDir, KEYSEAL_DEMO: 'off' });
    await next.serving;
    next.child.kill('SIGTERM');
    expect(await next.exited).toEqual({ code: 0, signal: null });
  });

  it('exits in the same way if the thread has no memory left', async () => {
    const env = { ...process.env, DATA_DIR: await freshPglite() };
    const args = ['--max-old-space-size=64', '--input-type=module', '-e', GREEDY];
    const { code, stdout, stderr } = await new Promise<{
      code: unknown;
      stdout: string;
      stderr: string;
    }>((resolve) => {
      execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
    expect(stderr).toMatch(/keyseal: The thread of the embedded database ended \(.*memory limit.*\)/);
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe.runIf(process.platform === 'linux')('the database thread', () => {
  it('leaves the core to the thread that answers, if both want it', async () => {
    const service = await startProcess({ KEYSEAL_DATA_DIR: await freshPglite(), KEYSEAL_DEMO: 'off' });
    await service.serving;
    const tasks = `/proc/${service.child.pid}/task`;
    const niceOf = async (thread: string) => {
      const stat = await readFile(join(tasks, thread, 'stat'), 'utf8');
      // The fields after the name, which may hold spaces, begin with the third: proc(5).
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    };
    const others = (await readdir(tasks)).filter((thread) => thread !== String(service.child.pid));
    expect(await niceOf(String(service.child.pid))).toBe(getPriority());
    expect(await Promise.all(others.map(niceOf))).toContain(Math.min(19, getPriority() + 10));
    service.child.kill('SIGTERM');
    await service.exited;
  });
});
