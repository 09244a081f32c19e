import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { startProcess } from '../harness/process.ts';
import { startReplicated } from '../harness/replicated-postgres.ts';
import { requires } from '../harness/requires.ts';

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly fix?: string;
}

type Env = Record<string, string>;

/** What `doctor` found. No finding is a bare code. */
async function doctor(env: Env): Promise<{ code: number | null; findings: Finding[]; wrong: Finding[] }> {
  const { code, json } = await keyseal(['doctor', '--json'], { env });
  const findings: Finding[] = json.findings;
  for (const { found } of findings) expect(found).not.toMatch(/^[0-9A-Z]{5}$|\(\d{5}\)/);
  return { code, findings, wrong: findings.filter(({ state }) => state === 'wrong') };
}

/** A migrated database of a role of its own. */
async function migrated(server?: string): Promise<{ role: FreshRole; env: Env }> {
  const role = await freshRole(server);
  const env = {
    NODE_ENV: 'production',
    KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com',
    DATABASE_URL: role.url,
    KEYSEAL_DATA_DIR: await freshFolder(),
    KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
  };
  expect((await keyseal(['migrate'], { env })).code).toBe(0);
  return { role, env };
}

requires('postgres').describe('D6: doctor says what startup would say about a failing database', () => {
  it.each(['keys', 'nonces', 'exchange_rules'])('another session has locked the table %s', async (table) => {
    const { role, env } = await migrated();
    const holder = postgres(role.url, { max: 1, connection: { application_name: 'nightly dump' } });
    await holder.begin(async (session) => {
      const [own] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await session.unsafe(`lock table ${table} in access exclusive mode`);
      const { code, wrong } = await doctor(env);
      expect([code, wrong.map(({ found }) => found)]).toEqual([
        1,
        [expect.stringMatching(/^The database of DATABASE_URL \(.*\) kept a table locked .*57014\)/)],
      ]);
      expect(wrong[0]?.found).toContain(`pid ${own?.pid} (nightly dump)`);
      expect(wrong[0]?.fix).toContain(`pg_terminate_backend(${own?.pid})`);
    });
    await holder.end();
  });

  it('a role that may hold two connections', async () => {
    const { role, env } = await migrated();
    await role.admin.unsafe(`alter role ${role.role} connection limit 2`);
    const { code, wrong } = await doctor(env);
    expect(code).toBe(1);
    expect(wrong.map(({ found }) => found)).toEqual([
      expect.stringMatching(/^The database of DATABASE_URL \(.*\) has no connection left \(.*53300\)/),
    ]);
    expect(wrong[0]?.fix).not.toContain('Remove');
  });
});

const onInsert = (body: string) => `
  create function public.meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
  create trigger meddle before insert on public.nonces for each row execute function public.meddle()`;

requires('postgres').describe('D1: doctor does what each call needs', () => {
  it.each([
    [
      'a disk that is full',
      `raise exception 'no space left on device' using errcode = '53100';`,
      /is out of disk space \(no space left on device; 53100\)/,
    ],
    ['nonces that vanish', 'return null;', /does not store nonces, so that every call is refused/],
  ])('%s', async (_, body, sentence) => {
    const { role, env } = await migrated();
    await role.admin.unsafe(onInsert(body));
    const { code, wrong } = await doctor(env);
    expect([code, wrong]).toMatchObject([
      1,
      [{ name: 'database', found: expect.stringMatching(sentence), fix: expect.stringMatching(/\w/) }],
    ]);
  });

  it('and leaves nothing behind', async () => {
    const { role, env } = await migrated();
    const { code, wrong } = await doctor(env);
    expect([code, wrong]).toEqual([0, []]);
    const [rows] = await role.admin`select count(*)::int as n from nonces`;
    expect(rows?.['n']).toBe(0);
  });

  it('commits that wait for a synchronous standby that is not connected', async () => {
    const pair = await startReplicated(false);
    const { role, env } = await migrated(pair.primary.url);
    const name = async (names: string) => {
      await pair.on(pair.primary.url, `alter system set synchronous_standby_names = '${names}'`);
      await pair.on(pair.primary.url, 'select pg_reload_conf()');
    };
    const ofReplication = async () => {
      const { findings } = await doctor(env);
      return findings.filter(({ name, state }) => name === 'replication' || state === 'wrong');
    };
    const waits = [
      {
        name: 'replication',
        state: 'wrong',
        found: expect.stringMatching(/every commit waits.*synchronous_standby_names = ANY 1 \(db_b, db_d\)/),
        fix: expect.stringContaining('application_name'),
      },
    ];
    try {
      await name('walreceiver');
      expect(await ofReplication()).toMatchObject([{ name: 'replication', state: 'right' }]);
      await name('ANY 1 (db_b, db_d)');
      expect(await ofReplication()).toMatchObject(waits);
      // It is connected by this name, and follows nothing: only a commit shows that.
      const idle = postgres(pair.primary.url, {
        ...{ max: 1, fetch_types: false },
        connection: { application_name: 'db_b', replication: 'database' },
      });
      await idle.unsafe('IDENTIFY_SYSTEM').simple();
      const { wrong } = await doctor(env);
      expect(wrong).toMatchObject([
        { name: 'database', found: expect.stringMatching(/commits wait for a synchronous standby/) },
      ]);
      await idle.end();
      await pair.loseStandby();
      expect(await ofReplication()).toMatchObject(waits);
      await name('');
      const [rows] = await role.admin`select count(*)::int as n from nonces`;
      expect(rows?.['n']).toBe(0);
    } finally {
      await name('');
      await pair.stop();
    }
  });
});

/** How startup ends. */
async function started(env: Env): Promise<{ code: number | null; err: string }> {
  const { exited, said } = await startProcess({ ...env, KEYSEAL_DRAIN_SECONDS: '0' });
  const { code } = await exited;
  return { code, err: said().err };
}

/** Another role, with the rights of docs/operators/postgres.md. */
async function serviceRole({ role, env }: { role: FreshRole; env: Env }): Promise<Env> {
  const service = `${role.role}_service`;
  await role.admin.unsafe(`
    create role ${service} login password 'secret';
    grant usage on schema public, drizzle to ${service};
    grant select on drizzle.__drizzle_migrations to ${service};
    grant select, insert, update, delete on all tables in schema public to ${service};
    revoke update, delete on audit_records from ${service}`);
  const url = Object.assign(new URL(role.url), { username: service });
  return { ...env, DATABASE_URL: url.href };
}

requires('postgres').describe('D2: row-level security is named, with its own remedy', () => {
  const SENTENCE =
    /applies row-level security to this role \(.*42501\)\. Run ALTER TABLE \S+ DISABLE ROW LEVEL SECURITY/;

  it.each(['nonces', 'audit_records', 'request_log'])('on %s, with two roles', async (table) => {
    const owner = await migrated();
    const env = await serviceRole(owner);
    await owner.role.admin.unsafe(`alter table public.${table} enable row level security`);
    const { code, err } = await started(env);
    expect([code, err]).toEqual([78, expect.stringMatching(SENTENCE)]);
    expect(err).toContain(table);
    expect(err).not.toMatch(/GRANT|grant it/);
    const { wrong } = await doctor(env);
    expect(wrong).toMatchObject([
      {
        name: 'rights',
        found: expect.stringMatching(new RegExp(`row-level security applies to this role on ${table}$`)),
        fix: expect.stringContaining(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`),
      },
    ]);
  });

  it('or a missing grant, on any table', async () => {
    const owner = await migrated();
    const env = await serviceRole(owner);
    const tables = await owner.role.admin<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'public'`;
    await owner.role.admin.unsafe(
      `revoke all on all tables in schema public from ${new URL(String(env['DATABASE_URL'])).username}`,
    );
    const { wrong } = await doctor(env);
    const [rights] = wrong.filter(({ name }: { name: string }) => name === 'rights');
    const named = tables.filter(({ name }) => new RegExp(` on ${name}\\b`).test(rights?.found ?? ''));
    expect(named.map(({ name }) => name)).toEqual(tables.map(({ name }) => name));
  });

  it('forced on the owner', async () => {
    const { role, env } = await migrated();
    await role.admin.unsafe('alter table keys enable row level security, force row level security');
    const { code, err } = await started(env);
    expect([code, err]).toEqual([78, expect.stringMatching(SENTENCE)]);
    const { wrong } = await doctor(env);
    expect(wrong).toMatchObject([{ name: 'rights', found: expect.stringContaining('on keys') }]);
  });

  it('of a command that reads the table', async () => {
    const { role, env } = await migrated();
    await role.admin.unsafe('alter table users enable row level security, force row level security');
    const { code, err } = await keyseal(['users', 'list'], { env });
    expect([code, err]).toEqual([78, expect.stringMatching(SENTENCE)]);
  });
});
