import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readPostgresUrl } from '../../server/stores/database/connection/postgres-url.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { freePort } from '../harness/embedded-postgres.ts';
import { freshRole } from '../harness/fresh-role.ts';
import { requires } from '../harness/requires.ts';

afterEach(() => vi.unstubAllEnvs());

/** Opens the database, and says in which one it is. */
async function opened(databaseUrl: string): Promise<string> {
  const database = await openDatabase({ databaseUrl, dataDir: '' });
  try {
    const [row] = await database.query<{ name: string }>(sql`select current_database() as name`);
    return String(row?.name);
  } finally {
    await database.close();
  }
}

const refused = async (databaseUrl: string) =>
  openDatabase({ databaseUrl, dataDir: '' }).then(
    () => {
      throw new Error('the database was opened');
    },
    (error: Error) => `${error.name}: ${error.message}`,
  );

requires('postgres').describe('D14: variables of the environment that libpq or the driver knows', () => {
  it.each([
    ['PGTARGETSESSIONATTRS', 'any'],
    ['PGTARGETSESSIONATTRS', 'primary'],
    ['PGTARGETSESSIONATTRS', 'read-write'],
    ['PGTARGET_SESSION_ATTRS', 'standby'],
    ['PGMAX', '0'],
    ['PGMAX_PIPELINE', '0'],
    ['PGMAX_LIFETIME', '0.001'],
    ['PGIDLE_TIMEOUT', '0.001'],
    ['PGKEEP_ALIVE', 'x'],
    ['PGCONNECT_TIMEOUT', '0.001'],
    ['PGFETCH_TYPES', 'true'],
    ['PGUSERNAME', 'nobody'],
    ['PGHOST', '127.0.0.9'],
    ['PGPORT', '1'],
    ['PGUSER', 'nobody'],
    ['PGDATABASE', 'nowhere'],
    ['PGPASSWORD', 'wrong'],
    ['PGAPPNAME', 'other'],
    ['PGCHANNELBINDING', 'prefer'],
    ['PGSSLMINPROTOCOLVERSION', 'TLSv1.2'],
    ['PGSSLMODE', ''],
    ['PGSSLROOTCERT', ''],
    ['PGSSLCERT', ''],
  ])('%s=%s changes nothing of a whole DATABASE_URL', async (name, value) => {
    const { url, database } = await freshRole();
    vi.stubEnv(name, value);
    expect(await opened(url)).toBe(database);
    expect(process.env[name]).toBe(value);
  });

  it('PGSERVICE stands for nothing if DATABASE_URL has all that a service says of the way to a server', async () => {
    const { url, database } = await freshRole();
    vi.stubEnv('PGSERVICE', 'shop');
    expect(await opened(`${url}?sslmode=disable`)).toBe(database);
  });

  it('PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE stand for what DATABASE_URL lacks', async () => {
    const { url, database, role } = await freshRole();
    const { hostname, port, password } = new URL(url);
    const place = { PGHOST: `${hostname},${hostname}`, PGPORT: `${await freePort()},${port}` };
    const login = { PGUSER: role, PGPASSWORD: password, PGDATABASE: database };
    for (const [name, value] of Object.entries({ ...place, ...login })) vi.stubEnv(name, value);
    expect(await opened('postgres://')).toBe(database);
  });
});

describe('D14: what Keyseal cannot require is refused, in the URL and in the environment', () => {
  it.each([
    ['PGCHANNELBINDING', 'require', /PGCHANNELBINDING=require.*sslmode=verify-full/],
    ['PGREQUIREAUTH', 'scram-sha-256', /PGREQUIREAUTH=scram-sha-256.*sslmode=verify-full/],
    ['PGGSSENCMODE', 'require', /PGGSSENCMODE=require.*sslmode=verify-full/],
    ['PGREQUIREPEER', 'postgres', /PGREQUIREPEER=postgres/],
    ['PGSSLCRL', '/crl.pem', /PGSSLCRL=/],
    ['PGSSLCRLDIR', '/crls', /PGSSLCRLDIR=/],
    ['PGSSLCERTMODE', 'require', /PGSSLCERTMODE=require/],
    ['PGSSLMINPROTOCOLVERSION', 'TLSv1.3', /PGSSLMINPROTOCOLVERSION=TLSv1\.3/],
    ['PGTARGETSESSIONATTRS', 'standby', /PGTARGETSESSIONATTRS="standby".*read-write or primary/],
    ['PGTARGETSESSIONATTRS', 'prefer-standby', /PGTARGETSESSIONATTRS.*"prefer-standby"/],
    ['PGHOSTADDR', '127.0.0.1', /PGHOSTADDR=127\.0\.0\.1.*host/],
    ['PGSERVICE', 'shop', /PGSERVICE=shop.*no service files.*Write sslmode into DATABASE_URL too, or remove/],
  ])('%s=%s', async (name, value, sentence) => {
    vi.stubEnv(name, value);
    const said = await refused('postgres://u:p@127.0.0.1:1/d');
    expect(said).toMatch(/^ConfigError: The environment has PG/);
    expect(said).toMatch(sentence);
  });

  it.each([
    ['hostaddr=127.0.0.1', /hostaddr=127\.0\.0\.1.*Write the address as host/],
    ['service=shop', /service=shop.*no service files/],
    ['servicefile=/a', /servicefile=\/a/],
    ['passfile=/a', /passfile=\/a.*no password files/],
    ['requirepeer=postgres', /requirepeer=postgres/],
  ])('?%s', async (query, sentence) => {
    const said = await refused(`postgres://u:p@127.0.0.1:1/d?${query}`);
    expect(said).toMatch(/^ConfigError: DATABASE_URL has /);
    expect(said).toMatch(sentence);
  });

  it('PGSERVICE: the sentence names what DATABASE_URL leaves to the service', async () => {
    vi.stubEnv('PGSERVICE', 'shop');
    expect(await refused('postgres://u@h?sslmode=require')).toContain('Write password and database into');
    expect(await refused('postgres://')).toContain(
      'Write user, password, host, database and sslmode into DATABASE_URL too, or remove PGSERVICE',
    );
    // A socket is not encrypted.
    expect(readPostgresUrl('postgres://u:p@/d?host=/run/postgresql')).toMatchObject({ database: 'd' });
  });

  it('PGSSLNEGOTIATION and PGREQUIRESSL are obeyed, as PGSSLMODE is', () => {
    vi.stubEnv('PGSSLNEGOTIATION', 'direct');
    vi.stubEnv('PGREQUIRESSL', '1');
    expect(readPostgresUrl('postgres://u@h/d')).toMatchObject({ direct: true, sslMode: 'require' });
    expect(readPostgresUrl('postgres://u@h/d?sslnegotiation=postgres&sslmode=prefer')).toMatchObject({
      direct: false,
      sslMode: 'prefer',
    });
  });

  it('a port that is none', async () => {
    vi.stubEnv('PGPORT', 'x');
    expect(await refused('postgres://u@h/d')).toMatch(/PGPORT/);
  });
});

requires('postgres').describe('D14: sockets in a list of hosts', () => {
  async function places() {
    const { url, database, admin } = await freshRole();
    const [row] = await admin<{ folder: string }[]>`
      select current_setting('unix_socket_directories') as folder`;
    const { port, username, password, hostname } = new URL(url);
    const start = `postgres://${username}:${password}@/${database}`;
    return { start, database, port, hostname, folder: String(row?.folder) };
  }

  it('a host follows a socket that does not exist', async () => {
    const { start, database, port, hostname } = await places();
    expect(await opened(`${start}?host=/nonexistent,${hostname}&port=${port},${port}`)).toBe(database);
  });

  it('a socket follows a host where nothing listens', async () => {
    const { start, database, port, hostname, folder } = await places();
    const closed = await freePort();
    expect(await opened(`${start}?host=${hostname},${folder}&port=${closed},${port}`)).toBe(database);
  });

  it('a sentence names the socket as it was written', async () => {
    const said = await refused('postgres://u:p@/d?host=/nonexistent/a&port=5432');
    expect(said).toMatch(
      /The database of DATABASE_URL \(\/nonexistent\/a:5432\/d\) .*its socket does not exist/,
    );
  });
});

describe('D14: options of the driver and strings in DATABASE_URL', () => {
  it.each([
    ...['max_lifetime=0.001', 'max_lifetime=zz', 'max_lifetime=', 'max_lifetime=2147484', 'max_lifetime=-1'],
    ...['idle_timeout=0.001', 'idle_timeout=never', 'keep_alive=zz', 'keep_alive=1e3', 'prepare=maybe'],
  ])('%s is refused', async (option) => {
    const said = await refused(`postgres://u:p@127.0.0.1:1/d?${option}`);
    const [name = '', value = ''] = option.split('=');
    expect(said).toMatch(/^ConfigError: DATABASE_URL accepts /);
    expect(said).toContain(name);
    expect(said).toContain(`"${value}"`);
  });

  it.each(['max_lifetime=0', 'idle_timeout=600', 'keep_alive=0', 'keep_alive=30', 'prepare=true'])(
    '%s is taken',
    (option) => {
      expect(readPostgresUrl(`postgres://u@h/d?${option}`).database).toBe('d');
    },
  );

  it.each([
    'postgres://u:p@h/d?application_name=x%00y',
    'postgres://u%00:p@h/d',
    'postgres://u:p%00w@h/d',
    'postgres://u:p@h/d%00',
    'postgres://u:p@h/d?options=%00',
  ])('%s: no text of Postgres has a NUL', async (url) => {
    expect(await refused(url)).toMatch(/^ConfigError: DATABASE_URL has %00/);
  });
});

requires('postgres').test('prepare=false leaves no named statement in a session', async () => {
  const { url } = await freshRole();
  for (const [query, named] of [
    ['', true],
    ['?prepare=false', false],
    ['?max_lifetime=1&idle_timeout=1', true],
  ] as const) {
    const database = await openDatabase({ databaseUrl: url + query, dataDir: '' });
    const rows = await database.query<{ some: boolean }>(
      sql`select count(*) > 0 as some from pg_prepared_statements`,
    );
    await database.close();
    expect(rows[0]?.some).toBe(named);
  }
});
