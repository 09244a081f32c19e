import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPglite, freshPostgres } from '../harness/fresh.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly fix?: string;
  readonly details: unknown;
}

const secret = randomBytes(32).toString('base64');

async function doctor(env: Record<string, string>) {
  const { code, out, err, json } = await keyseal(['doctor', '--json'], { env });
  expect(err).toBe('');
  expect(out).not.toContain(secret);
  expect(out).not.toContain('hunter2');
  const findings: Finding[] = json.findings;
  expect(json.ok).toBe(code === 0);
  for (const { state, fix } of findings) if (state === 'wrong') expect(fix).toMatch(/\w/);
  return { code, states: Object.fromEntries(findings.map(({ name, state }) => [name, state])), findings };
}

describe('doctor', () => {
  it('finds nothing to fix in a stopped service on PGlite, and says what it cannot check while one runs', async () => {
    const env = { KEYSEAL_DATA_DIR: await freshPglite(), KEYSEAL_DEMO: 'off' };
    const service = await startProcess(env);
    await service.serving;
    const whileServing = await doctor(env);
    expect([whileServing.code, whileServing.states['database']]).toEqual([0, 'unknown']);
    const { out } = await keyseal(['doctor'], { env });
    expect(out).toMatch(
      /\n\? database: PGlite is in use by another process\n.*\n1 finding to review, marked \?\.\n$/,
    );
    service.child.kill('SIGTERM');
    await service.exited;
    const after = await doctor(env);
    const right = { configuration: 'right', 'data directory': 'right', database: 'right', schema: 'right' };
    expect([after.code, after.states]).toEqual([0, { ...right, 'master keys': 'right' }]);
  });

  it('reports a data directory that others can read, and the fix', async () => {
    const dir = await freshFolder();
    chmodSync(dir, 0o755);
    const { code, findings } = await doctor({ KEYSEAL_DATA_DIR: dir });
    expect(code).toBe(1);
    const [found] = findings.filter(({ name }) => name === 'data directory');
    expect(found).toMatchObject({ state: 'wrong', fix: `Run chmod go= ${dir}.` });
  });

  it('reports how to create the database before the first start, and creates nothing', async () => {
    const dir = join(await freshFolder(), 'data');
    const { code, findings } = await doctor({ KEYSEAL_DATA_DIR: dir });
    expect([code, existsSync(dir)]).toEqual([1, false]);
    expect(findings).toMatchObject([
      { name: 'configuration', state: 'right' },
      { name: 'data directory', state: 'right', found: `${dir} does not exist yet` },
      {
        ...{ name: 'database', state: 'wrong', found: `The data directory "${dir}" contains no database` },
        fix: expect.stringMatching(/^If Keyseal has never started here, start it, or run keyseal migrate/),
      },
    ]);
    const created = await keyseal(['migrate'], { env: { KEYSEAL_DATA_DIR: dir } });
    expect(created.code).toBe(0);
    const after = await doctor({ KEYSEAL_DATA_DIR: dir });
    expect([after.code, after.findings.at(-1)?.found]).toEqual([
      0,
      'none yet: the first startup creates one',
    ]);
  });

  it('reports a data directory that cannot be reached, and does not take it for one without a database', async () => {
    const loop = join(await freshFolder(), 'loop');
    symlinkSync(loop, loop);
    const env = { KEYSEAL_DATA_DIR: join(loop, 'data') };
    const { code, findings } = await doctor(env);
    const cannot = { state: 'wrong', found: expect.stringMatching(/cannot be used \(ELOOP/) };
    expect([code, findings]).toMatchObject([
      1,
      [{ name: 'configuration' }, { name: 'data directory', ...cannot }, { name: 'database', ...cannot }],
    ]);
    const other = await keyseal(['users', 'list'], { env });
    expect([other.code, other.err]).toEqual([78, expect.stringMatching(/cannot be used \(ELOOP/)]);
  });

  it('names the variable of a wrong configuration', async () => {
    const { code, findings } = await doctor({ PORT: 'http' });
    expect([code, findings[0]?.found]).toEqual([1, expect.stringContaining('PORT must be a whole number')]);
  });

  it('reports a database that does not answer', async () => {
    const { code, findings } = await doctor({
      DATABASE_URL: 'postgres://keyseal:hunter2@127.0.0.1:1/keyseal',
      NODE_ENV: 'development',
      KEYSEAL_DATA_DIR: await freshFolder(),
    });
    expect([code, findings.at(-1)?.found]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
    // The sentence has the remedy, which depends on what is wrong.
    expect(findings.at(-1)?.fix).toBe('Do what this says, then run doctor again.');
  });
});

requires('postgres').describe('doctor on Postgres', () => {
  let env: Record<string, string>;
  beforeAll(async () => {
    env = {
      NODE_ENV: 'production',
      KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com',
      DATABASE_URL: await freshPostgres(),
      KEYSEAL_DATA_DIR: await freshFolder(),
      KEYSEAL_MASTER_KEYS: `1:${secret}`,
    };
  });

  it('checks schema, clock, durability and master keys, in this order', async () => {
    const before = await doctor(env);
    expect([before.code, before.states['schema']]).toEqual([1, 'wrong']);
    expect((await keyseal(['migrate'], { env })).code).toBe(0);
    expect((await keyseal(['setup-token'], { env })).code).toBe(0);
    const all = [
      'configuration',
      'data directory',
      'database',
      'schema',
      'clock',
      'durability',
      'master keys',
    ];
    const after = await doctor(env);
    expect([after.code, after.states]).toEqual([0, Object.fromEntries(all.map((name) => [name, 'right']))]);
  });

  it('counts the rows of each version, and those of one that is missing', async () => {
    const next = `2:${randomBytes(32).toString('base64')}`;
    const both = await doctor({ ...env, KEYSEAL_MASTER_KEYS: `${next},1:${secret}` });
    expect(both.findings.at(-1)).toMatchObject({
      state: 'right',
      fix: expect.stringContaining('master-key rotate'),
    });
    expect(both.findings.at(-1)?.details).toContainEqual({
      table: 'token_keys',
      column: 'seal_version',
      version: 1,
      rows: 1,
      needed: 1,
    });
    const without = await doctor({ ...env, KEYSEAL_MASTER_KEYS: next });
    expect([without.code, without.states['master keys']]).toEqual([1, 'wrong']);
  });
});

requires('postgres').describe('doctor reports what keeps calls from being served', () => {
  async function serving() {
    const role = await freshRole();
    const env = {
      ...{ NODE_ENV: 'production', KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com' },
      ...{
        DATABASE_URL: role.url,
        KEYSEAL_DATA_DIR: await freshFolder(),
        KEYSEAL_MASTER_KEYS: `1:${secret}`,
      },
    };
    expect((await keyseal(['setup-token'], { env })).code).toBe(78);
    expect((await keyseal(['migrate'], { env })).code).toBe(0);
    return { role, env };
  }

  it('D1: a database that is read-only', async () => {
    const { role, env } = await serving();
    await role.admin.unsafe(`alter role ${role.role} set default_transaction_read_only = on`);
    const { code, findings } = await doctor(env);
    const [database] = findings.filter(({ name }) => name === 'database');
    expect([code, database?.state]).toEqual([1, 'wrong']);
    expect(database?.found).toMatch(/read-only: default_transaction_read_only is on/);
  });

  it('D1: grants that are missing, with the statement that gives them', async () => {
    const { role, env } = await serving();
    await role.admin.unsafe(`revoke update on rate_windows, usage from ${role.role}`);
    const { code, findings } = await doctor(env);
    const [rights] = findings.filter(({ name }) => name === 'rights');
    expect([code, rights?.state]).toEqual([1, 'wrong']);
    expect(rights?.found).toContain('UPDATE on rate_windows, UPDATE on usage');
    expect(rights?.fix).toContain('GRANT UPDATE on rate_windows TO');
  });

  it('D3: a lock for which startup would wait, and who holds it', async () => {
    const { role, env } = await serving();
    await role.admin`select pg_advisory_lock(${0x6b657973})`;
    const { findings } = await doctor(env);
    const [lock] = findings.filter(({ name }) => name === 'start lock');
    expect(lock).toMatchObject({
      state: 'unknown',
      fix: expect.stringMatching(/pg_terminate_backend\(\d+\)/),
    });
  });
});

requires('postgres').describe('A3: doctor names a setting that undoes a guarantee', () => {
  interface Undoing {
    readonly query?: Record<string, string>;
    readonly sql?: (role: FreshRole) => string;
    readonly superuser?: boolean;
  }
  it.each<[string, string, Undoing]>([
    ['durability', 'synchronous_commit is "off"', { query: { synchronous_commit: 'off' } }],
    ['durability', 'synchronous_commit is "local"', { query: { options: '-c synchronous_commit=local' } }],
    [
      'durability',
      'synchronous_commit is "off"',
      { sql: ({ role }) => `alter role ${role} set synchronous_commit = off` },
    ],
    ['durability', 'zero_damaged_pages is "on"', { query: { zero_damaged_pages: 'on' }, superuser: true }],
    [
      'database',
      'zero_damaged_pages is "on"',
      { sql: ({ role }) => `alter role ${role} set zero_damaged_pages = on` },
    ],
    ['session', 'DateStyle is "SQL, DMY"', { query: { DateStyle: 'SQL, DMY' } }],
    [
      'session',
      'DateStyle is "SQL, DMY"',
      { sql: ({ role }) => `alter role ${role} set datestyle = 'SQL, DMY'` },
    ],
    [
      'session',
      'default_transaction_isolation is "serializable"',
      {
        sql: ({ database }) => `alter database ${database} set default_transaction_isolation = serializable`,
      },
    ],
    ['session', 'search_path is "other"', { query: { search_path: 'other' } }],
  ])('%s: %s, %j', async (name, found, { query = {}, sql, superuser = false }) => {
    const role = await freshRole();
    if (superuser) await role.admin.unsafe(`alter role ${role.role} superuser`);
    const url = new URL(role.url);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    if (sql) await role.admin.unsafe(sql(role));
    const { findings, code } = await doctor({
      ...{ NODE_ENV: 'production', KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com' },
      ...{
        DATABASE_URL: url.href,
        KEYSEAL_DATA_DIR: await freshFolder(),
        KEYSEAL_MASTER_KEYS: `1:${secret}`,
      },
    });
    expect(code).toBe(1);
    const finding = findings.find((one) => one.name === name);
    expect(finding).toMatchObject({ state: 'wrong', found: expect.stringContaining(found) });
    expect(finding?.fix).toMatch(/^(Remove|Run ALTER|Set) /);
  });
});

requires('postgres').test('doctor names settings of DATABASE_URL that have no effect', async () => {
  const url = new URL(await freshPostgres());
  url.searchParams.set('timezone', 'UTC');
  url.searchParams.set('options', '-c lock_timeout=0 --statement-timeout=5000 -cwork_mem=64MB');
  const env = { NODE_ENV: 'production', KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com' };
  const more = {
    DATABASE_URL: url.href,
    KEYSEAL_DATA_DIR: await freshFolder(),
    KEYSEAL_MASTER_KEYS: `1:${secret}`,
  };
  const { findings } = await doctor({ ...env, ...more });
  expect(findings.find(({ name }) => name === 'session')).toEqual({
    name: 'session',
    state: 'right',
    found:
      'DATABASE_URL sets TimeZone, lock_timeout, statement_timeout without effect: Keyseal sets this itself',
    fix: 'Remove TimeZone, lock_timeout, statement_timeout from DATABASE_URL.',
  });
});
