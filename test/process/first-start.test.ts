import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { newKey } from '../harness/clients.ts';
import { atEndOfFile } from '../harness/end-of-file.ts';
import { freshFolder } from '../harness/fresh.ts';
import { sharedTemporaryFolder } from '../harness/postgres-package.ts';
import { startProcess } from '../harness/process.ts';

const root = join(import.meta.dirname, '..', '..');
/** Resident memory that a first start may take, in KiB. */
const MAX_KIB = 512 * 1024;

describe('D9: a first start on PGlite', () => {
  it('needs less than 512 MiB at its peak, also during its first calls', async () => {
    const service = await startProcess({ KEYSEAL_DATA_DIR: join(await freshFolder(), 'data') });
    await service.serving;
    const { auth } = createKeysealClient({ url: service.url });
    const { session } = await auth.signUp.mutate({ email: 'a@example.com', password: 'a long password' });
    const person = createKeysealClient({ url: service.url, session });
    // Enough statements for V8 to optimize what it would.
    for (let made = 0; made < 30; made++) await newKey(person, ['exemple:read']);
    const status = readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(MAX_KIB);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    service.child.kill('SIGTERM');
    expect((await service.exited).code).toBe(0);
  });

  it('copies a database without rows of any account', async () => {
    const dataDir = join(await freshFolder(), 'data');
    const { unpackPrepared } = await import(
      join(root, 'dist/server/stores/database/pglite/prepared-pglite.js')
    );
    await mkdir(dataDir);
    expect(await unpackPrepared(join(dataDir, 'pglite'), () => {})).toBe(true);
    const client = new PGlite({ dataDir: join(dataDir, 'pglite') });
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    expect(rows.length).toBeGreaterThan(15);
    for (const { name } of rows) {
      const found = await client.query(`select from public."${name}"`);
      expect([name, found.rows.length]).toEqual([name, 0]);
    }
    await client.close();
    // An existing one is left unchanged.
    expect(await unpackPrepared(join(dataDir, 'pglite'), () => {})).toBe(false);
  });
});

describe('D11: npm start of a clone', () => {
  /** The files that `npm start` needs, without anything that was built. */
  async function clone(tools: boolean, built: boolean): Promise<string> {
    const folder = await freshFolder();
    for (const name of ['package.json', 'prestart.mjs']) await cp(join(root, name), join(folder, name));
    for (const name of tools ? ['typescript', 'vite'] : []) {
      await mkdir(join(folder, 'node_modules', name), { recursive: true });
      await writeFile(join(folder, 'node_modules', name, 'package.json'), '{}');
    }
    if (built) {
      await mkdir(join(folder, 'dist', 'server'), { recursive: true });
      await mkdir(join(folder, 'dist', 'web'), { recursive: true });
      await writeFile(join(folder, 'dist', 'server', 'main.js'), `console.log('serving')`);
      await writeFile(join(folder, 'dist', 'web', 'index.html'), '');
    }
    return folder;
  }
  const start = (cwd: string) =>
    promisify(execFile)('npm', ['start', '--silent'], { cwd }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );

  it('names the command to run without the development dependencies', async () => {
    const { stdout, stderr } = await start(await clone(false, false));
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^keyseal: Nothing is built yet.*Run npm ci && npm run build/);
    expect(stderr).not.toMatch(/not found|\bat /);
  });

  it('serves the built code where nothing can be written', async () => {
    const folder = await mkdtemp(join(sharedTemporaryFolder(), 'keyseal-read-only-'));
    atEndOfFile(() => rm(folder, { recursive: true, force: true }));
    await cp(await clone(true, true), folder, { recursive: true });
    await chmod(folder, 0o555);
    // Root may write everywhere.
    const script = `if (process.getuid() === 0) {
      process.setgid(65534);
      process.setuid(65534);
    }
    await import('./prestart.mjs');`;
    const args = ['--input-type=module', '-e', script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    expect([stdout, stderr]).toEqual(['', '']);
  });

  it('serves the built code without the development dependencies', async () => {
    const { stdout, stderr } = await start(await clone(false, true));
    expect([stdout, stderr]).toEqual(['serving\n', '']);
  });
});

it('the build creates the database that a first start copies', () => {
  expect(existsSync(join(root, 'dist', 'pglite.gz'))).toBe(true);
});
