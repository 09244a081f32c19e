import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { runDoctorChecks } from '../../cli/doctor/checks.ts';
import { MIGRATION_LOCK } from '../../server/stores/database/lock-holders.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { freePort } from '../harness/embedded-postgres.ts';
import { subscribe } from '../harness/events.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { query } from '../harness/people.ts';
import { startPgbouncer } from '../harness/pgbouncer.ts';
import { startPgpool } from '../harness/pgpool.ts';
import { startReplicated } from '../harness/replicated-postgres.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService } from '../harness/service.ts';

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

/** What startup through pgbouncer prints: null where it serves, and a call with a key succeeds. */
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
  it('startup fails if the pooler refuses the start-up parameters', async () => {
    const said = await started(await freshRole(), { pool_mode: 'session' });
    expect(said).toMatch(/pooler .* startup parameter: .*ignore_startup_parameters = /);
    for (const set of OF_ROLE) expect(said).toContain(set);
  });

  it('startup fails if the pooler drops the start-up parameters, and names what is missing', async () => {
    const settings = { pool_mode: 'session', ignore_startup_parameters: IGNORED };
    const said = await started(await freshRole(), settings);
    expect(said).toMatch(/statement_timeout is "0" and must be "5000"/);
  });

  it('startup fails if policies could hide rows from the role', async () => {
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

  it('startup fails if a schema with the name of the role would come before public', async () => {
    const role = await roleWithSettings();
    const settings = { pool_mode: 'session', ignore_startup_parameters: IGNORED };
    await role.admin.unsafe(`create schema ${role.role}`);
    expect(await started(role, settings)).toContain(
      `search_path is "${role.role}, public" and must be "public, pg_temp"`,
    );
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

  describe('D5: a pool of fewer connections than an instance needs', () => {
    const withPool = async (settings: Record<string, number>) => {
      const role = await roleWithSettings();
      return startPgbouncer(role.url, {
        pool_mode: 'session',
        ignore_startup_parameters: IGNORED,
        ...settings,
      });
    };

    it.each([
      ['default_pool_size', 4],
      ['max_client_conn', 5],
      ['max_db_connections', 8],
    ])('is named at the start and by doctor: %s = %i', async (name, size) => {
      const pooler = await withPool({ [name]: size });
      const service = await startTestService({ env: { DATABASE_URL: pooler.url } });
      await service.stop();
      const line = JSON.parse(service.log.find((entry) => entry.includes('fewer connections')) ?? '{}');
      expect(line).toMatchObject({ level: 40, connections: size, needed: 11 });
      const checks = await runDoctorChecks({ ...service.env });
      expect(checks.filter((check) => check.name === 'pooler')).toMatchObject([
        { state: 'unknown', details: { connections: size, needed: 11 } },
      ]);
      await pooler.stop();
    });

    it('is refused if it has one', async () => {
      const pooler = await withPool({ default_pool_size: 1 });
      await expect(startTestService({ env: { DATABASE_URL: pooler.url } })).rejects.toThrow(
        /gives Keyseal one connection.*Raise default_pool_size/,
      );
      await pooler.stop();
    });

    it('is not reported if it has enough', async () => {
      const pooler = await withPool({ default_pool_size: 14 });
      const service = await startTestService({ env: { DATABASE_URL: pooler.url } });
      await service.stop();
      expect(service.log.filter((entry) => entry.includes('fewer connections'))).toEqual([]);
      await pooler.stop();
    });
  });

  it('D3: startup through a pooler also reports who has the lock of migrations', async () => {
    const role = await roleWithSettings();
    await role.admin`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const pooler = await startPgbouncer(role.url, {
      pool_mode: 'session',
      ignore_startup_parameters: IGNORED,
    });
    const opened = openDatabase({ databaseUrl: pooler.url, dataDir: '', startWaitSeconds: 1 });
    await expect(opened).rejects.toThrow(/Startup waited 1 s: .*pid \d+/);
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

requires('postgres', 'pgbouncer').describe('D5: a pgbouncer', () => {
  const session = { pool_mode: 'session', ignore_startup_parameters: IGNORED };

  it.each([
    ['with', true],
    ['without', false],
  ])('calls are answered if Postgres ends idle sessions, %s a pooler', async (_, pooled) => {
    const role = await roleWithSettings();
    await role.admin.unsafe(`alter role ${role.role} set idle_session_timeout = '1s'`);
    const short = { server_idle_timeout: 1, server_lifetime: 1 };
    const pooler = pooled ? await startPgbouncer(role.url, { ...session, ...short }) : undefined;
    const service = await startTestService({ env: { DATABASE_URL: pooler?.url ?? role.url } });
    const sessions = async () => {
      const rows = await role.admin`select pid from pg_stat_activity where usename = ${role.role}`;
      return rows.map((row) => row['pid'] as number);
    };
    // A statement may meet a session in the moment in which it ends: its call is refused, and is answered when repeated.
    const call = async () => {
      const { status } = await query(service, service.demo, 'exemple');
      return status === 503 ? (await query(service, service.demo, 'exemple')).status : status;
    };
    for (let round = 0; round < 2; round++) {
      expect(await Promise.all(Array.from({ length: 10 }, call))).toEqual(Array(10).fill(200));
      const used = await sessions();
      expect(used).not.toEqual([]);
      const left = async () => (await sessions()).filter((pid) => used.includes(pid));
      await expect.poll(left, { timeout: 20_000 }).toEqual([]);
    }
    await service.stop();
    await pooler?.stop();
  });

  it('that is started anew is used again at once', async () => {
    const role = await roleWithSettings();
    const listen_port = await freePort();
    let pooler = await startPgbouncer(role.url, { ...session, listen_port });
    const through = new URL(pooler.url);
    through.port = String(listen_port);
    const service = await startTestService({ env: { DATABASE_URL: through.href } });
    await pooler.stop();
    expect((await query(service, service.demo, 'exemple')).status).toBe(503);
    pooler = await startPgbouncer(role.url, { ...session, listen_port });
    await expect
      .poll(async () => (await query(service, service.demo, 'exemple')).status, { timeout: 5_000 })
      .toBe(200);
    await service.stop();
    await pooler.stop();
  });

  it.each([
    [
      'whose Postgres is gone',
      { port: '1' },
      /\((server_login_retry|query_wait_timeout|.*connect.*); 08P01\)/,
    ],
    ['with another password', { password: 'another' }, /password authentication failed/],
    ['without this database', { pathname: '/elsewhere' }, /database "elsewhere" does not exist/],
  ])('%s: the start fails in its words, and says what to do', async (_, wrong, words) => {
    const role = await roleWithSettings();
    const url = Object.assign(new URL(role.url), wrong);
    const said = await started({ ...role, url: url.href }, { ...session, query_wait_timeout: 3 });
    expect(said).toMatch(/^The database of DATABASE_URL/);
    expect(said).toMatch(words);
    expect(said).toMatch(/Correct what the pooler names: /);
  });
});

requires('postgres', 'pgpool').describe('D5: behind Pgpool-II', () => {
  let pooler: Awaited<ReturnType<typeof startPgpool>>;
  afterEach(() => pooler.stop());

  it('calls are served, and another instance shows them', async () => {
    const role = await freshRole();
    pooler = await startPgpool(role.url);
    const service = await startTestService({ env: { DATABASE_URL: pooler.url } });
    const other = await sibling(service);
    const calls = Array.from({ length: 20 }, () => query(service, service.demo, 'exemple'));
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
    const stream = await subscribe(other, other.demo, 'keys.tail', { id: service.demo.id });
    await query(service, service.demo, 'exemple');
    await expect
      .poll(() => stream.seen.map(({ procedure }) => procedure))
      .toEqual(expect.arrayContaining(['exemple']));
    await other.stop();
    await service.stop();
  });

  it('doctor finds that it leaves transactions open', async () => {
    const role = await freshRole();
    pooler = await startPgpool(role.url, { backend_clustering_mode: "'raw'" });
    const service = await startTestService({ env: { DATABASE_URL: role.url } });
    await service.stop();
    const ofPooler = async (url: string) => {
      const checks = await runDoctorChecks({ ...service.env, DATABASE_URL: url });
      return checks.filter(({ name }) => name === 'pooler');
    };
    expect(await ofPooler(role.url)).toEqual([]);
    expect(await ofPooler(pooler.url)).toMatchObject([
      {
        ...{ state: 'wrong', found: expect.stringContaining('leaves transactions open') },
        fix: expect.stringContaining("'streaming_replication'"),
      },
    ]);
  });

  it.each(['', '?prepare=false'])(
    'the start is refused if it leaves transactions open, as in raw mode: "%s"',
    async (parameters) => {
      const role = await freshRole();
      pooler = await startPgpool(role.url, { backend_clustering_mode: "'raw'" });
      await expect(startTestService({ env: { DATABASE_URL: pooler.url + parameters } })).rejects.toThrow(
        /leaves transactions open.*'streaming_replication'/,
      );
    },
  );
});

requires('postgres', 'pgbouncer').describe('D5: two hosts in DATABASE_URL, each behind a pooler', () => {
  it('are checked at the one that takes writes', async () => {
    const databases = await startReplicated(true);
    const { primary, standby } = databases;
    const session = { pool_mode: 'session', ignore_startup_parameters: IGNORED, default_pool_size: 40 };
    const poolers = [await startPgbouncer(standby.url, session), await startPgbouncer(primary.url, session)];
    try {
      for (const set of OF_ROLE) await databases.on(primary.url, `alter role postgres ${set}`);
      const hosts = poolers.map(({ url }) => new URL(url).host).join(',');
      const url = `postgres://postgres:${new URL(primary.url).password}@${hosts}/postgres`;
      const service = await startTestService({ env: { DATABASE_URL: url } });
      expect((await query(service, service.demo, 'exemple')).status).toBe(200);
      expect(service.log.filter((line) => /pooler/.test(line))).toEqual([]);
      await service.stop();
    } finally {
      for (const { stop } of poolers) await stop();
      await databases.stop();
    }
  }, 120_000);
});
