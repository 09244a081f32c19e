import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { freshPglite, freshPostgres } from '../harness/fresh.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { createKey, mutate, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { restart, sibling, startTestService } from '../harness/service.ts';

/** A day that `SQL, DMY` writes as a date that JavaScript cannot read. */
const LONG_AGO = '2025-12-25 10:00:00+00';

/** Each way in which a session gets other settings than those of Postgres: statements, and what the URL adds. */
const WAYS: readonly { way: string; sql?: (role: FreshRole) => string; query?: Record<string, string> }[] = [
  { way: 'the role sets datestyle', sql: ({ role }) => `alter role ${role} set datestyle = 'SQL, DMY'` },
  {
    way: 'the role sets datestyle Postgres',
    sql: ({ role }) => `alter role ${role} set datestyle = 'Postgres, DMY'`,
  },
  {
    way: 'the database sets datestyle',
    sql: ({ database }) => `alter database ${database} set datestyle = 'German'`,
  },
  {
    way: 'the role sets it in one database',
    sql: ({ role, database }) => `alter role ${role} in database ${database} set datestyle = 'SQL, DMY'`,
  },
  {
    way: 'the role sets time zone and interval style',
    sql: ({ role }) =>
      `alter role ${role} set timezone = 'Africa/Monrovia'; alter role ${role} set intervalstyle = 'sql_standard'`,
  },
  { way: 'the URL sets datestyle', query: { DateStyle: 'SQL, DMY' } },
  { way: 'the URL sets datestyle in another case', query: { datestyle: 'SQL, DMY' } },
  { way: 'the URL sets options', query: { options: '-c datestyle=SQL,DMY -c TimeZone=Asia/Kolkata' } },
  { way: 'the role sets search_path', sql: ({ role }) => `alter role ${role} set search_path = 'nowhere'` },
  { way: 'the role sets a tiny lock_timeout', sql: ({ role }) => `alter role ${role} set lock_timeout = 1` },
];

requires('postgres').describe('A2: settings of role, database and URL', () => {
  it('a transaction timeout of the role ends no migration and no call', async () => {
    const role = await freshRole();
    await role.admin.unsafe(`alter role ${role.role} set transaction_timeout = '300ms'`);
    const service = await startTestService({ env: { DATABASE_URL: role.url } });
    const ada = await signUp(service);
    expect((await query(service, await createKey(service, ada), 'exemple')).status).toBe(200);
    await service.stop();
  });

  it.each(WAYS)(
    'change nothing where $way: what has expired is refused',
    async ({ sql, query: parameters = {} }) => {
      const role = await freshRole();
      const first = await startTestService({ env: { DATABASE_URL: role.url } });
      const ada = await signUp(first);
      const make = () => createKey(first, ada);
      const [expiring, rotated, unchanged] = await Promise.all([make(), make(), make()]);
      const fresh = await mutate(first, ada, 'keys.rotate', { id: rotated.id, graceSeconds: 3600 });
      expect(fresh.status).toBe(200);
      await first.stop();
      await role.admin.unsafe(`update keys set expires_at = '${LONG_AGO}' where id = '${expiring.id}'`);
      await role.admin.unsafe(
        `update keys set previous_valid_until = '${LONG_AGO}' where id = '${rotated.id}'`,
      );
      if (sql) await role.admin.unsafe(sql(role));
      const url = new URL(role.url);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);

      const second = await sibling(first, { DATABASE_URL: url.href });
      try {
        expect((await query(second, expiring, 'exemple')).reason).toBe('KEY_EXPIRED');
        expect((await query(second, rotated, 'exemple')).reason).toBe('KEY_INVALID');
        expect((await query(second, unchanged, 'exemple')).status).toBe(200);
      } finally {
        await second.stop();
      }
    },
  );
});

requires('postgres').describe('A4: another isolation level of the role', () => {
  it.each(['repeatable read', 'serializable'])('%s costs no call of a key with a limit', async (level) => {
    const role = await freshRole();
    await role.admin.unsafe(`alter role ${role.role} set default_transaction_isolation = '${level}'`);
    const service = await startTestService({ env: { DATABASE_URL: role.url } });
    try {
      const limits = [{ name: 'minute', limit: 1000, windowSeconds: 60 }];
      const key = await createKey(service, await signUp(service), { limits });
      const calls = Array.from({ length: 16 }, () => query(service, key, 'exemple'));
      expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(16).fill(200));
    } finally {
      await service.stop();
    }
  });
});

describe('A2: settings in the data directory of PGlite', () => {
  it('change nothing: what has expired is refused', async () => {
    const KEYSEAL_DATA_DIR = await freshPglite();
    const first = await startTestService({ env: { KEYSEAL_DATA_DIR } });
    const ada = await signUp(first);
    const expiring = await createKey(first, ada);
    const { db } = first.running.service.stores.database;
    await db.execute(`update keys set expires_at = '${LONG_AGO}' where id = '${expiring.id}'`);
    await db.execute(`alter database postgres set datestyle = 'SQL, DMY'`);
    await db.execute(`alter role postgres set timezone = 'Africa/Monrovia'`);
    const second = await restart(first);
    try {
      expect((await query(second, expiring, 'exemple')).reason).toBe('KEY_EXPIRED');
      expect((await query(second, first.demo, 'exemple')).status).toBe(200);
    } finally {
      await second.stop();
    }
  });
});

/** What a guarantee needs of a session, and values that would undo it. */
const NEEDED: Readonly<Record<string, RegExp>> = {
  synchronous_commit: /^on$/,
  zero_damaged_pages: /^off$/,
  ignore_checksum_failure: /^off$/,
  session_replication_role: /^origin$/,
  transform_null_equals: /^off$/,
  array_nulls: /^on$/,
  standard_conforming_strings: /^on$/,
  search_path: /^public, pg_temp$/,
  default_transaction_isolation: /^read committed$/,
  transaction_isolation: /^read committed$/,
};
/** What a URL may add to undo one, for a superuser, who may set all of them. */
const UNDOING: readonly (readonly [name: string, value: string])[] = [
  ['synchronous_commit', 'off'],
  ['Synchronous_Commit', 'local'],
  ['SYNCHRONOUS_COMMIT', 'remote_write'],
  ['options', '-csynchronous_commit=off'],
  ['options', '--synchronous-commit=off'],
  ['options', '-c\\ synchronous_commit=off'],
  ['zero_damaged_pages', 'on'],
  ['options', '-c zero_damaged_pages=on'],
  ['ignore_checksum_failure', 'on'],
  ['options', '--ignore-checksum-failure=on'],
  ['session_replication_role', 'replica'],
  ['options', '-c session_replication_role=replica'],
  ['transform_null_equals', 'on'],
  ['array_nulls', 'off'],
  ['standard_conforming_strings', 'off'],
  ['search_path', 'pg_temp, public'],
  ['transaction_isolation', 'serializable'],
  ['default_transaction_deferrable', 'on'],
  ['fsync', 'off'],
  ['full_page_writes', 'off'],
];

requires('postgres').describe('A3: a URL undoes no guarantee', () => {
  it.each(UNDOING)('by %s=%s', async (name, value) => {
    const url = new URL(await freshPostgres());
    url.searchParams.set(name, value);
    const started = await startTestService({ env: { DATABASE_URL: url.href } }).catch(
      (error: Error) => error,
    );
    if (started instanceof Error) {
      expect(`${started.name}: ${started.message}`).toMatch(/^ConfigError: .{30,}/s);
      expect(started.message).toMatch(NAMED);
      return;
    }
    try {
      const rows = await started.running.service.stores.database.query<{ name: string; setting: string }>(
        sql`select name, setting from pg_settings where name in ${Object.keys(NEEDED)}`,
      );
      expect(rows).toHaveLength(Object.keys(NEEDED).length);
      for (const row of rows) expect(row.setting, row.name).toMatch(NEEDED[row.name] as RegExp);
    } finally {
      await started.stop();
    }
  });

  it.each(['zero_damaged_pages', 'ignore_checksum_failure'])(
    'nor does a role by %s: the start says which setting',
    async (name) => {
      const role = await freshRole();
      await role.admin.unsafe(`alter role ${role.role} set ${name} = on`);
      const starting = startTestService({ env: { DATABASE_URL: role.url } }).then(({ stop }) => stop());
      await expect(starting).rejects.toThrow(`${name} is "on" and must be "off"`);
    },
  );
});

/** The setting that startup refuses, or the parameter of the URL that the server refuses. */
const NAMED = /is "[^"]+" and must be|cannot be changed|permission denied|parameter/;

requires('postgres').describe('settings of DATABASE_URL that Keyseal sets itself', () => {
  const warnings = ({ log }: { readonly log: readonly string[] }) =>
    log.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('DATABASE_URL has settings'));

  it('are listed once at startup, without their values', async () => {
    const url = new URL((await freshRole()).url);
    url.searchParams.set('timezone', 'Europe/Paris');
    url.searchParams.set('application_name', 'mine');
    url.searchParams.set('options', '-c datestyle=German --work_mem=8MB');
    const service = await startTestService({ env: { DATABASE_URL: url.href } });
    const said = warnings(service);
    await service.stop();
    expect(said.map(({ level, settings }) => [level, settings])).toEqual([[40, ['TimeZone', 'DateStyle']]]);
    expect(JSON.stringify(said)).not.toMatch(/Paris|German|secret/);
  });

  it('cause no output if there are none', async () => {
    const url = `${(await freshRole()).url}?work_mem=8MB`;
    const service = await startTestService({ env: { DATABASE_URL: url } });
    await service.stop();
    expect(warnings(service)).toEqual([]);
  });
});
