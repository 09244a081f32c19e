import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startDebianPostgres } from '../harness/debian-postgres.ts';
import { UNDONE_MIGRATIONS, undoMigrations } from '../harness/earlier-schema.ts';
import { freshRole } from '../harness/fresh-role.ts';
import { opening, waits } from '../harness/opening.ts';
import { createKey, mutate, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService } from '../harness/service.ts';

/** The status of a program, and what it said; what it prints is read only if the test does. */
function endOf(program: ChildProcess) {
  return Promise.all([once(program, 'close'), text(program.stderr as NodeJS.ReadableStream)]).then(
    ([[status], said]) => ({ status: status as number, said }),
  );
}

requires('pg_dump').describe('D4: while pg_dump runs', () => {
  it('a new version waits for it and names it, running instances serve, and the dump can be restored', async () => {
    const { programs, url } = await startDebianPostgres();
    const role = await freshRole(url);
    const service = await startTestService({ env: { DATABASE_URL: role.url } });
    const person = await signUp(service);
    const key = await createKey(service, person, { permissions: ['exemple:read'] });
    await undoMigrations(role.admin);
    // Far more than a pipe holds: nobody reads the dump, so it does not end, and keeps its locks.
    await role.admin.unsafe(
      `create table archive as select repeat('x', 1000) as page from generate_series(1, 4000)`,
    );
    const dump = spawn(join(programs, 'pg_dump'), ['--dbname', url, '--no-sync']);
    const dumped = endOf(dump);
    const locks = () => role.admin`
      select 1 from pg_locks join pg_stat_activity using (pid)
      where application_name = 'pg_dump' and relation = 'sessions'::regclass`;
    await expect.poll(async () => (await locks()).length).toBe(1);

    const { opened, warnings } = opening(role.url, 60);
    await waits(warnings);
    expect(warnings[0]?.sentence).toMatch(/startup is waiting: another session holds a table/);
    expect(warnings[0]?.details.holders).toContainEqual(expect.objectContaining({ application: 'pg_dump' }));
    for (let n = 0; n < 10; n++) {
      expect((await query(service, key, 'exemple')).status).toBe(200);
      expect((await mutate(service, person, 'workspaces.rename', { name: `Name ${n}` })).status).toBe(200);
    }
    expect(await locks()).toHaveLength(1);

    const contents = await text(dump.stdout);
    expect(await dumped).toEqual({ status: 0, said: '' });
    const database = await opened;
    expect(database.migrated).toHaveLength(UNDONE_MIGRATIONS);
    await database.close();

    await role.admin.unsafe(`create database restored owner ${role.role}`);
    const of = (address: string) => Object.assign(new URL(address), { pathname: '/restored' }).href;
    const psql = spawn(join(programs, 'psql'), [
      of(url),
      '--quiet',
      '--no-psqlrc',
      '--set',
      'ON_ERROR_STOP=1',
    ]);
    psql.stdout.resume();
    const restored = endOf(psql);
    psql.stdin.end(contents);
    expect(await restored).toEqual({ status: 0, said: '' });
    const second = await sibling(service, { DATABASE_URL: of(role.url) });
    expect((await query(second, key, 'exemple')).status).toBe(200);
    await Promise.all([service.stop(), second.stop()]);
  });
});
