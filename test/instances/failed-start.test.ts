import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { splitDatabaseUrl } from '../../server/lib/database-url.ts';
import { failureSentence } from '../../server/stores/database/connection/failure-sentence.ts';
import { FAILURES } from '../../server/stores/database/connection/failure-table.ts';
import { readPostgresUrl } from '../../server/stores/database/connection/postgres-url.ts';
import { MessageReader } from '../../server/stores/database/connection/protocol-messages.ts';
import { serverProblem } from '../../server/stores/database/connection/server-check.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { requires } from '../harness/requires.ts';

/** The message of a failed startup. */
async function failing(databaseUrl: string): Promise<string> {
  const opened = await openDatabase({ databaseUrl, dataDir: '' }).catch((error: Error) => error);
  if (!(opened instanceof Error)) {
    await opened.close();
    throw new Error('the database was opened');
  }
  expect(opened.name).toBe('ConfigError');
  expect(opened.message).toMatch(/^The database of DATABASE_URL \([^)]*\) [^\n]+\.$/);
  return opened.message;
}

function at(url: string, change: Partial<Record<'username' | 'password' | 'pathname' | 'search', string>>) {
  return Object.assign(new URL(url), change).href;
}

/** What is wrong, with the role and its database. */
type Break = (fresh: FreshRole) => Promise<string>;

const running = (sql: (fresh: FreshRole) => string): Break => {
  return async (fresh) => {
    await fresh.admin.unsafe(sql(fresh));
    return fresh.url;
  };
};
const search =
  (text: string): Break =>
  async ({ url }) =>
    at(url, { search: text });

requires('postgres').describe('a startup that Postgres prevents says why, and what to do', () => {
  it.each<[string, Break, RegExp]>([
    ['an unknown parameter', search('?nonsense=1'), /refuses a setting .*"nonsense"; 42704\). Remove that/],
    ['a wrong value', search('?work_mem=much'), /refuses a setting .*"work_mem".*22023/],
    ['a setting of the server', search('?fsync=off'), /refuses a setting .*"fsync".*55P02/],
    [
      'a setting of superusers',
      search('?log_statement=all'),
      /does not grant .*"log_statement".*42501.*superuser/,
    ],
    [
      'a wrong password',
      async ({ url }) => at(url, { password: 'hunter2%25' }),
      /refuses the password \(.*28P01\). Correct user and password/,
    ],
    [
      'no password',
      async ({ url }) => at(url, { password: '' }),
      /asks for a password, and DATABASE_URL has none \(.*28P01\)\. Write it into DATABASE_URL or PGPASSWORD: .*\.pgpass/,
    ],
    [
      'no such role',
      async ({ url }) => at(url, { username: 'nobody' }),
      /refuses the password|does not let this role log in/,
    ],
    [
      'no such database',
      async ({ url }) => at(url, { pathname: '/nowhere' }),
      /does not exist \(.*3D000\). Create/,
    ],
    [
      'a role without LOGIN',
      running(({ role }) => `alter role ${role} nologin`),
      /does not let this role log in.*28000/,
    ],
    [
      'too many connections',
      running(({ role }) => `alter role ${role} connection limit 0`),
      /no connection left \(.*53300\). Raise/,
    ],
    [
      'a role that is read-only',
      running(({ role }) => `alter role ${role} set default_transaction_read_only = on`),
      /is read-only \(.*25006\). Connect to the primary/,
    ],
    ['no schema public', running(() => 'drop schema public cascade'), /lacks the schema public \(.*3F000/],
    [
      'no right to the schema public',
      running(
        ({ role }) =>
          `alter schema public owner to postgres; revoke all on schema public from ${role}, public`,
      ),
      /does not grant this role .*42501\)/,
    ],
    [
      'tables of another application',
      running(() => 'create table public.users (id int)'),
      /not Keyseal's \(.*42P0\d\). Give Keyseal its own database/,
    ],
    [
      "another application's migrations",
      running(
        ({ role }) =>
          `create schema drizzle authorization ${role}; create table drizzle.__drizzle_migrations (version text); alter table drizzle.__drizzle_migrations owner to ${role}`,
      ),
      /not Keyseal's \(.*42703\). Give Keyseal its own database/,
    ],
  ])('%s', async (_, broken, sentence) => {
    const said = await failing(await broken(await freshRole()));
    expect(said).toMatch(sentence);
    expect(said).not.toMatch(/does not answer|hunter2|secret/);
  });

  it.each([
    ['SQL_ASCII', `encoding 'SQL_ASCII' locale 'C'`],
    ['LATIN1', `encoding 'LATIN1' locale 'C'`],
  ])('D10: a database in %s is refused, by the name of its encoding', async (encoding, how) => {
    const role = await freshRole();
    const database = `${role.database}_${encoding.toLowerCase()}`;
    await role.admin.unsafe(`create database ${database} owner ${role.role} ${how} template template0`);
    const opened = openDatabase({ databaseUrl: at(role.url, { pathname: `/${database}` }), dataDir: '' });
    await expect(opened).rejects.toThrow(
      new RegExp(`has the encoding ${encoding}, .* needs UTF8\\. Create one with CREATE DATABASE`),
    );
  });

  it.each<[string, Break, RegExp]>([
    [
      'no right to them',
      running(() => 'revoke select on pg_catalog.pg_settings from public'),
      /pg_settings; 42501\)\. Grant .*GRANT SELECT ON pg_catalog\.pg_settings/,
    ],
    [
      'no room for them',
      running(
        ({ role }) => `alter role ${role} set temp_file_limit = 0; alter role ${role} set work_mem = '64kB'`,
      ),
      /temporary file size exceeds .*; 53400\)\. Raise temp_file_limit and work_mem/,
    ],
  ])('D14: settings of the session that cannot be read: %s', async (_, broken, sentence) => {
    const opened = openDatabase({ databaseUrl: await broken(await freshRole()), dataDir: '' });
    await expect(opened).rejects.toThrow(sentence);
    await expect(opened).rejects.toThrow(/^The settings of the session with the database cannot be read \(/);
  });

  it('a % in the password that starts no encoded character', async () => {
    const url = 'postgres://keyseal:100%hunter2@127.0.0.1:1/keyseal';
    const opened = openDatabase({ databaseUrl: url, dataDir: '' });
    await expect(opened).rejects.toThrow(/^DATABASE_URL has a % .*write it as %25\.$/);
  });

  it('without repeating a password from the server’s message', async () => {
    const url = at(await freshPostgres(), { search: '?password=in-the-wrong-place' });
    expect(await failing(url)).not.toContain('in-the-wrong-place');
  });
});

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** Something that is not Postgres, or a Postgres that refuses. @param speak at each connection */
async function listening(speak: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    speak(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `postgres://ada:hunter2-in-the-url@127.0.0.1:${(server.address() as { port: number }).port}/keyseal`;
}

/** An ErrorResponse. */
function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const header = Buffer.alloc(5, 'E');
  header.writeUInt32BE(4 + fields.length, 1);
  return Buffer.concat([header, fields]);
}

/** A proxy before the Postgres of a role. @param change what becomes of a chunk from the client or of the server's */
async function through(url: string, { fromClient, fromServer }: Partial<Proxy>): Promise<string> {
  const { hostname, port } = new URL(url);
  const proxy = new URL(
    await listening((client) => {
      const upstream = connect(Number(port), hostname).on('error', () => client.destroy());
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.end());
      const ends = { client, upstream };
      client.on('data', (bytes: Buffer) => (fromClient ?? forwardUp)(bytes, ends));
      upstream.on('data', (bytes: Buffer) => (fromServer ?? forwardDown)(bytes, ends));
    }),
  );
  return Object.assign(new URL(url), { host: proxy.host }).href;
}
interface Ends {
  readonly client: Socket;
  readonly upstream: Socket;
}
type Proxy = Record<'fromClient' | 'fromServer', (bytes: Buffer, ends: Ends) => void>;
const forwardUp = (bytes: Buffer, { upstream }: Ends) => void upstream.write(bytes);
const forwardDown = (bytes: Buffer, { client }: Ends) => void client.write(bytes);

requires('postgres').describe('the server’s reason is reported although the connection ends', () => {
  it('in an error before ReadyForQuery', async () => {
    const fresh = await freshRole();
    await fresh.admin.unsafe(`alter role ${fresh.role} set default_transaction_read_only = on`);
    // Postgres flushes an ErrorResponse by itself; what follows it may be in a later packet, and never arrives here.
    const url = await through(fresh.url, {
      fromServer: (bytes, { client }) => {
        const messages = new MessageReader();
        messages.add(bytes);
        for (let next = messages.next(); next; next = messages.next()) {
          client.write(next.bytes);
          if (next.type === 'E') return;
        }
      },
    });
    expect(await failing(url)).toMatch(/is read-only \(.*25006\). Connect to the primary/);
  });

  it.each(['pg_is_in_recovery', 'server_version', 'to_regclass', 'CREATE SCHEMA', 'CREATE TABLE "'])(
    'a server that shuts down at %s',
    async (statement) => {
      const url = await through((await freshRole()).url, {
        fromClient: (bytes, ends) => {
          if (!bytes.includes(statement)) return forwardUp(bytes, ends);
          ends.client.end(refusal('57P01', 'terminating connection'));
        },
      });
      expect(await failing(url)).toMatch(/not accept connections now \(terminating connection; 57P01\)/);
    },
  );
});

const answering = (bytes: Buffer | string) => (socket: Socket) =>
  socket.once('data', () => socket.end(bytes));
/** Says yes to TLS, and refuses the handshake: handshake_failure (RFC 8446 §6.2). */
const alerting = (socket: Socket) =>
  socket.once('data', () => {
    socket.write('S');
    socket.once('data', () => socket.end(Buffer.from('15030300020228', 'hex')));
  });
const LOST = /closed the connection without saying why/;
const HTTP = answering('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');

describe('a port where Postgres does not serve', () => {
  it.each<[string, (socket: Socket) => void, string, RegExp]>([
    ['HTTP', HTTP, '', /is not Postgres/],
    ['HTTP, asked for TLS', HTTP, '?sslmode=require', /is not Postgres/],
    [
      'HTTP, TLS at once',
      HTTP,
      '?sslmode=require&sslnegotiation=direct',
      /does not complete the TLS handshake/,
    ],
    ['SSH', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'), '', /is not Postgres/],
    [
      'SSH, asked for TLS',
      (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
      '?sslmode=prefer',
      /is not Postgres/,
    ],
    ['Redis', answering('-ERR unknown command\r\n'), '', /is not Postgres/],
    ['MySQL', (socket) => socket.write(Buffer.from('4a0000000a382e302e3336', 'hex')), '', /is not Postgres/],
    ['a message that is too short', answering(Buffer.from('4b00000004', 'hex')), '', /is not Postgres/],
    ['a length that counts nothing', answering(Buffer.from('5200000000', 'hex')), '', /is not Postgres/],
    ['a proxy without a server', (socket) => socket.end(), '', /closed the connection without saying why/],
    [
      'a proxy that resets',
      (socket) => socket.resetAndDestroy(),
      '',
      /closed the connection without saying why/,
    ],
    ['a close instead of yes or no to TLS', answering(''), '?sslmode=require', LOST],
    ['a close at once, asked for TLS', (socket) => socket.end(), '?sslmode=prefer', LOST],
    ['a close after yes to TLS', answering('S'), '?sslmode=require', LOST],
    ['a close, TLS at once', answering(''), '?sslmode=require&sslnegotiation=direct', LOST],
    ['no to TLS', answering('N'), '?sslmode=require', /does not encrypt as sslmode requires/],
    ['a TLS alert', alerting, '?sslmode=require', /does not complete the TLS handshake/],
    ['silence', () => {}, '', /does not answer in time/],
    ['silence, asked for TLS', () => {}, '?sslmode=require', /does not answer in time/],
    [
      'starting up',
      answering(refusal('57P03', 'the database system is starting up')),
      '',
      /not accept connections now \(the database system is starting up; 57P03\). Start again/,
    ],
    [
      'shutting down',
      answering(refusal('57P01', 'terminating connection')),
      '',
      /not accept connections now/,
    ],
    [
      'pg_hba.conf',
      answering(refusal('28000', 'no pg_hba.conf entry for host "10.0.0.1", no encryption')),
      '',
      /does not let this role log in \(no pg_hba.conf entry .*28000\).*sslmode/,
    ],
    [
      'a refusal that repeats the password',
      answering(refusal('XX000', 'bad: hunter2-in-the-url\nline two')),
      '',
      /cannot be used \(bad: … line two; XX000\)/,
    ],
  ])('%s', async (_, speak, query, sentence) => {
    const said = await failing((await listening(speak)) + query);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('hunter2');
    if (!sentence.source.includes('not answer')) expect(said).not.toContain('does not answer');
  });

  it.each([
    ['postgres://u:p@127.0.0.1:1/keyseal', /does not answer: nothing listens there \(.*ECONNREFUSED/],
    ['postgres://u:p@nowhere.invalid/keyseal', /DNS does not resolve the host/],
  ])('%s', async (url, sentence) => {
    expect(await failing(url)).toMatch(sentence);
  });
});

describe('a server that does not meet the requirements', () => {
  const fits = { version: '17.2', versionNumber: 170_002, encoding: 'UTF8', hasCollation: true };

  it.each([
    ['too old', { version: '12.22', versionNumber: 120_022 }, /Postgres 12\.22: Keyseal needs 13 or later/],
    ['a number that is none', { versionNumber: Number.NaN }, /Keyseal needs 13 or later/],
    ['another encoding', { encoding: 'EUC_JP' }, /encoding EUC_JP.*needs UTF8/],
    ['without ICU', { hasCollation: false }, /built with ICU/],
  ])('%s', (_, wrong, sentence) => {
    expect(serverProblem({ ...fits, ...wrong })).toMatch(sentence);
  });

  it('is accepted if it meets them', () => {
    expect(serverProblem(fits)).toBeNull();
  });
});

describe('D6: DATABASE_URL with several hosts, as libpq takes it', () => {
  it.each([
    ['postgres://u:p@a/d', [['a', undefined]]],
    [
      'postgres://u:p@a:1,b:2/d',
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    [
      'postgres://u:p@a,b:2/d',
      [
        ['a', 2],
        ['b', 2],
      ],
    ],
    [
      'postgresql://u@[::1]:1,[2001:db8::1]:2/d?x=y',
      [
        ['[::1]', 1],
        ['[2001:db8::1]', 2],
      ],
    ],
    ['postgres://u@%2Fvar%2Frun/d', [['%2Fvar%2Frun', undefined]]],
    ['postgres:///d', [['', undefined]]],
    ['postgres://u:p@a:1,b:99999/d', null],
    ['postgres://u:p@a:1,b:x/d', null],
    ['mysql://a/d', null],
    // As other programs write a Unix socket: Cloud SQL, node-postgres.
    ['postgres:///d?host=/s&port=5433', [['%2Fs', 5433]]],
    ['postgres://u:p@/d?host=/cloudsql/a:b:c', [['%2Fcloudsql%2Fa%3Ab%3Ac', undefined]]],
    [
      'postgres://h:1/d?host=a,b&port=2,3',
      [
        ['a', 2],
        ['b', 3],
      ],
    ],
    ['postgres://h/d?port=4', [['h', 4]]],
    ['postgres://h/d?port=x', null],
    // A password with a character that ends it.
    ['postgres://u:p@ss@h/d', null],
    ['postgres://u:12/ss@h/d', null],
    ['postgres://u:12?ss@h/d', null],
    ['postgres://u:12#ss@h/d', null],
    ['postgres://u:12@ss/ss@h/d', null],
  ] as const)('%s', (url, hosts) => {
    const split = splitDatabaseUrl(url);
    expect(split?.hosts.map(({ host, port }) => [host, port]) ?? null).toEqual(hosts);
  });

  it('takes user, password and database from the query too', () => {
    const split = splitDatabaseUrl(
      'postgres://h?user=a@b&password=c%252&dbname=e f&work_mem=1'.replace('@', '%40'),
    );
    const { username, password, pathname, search } = split?.url ?? new URL('x:');
    expect([username, password, pathname, search].map(decodeURIComponent)).toEqual([
      'a@b',
      'c%2',
      '/e f',
      '?work_mem=1',
    ]);
  });

  it.each([
    ['postgres://u@h/d?password=a+b%20c', 'a+b c'],
    ['postgres://u:a+b%2Bc@h/d?options=-c+work_mem=1', 'a+b+c'],
    ["postgres://u:!$&'()*,;=:é😀%25%5B@h/d", "!$&'()*,;=:é😀%["],
  ])('reads the password of %s as it is', (url, password) => {
    expect(readPostgresUrl(url).password).toBe(password);
  });

  it.each(['standby', 'read-only', 'prefer-standby'])('target_session_attrs=%s is refused', async (value) => {
    const opened = openDatabase({
      databaseUrl: `postgres://u@a/d?target_session_attrs=${value}`,
      dataDir: '',
    });
    await expect(opened).rejects.toThrow(/target_session_attrs=read-write or primary/);
  });
});

describe('D6: parameters of libpq for the client, as hosted databases write them', () => {
  it.each([
    'channel_binding=require',
    'gssencmode=require',
    'require_auth=scram-sha-256',
    'require_auth=!password',
  ])('%s, which Keyseal cannot demand, is refused in a sentence', async (parameter) => {
    const opened = openDatabase({ databaseUrl: `postgres://u@a/d?${parameter}`, dataDir: '' });
    await expect(opened).rejects.toThrow(
      `DATABASE_URL has ${parameter}, which Keyseal cannot require when it connects. Remove it, and set sslmode=verify-full`,
    );
  });

  requires('postgres').test('others change nothing, and are named once', async () => {
    const names = ['connect_timeout', 'keepalives_idle', 'tcp_user_timeout', 'load_balance_hosts'];
    const query = `${names.map((name) => `${name}=10`).join('&')}&channel_binding=prefer&gssencmode=disable`;
    const warned: unknown[] = [];
    const databaseUrl = at(await freshPostgres(), { search: `?${query}` });
    const opened = await openDatabase({ databaseUrl, dataDir: '' }, 'migrate', undefined, (details) =>
      warned.push(details),
    );
    await opened.close();
    expect(warned).toEqual([{ settings: [...names, 'channel_binding', 'gssencmode'] }]);
  });
});

describe('the table of failures', () => {
  it('has a sentence and a remedy for each code, in each step', () => {
    for (const [step, table] of Object.entries(FAILURES)) {
      for (const [code, { wrong, fix }] of Object.entries(table)) {
        expect(`${step} ${code} ${wrong}`).not.toMatch(/[.\n]$/);
        expect(fix).toMatch(/^[A-Z][^\n]+\.$/);
      }
    }
  });

  it.each(['40P01', '55P03', '53100', '25006'])(
    'knows %s while migrating, below what drizzle wraps',
    (code) => {
      const error = new Error('Failed query: insert into x params: secret', {
        cause: Object.assign(new Error('what Postgres said'), { code }),
      });
      const said = failureSentence('The database', error, 'migrating', null);
      expect(said).toContain(`(what Postgres said; ${code})`);
      expect(said).not.toMatch(/secret|cannot be used/);
    },
  );

  it.each(['', 'toString', 'constructor', '__proto__'])(
    'says message and code of what it does not know: "%s"',
    (code) => {
      const error = Object.assign(new Error('odd'), { code });
      expect(failureSentence('The database', error, 'using', null)).toMatch(
        /^The database cannot be used \(odd/,
      );
    },
  );
});
