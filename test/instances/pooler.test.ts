import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { MIGRATION_LOCK } from '../../server/stores/database/lock-holders.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { query } from '../harness/people.ts';
import { startPgbouncer } from '../harness/pgbouncer.ts';
import { requires } from '../harness/requires.ts';
import { startTestService } from '../harness/service.ts';

/** As the page for operators has it. */
const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operators', 'running.md'), 'utf8');
const IGNORED = /^ignore_startup_parameters = (\S+)$/m.exec(PAGE)?.[1] ?? '';

/** Also as the page has them: what the role must set if the pooler drops the parameters. */
const OF_ROLE = [...PAGE.matchAll(/^ALTER ROLE keyseal (SET \w+ = \w+);$/gm)].map(([, set]) => set);

async function roleWithSettings(): Promise<FreshRole> {
  const role = await freshRole();
  for (const set of OF_ROLE) await role.admin.unsafe(`alter role ${role.role} ${set}`);
  return role;
}

/** What a start through pgbouncer says: null where it serves, and a call by a key is answered. */
async function started(
  role: FreshRole,
  settings: Record<string, string | number>,
  parameters = '',
): Promise<string | null> {
  const pooler = await startPgbouncer(role.url, settings);
  try {
    const service = await startTestService({ env: { DATABASE_URL: pooler.url + parameters } });
    const calls = await Promise.all(
      Array.from({ length: 20 }, () => query(service, service.demo, 'exemple')),
    );
    await service.stop();
    expect(calls.map(({ status }) => status)).toEqual(Array(20).fill(200));
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await pooler.stop();
  }
}

requires('postgres', 'pgbouncer').describe('A2: behind pgbouncer', () => {
  it('the start fails if the pooler refuses the start-up parameters', async () => {
    const said = await started(await freshRole(), { pool_mode: 'session' });
    expect(said).toMatch(/pooler .* startup parameter: .*ignore_startup_parameters = /);
    for (const set of OF_ROLE) expect(said).toContain(set);
  });

  it('the start fails if the pooler drops the start-up parameters, and names what is missing', async () => {
    const settings = { pool_mode: 'session', ignore_startup_parameters: IGNORED };
    const said = await started(await freshRole(), settings);
    expect(said).toMatch(/statement_timeout is "0" and must be "5000"/);
  });

  it('the start fails if policies could hide rows from the role', async () => {
    const role = await roleWithSettings();
    await role.admin.unsafe(`alter role ${role.role} reset row_security`);
    const settings = { pool_mode: 'session', ignore_startup_parameters: IGNORED };
    expect(await started(role, settings)).toContain('row_security is "on" and must be "off"');
  });

  it.each([
    ['synchronous_commit', 'off', 'on'],
    ['default_transaction_isolation', 'repeatable read', 'read committed'],
    ['bytea_output', 'escape', 'hex'],
    ['search_path', 'nowhere', 'public, pg_temp'],
  ])('the start fails if the role has %s = %s', async (name, value, wanted) => {
    const role = await roleWithSettings();
    await role.admin.unsafe(`alter role ${role.role} set ${name} = '${value}'`);
    const settings = { pool_mode: 'session', ignore_startup_parameters: IGNORED };
    expect(await started(role, settings)).toContain(`${name} is "${value}" and must be "${wanted}"`);
  });

  it('calls are served in session mode if the role has the settings', async () => {
    const role = await roleWithSettings();
    const settings = { pool_mode: 'session', ignore_startup_parameters: IGNORED };
    expect(await started(role, settings)).toBeNull();
  });

  it.each(['transaction', 'statement'])(
    'D5: the start is refused in %s mode, in one sentence',
    async (mode) => {
      const role = await roleWithSettings();
      const settings = { pool_mode: mode, ignore_startup_parameters: IGNORED };
      expect(await started(role, settings)).toMatch(
        /^[^\n]+Set pool_mode = session for this database, or connect to Postgres itself\.$/,
      );
    },
  );

  it('D5: calls are served in session mode without prepared statements', async () => {
    const role = await roleWithSettings();
    const settings = { pool_mode: 'session', ignore_startup_parameters: IGNORED };
    expect(await started(role, settings, '?prepare=false')).toBeNull();
  });

  it('D3: a start through a pooler too reports who has the lock of migrations', async () => {
    const role = await roleWithSettings();
    await role.admin`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const pooler = await startPgbouncer(role.url, {
      pool_mode: 'session',
      ignore_startup_parameters: IGNORED,
    });
    const opened = openDatabase({ databaseUrl: pooler.url, dataDir: '', startWaitSeconds: 1 });
    await expect(opened).rejects.toThrow(/The start waited 1 s: .*pid \d+/);
    await pooler.stop();
  });

  it('a session with settings that another client changed is not used', async () => {
    const role = await roleWithSettings();
    const settings = {
      ...{ pool_mode: 'session', ignore_startup_parameters: IGNORED, server_reset_query: '' },
      default_pool_size: 1,
    };
    const pooler = await startPgbouncer(role.url, settings);
    const before = postgres(pooler.url, { max: 1, fetch_types: false });
    await before`set bytea_output = 'escape'`;
    await before.end();
    const said = startTestService({ env: { DATABASE_URL: pooler.url } });
    await expect(said).rejects.toThrow(/bytea_output is "escape"/);
    await pooler.stop();
  });
});
