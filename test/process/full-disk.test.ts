import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { keyseal } from '../harness/cli.ts';
import { newKey } from '../harness/clients.ts';
import { startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { smallDisk } from '../harness/small-disk.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const root = join(import.meta.dirname, '..', '..');

requires('mount').describe('D6: the embedded database on a disk that runs full', () => {
  const { test } = requires('mount');

  test('is unavailable for what needs disk space, revokes, and recovers', async () => {
    const disk = await smallDisk('64m');
    const service = await startProcess({ KEYSEAL_DATA_DIR: join(disk.path, 'data'), KEYSEAL_DEMO: 'off' });
    await service.serving;
    const account = { email: 'ada@example.com', password: 'correct horse battery' };
    const { session } = await createKeysealClient({ url: service.url }).auth.signUp.mutate(account);
    const person = createKeysealClient({ url: service.url, session });
    const [kept, revoked] = [await newKey(person, ['exemple:read']), await newKey(person, ['exemple:read'])];
    const call = async (key: Credentials) =>
      (await send(service.port, sign(key, '/api/exemple', { authority: `localhost:${service.port}` })))
        .status;
    const create = () =>
      newKey(person, ['exemple:read']).then(
        () => 'made',
        ({ reason }) => reason,
      );
    disk.fill();
    // Existing pages of the database still have some free space.
    await expect.poll(create, { timeout: 60_000 }).toBe('UNAVAILABLE');
    await person.keys.revoke.mutate({ id: revoked.id });
    expect([await call(kept), await call(revoked)]).toEqual([200, 401]);
    disk.free();
    await expect.poll(create).toBe('made');
    service.child.kill('SIGTERM');
    expect((await service.exited).code).toBe(0);
  });

  test('ends with its process if Postgres gives up, and starts again once there is space', async () => {
    const disk = await smallDisk('64m');
    const dir = join(disk.path, 'data');
    const opened = pathToFileURL(join(root, 'dist/server/stores/database/open-database.js')).href;
    const filler = ['if=/dev/zero', `of=${join(disk.path, 'filler')}`, 'bs=64k'];
    const statements = (...texts: string[]) => `
      const { spawnSync } = await import('node:child_process');
      const { openDatabase } = await import(${JSON.stringify(opened)});
      const { sql } = await import('drizzle-orm');
      const { query, close } = await openDatabase({ databaseUrl: null, dataDir: ${JSON.stringify(dir)} });
      for (const text of ${JSON.stringify(texts)})
        if (text === 'full') spawnSync('dd', ${JSON.stringify(filler)});
        else await query(sql.raw(text)).then((rows) => console.log(JSON.stringify(rows)), () => console.log('refused'));
      await close();`;
    const run = (program: string) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
    expect(run(statements('create table t (n int)', 'insert into t values (7)')).status).toBe(0);
    // Each begins another file of the log, for which the disk has no space.
    const switched = ['insert into t values (8)', 'select pg_switch_wal()'];
    const { status, stderr } = run(statements('full', ...Array(6).fill(switched).flat()));
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^keyseal: The thread of the embedded database ended \(.*No space left.*\)\. Start/,
      ),
    ]);
    const start = await startProcess({ KEYSEAL_DATA_DIR: dir });
    expect((await start.exited).code).toBe(69);
    expect(start.said().err).toMatch(/^keyseal: .*; its disk is full\)\. Free space on its disk, or set/);
    disk.free();
    expect(run(statements('select min(n) from t')).stdout).toBe('[{"min":7}]\n');
  });
});

requires('mount').test(
  'a data directory on a read-only disk is said to be so, with a lock that was left',
  async () => {
    const disk = await smallDisk('64m');
    const dir = join(disk.path, 'data');
    const service = await startProcess({ KEYSEAL_DATA_DIR: dir, KEYSEAL_DEMO: 'off' });
    await service.serving;
    service.child.kill('SIGKILL');
    await service.exited;
    disk.makeReadOnly();
    const env = { KEYSEAL_DATA_DIR: dir };
    for (const args of [['serve'], ['users', 'list']]) {
      const { code, err } = await keyseal(args, { env: { ...env, PORT: '0' } });
      expect([code, err]).toEqual([69, expect.stringMatching(/EROFS.*Mount it so that it can be written/)]);
    }
    expect((await keyseal(['doctor'], { env })).out).toMatch(/✗ database: .*EROFS.*Mount it/);
  },
);
