import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { makeCertificate } from '../harness/certificates.ts';
import { startPostgres } from '../harness/embedded-postgres.ts';
import { requires } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';

/** Certificates by what they are made out for; each is its own authority. */
const MADE_FOR = { address: 'IP:127.0.0.1', name: 'DNS:localhost', other: 'DNS:db.example' } as const;
type Made = keyof typeof MADE_FOR;

requires('postgres', 'openssl').describe('A7: a database that encrypts', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let data: string;
  let admin: postgres.Sql;
  let shown: Made | null = null;
  let removeFolder: () => Promise<void>;

  beforeAll(async () => {
    const { folder, remove } = await runFolder('tls');
    removeFolder = remove;
    data = join(folder, 'data');
    server = await startPostgres(folder);
    admin = postgres(server.url, { max: 1, onnotice: () => {} });
    const { uid, gid } = statSync(data);
    for (const [made, name] of Object.entries(MADE_FOR)) {
      const { key, certificate } = makeCertificate(data, made, name);
      chmodSync(key, 0o600);
      for (const file of [key, certificate]) chownSync(file, uid, gid);
    }
  });
  afterAll(async () => {
    await admin.end({ timeout: 1 });
    await server.server.stop();
    await removeFolder();
  });

  /** Has the server show a certificate, or not encrypt. */
  async function show(made: Made | null): Promise<void> {
    if (made !== null && made !== shown) {
      await admin.unsafe(`alter system set ssl_cert_file = '${join(data, `${made}.crt`)}'`);
      await admin.unsafe(`alter system set ssl_key_file = '${join(data, `${made}.key`)}'`);
    }
    await admin.unsafe(`alter system set ssl = ${made === null ? 'off' : 'on'}`);
    await admin`select pg_reload_conf()`;
    shown = made;
    const wanted = made === null ? 'off' : 'on';
    await vi.waitUntil(async () => (await admin`show ssl`)[0]?.['ssl'] === wanted, { timeout: 10_000 });
  }

  /** Whether the session is encrypted, or why there is none. */
  async function session(host: string, query: Record<string, string>): Promise<boolean | string> {
    const url = new URL(server.url);
    url.hostname = host;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (query['sslmode'] === '') url.searchParams.delete('sslmode');
    try {
      const database = await openDatabase({ databaseUrl: url.href, dataDir: data }, 'leave');
      const [row] = await database.query<{ ssl: boolean }>(
        sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
      );
      await database.close();
      return row?.ssl ?? 'no row';
    } catch (error) {
      return (error as Error).message;
    }
  }

  it.each<[Made | null, string, string, Made | null, boolean | RegExp]>([
    ['address', '127.0.0.1', 'verify-full', 'address', true],
    ['name', 'localhost', 'verify-full', 'name', true],
    ['name', '127.0.0.1', 'verify-full', 'name', /another host \(.*ERR_TLS_CERT_ALTNAME_INVALID/],
    ['address', 'localhost', 'verify-full', 'address', /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['other', '127.0.0.1', 'verify-full', 'other', /ERR_TLS_CERT_ALTNAME_INVALID/],
    [
      'address',
      '127.0.0.1',
      'verify-full',
      null,
      /no trusted authority signed \(.*DEPTH_ZERO_SELF_SIGNED_CERT\)\. Set sslrootcert/,
    ],
    ['address', '127.0.0.1', 'verify-full', 'name', /SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE/],
    ['other', '127.0.0.1', 'verify-ca', 'other', true],
    ['other', '127.0.0.1', 'verify-ca', 'name', /SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE/],
    ['other', '127.0.0.1', 'require', null, true],
    ['other', '127.0.0.1', 'require', 'name', /SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE/],
    ['other', '127.0.0.1', 'prefer', null, true],
    ['other', '127.0.0.1', 'disable', null, false],
    [null, '127.0.0.1', 'prefer', null, false],
    [null, '127.0.0.1', 'require', null, /does not encrypt as sslmode requires \(.*CONNECTION_TLS_REFUSED/],
    [null, '127.0.0.1', 'verify-full', 'address', /CONNECTION_TLS_REFUSED/],
    ['address', '127.0.0.1', 'verify-most', null, /accepts sslmode=disable, prefer/],
  ])(
    'certificate for %s, host %s, sslmode=%s, trusted %s: %s',
    async (made, host, sslmode, trusted, wanted) => {
      await show(made);
      const root = trusted === null ? {} : { sslrootcert: join(data, `${trusted}.crt`) };
      const got = await session(host, { sslmode, ...root });
      if (typeof wanted === 'boolean') expect(got).toBe(wanted);
      else expect(got).toMatch(wanted);
    },
  );

  it.each(['verify-full', 'verify-ca'])(
    'sslmode=%s is checked where the environment switches off what Node checks',
    async (sslmode) => {
      await show('other');
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const wrong = await session('127.0.0.1', { sslmode, sslrootcert: join(data, 'name.crt') });
      vi.unstubAllEnvs();
      expect(wrong).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE/);
    },
  );

  it('a certificate file that does not exist is reported', async () => {
    const query = { sslmode: 'verify-full', sslrootcert: '/nowhere.crt' };
    expect(await session('127.0.0.1', query)).toBe(
      'The sslrootcert of DATABASE_URL, "/nowhere.crt", cannot be read (ENOENT). Correct the path, or let this user read the file.',
    );
  });

  it('a certificate file without a certificate is reported', async () => {
    const query = { sslmode: 'verify-full', sslrootcert: join(data, 'address.key') };
    expect(await session('127.0.0.1', query)).toMatch(/contains no certificate/);
  });

  describe('that asks for a certificate', () => {
    const shownBy = async (made: Made | null) => {
      const files =
        made === null ? {} : { sslcert: join(data, `${made}.crt`), sslkey: join(data, `${made}.key`) };
      return session('127.0.0.1', { sslmode: 'require', user: 'test', ...files });
    };
    beforeAll(async () => {
      await show('address');
      await admin.unsafe('create role test login');
      const [{ hba_file: file = '' } = {}] = await admin<{ hba_file: string }[]>`show hba_file`;
      writeFileSync(file, `hostssl all test all cert\n${readFileSync(file, 'utf8')}`);
      await admin.unsafe(`alter system set ssl_ca_file = '${join(data, 'name.crt')}'`);
      await admin`select pg_reload_conf()`;
      await vi.waitUntil(async () => (await admin`show ssl_ca_file`)[0]?.['ssl_ca_file'] !== '', {
        timeout: 10_000,
      });
    });

    it('gets that of sslcert, whose common name is the user', async () => {
      expect(await shownBy('name')).toBe(true);
      vi.stubEnv('PGSSLCERT', join(data, 'name.crt'));
      vi.stubEnv('PGSSLKEY', join(data, 'name.key'));
      expect(await shownBy(null)).toBe(true);
      vi.unstubAllEnvs();
    });

    it.each<[string, Made | null, RegExp]>([
      [
        'none',
        null,
        /does not let this role log in \(connection requires a valid client certificate; 28000\)/,
      ],
      [
        'one of an unknown authority',
        'other',
        // TLS 1.3 refuses it after the handshake: a write may fail before the alert is read.
        /does not accept the certificate that Keyseal presents \(.*UNKNOWN_CA\)\. Set sslcert|closed the connection \S+ saying why/,
      ],
    ])('refuses %s', async (_, made, sentence) => {
      expect(await shownBy(made)).toMatch(sentence);
    });

    it.each<[string, () => Record<string, string>, RegExp]>([
      [
        'without its key',
        () => ({ sslcert: join(data, 'name.crt') }),
        /requires sslcert and sslkey together/,
      ],
      [
        'with the key of another',
        () => ({ sslcert: join(data, 'name.crt'), sslkey: join(data, 'other.key') }),
        /^The sslkey of DATABASE_URL, ".*other\.key", is not the key of the certificate in sslcert/,
      ],
      [
        'with a certificate for its key',
        () => ({ sslcert: join(data, 'name.crt'), sslkey: join(data, 'name.crt') }),
        /contains no private key in PEM that can be read without a passphrase/,
      ],
      [
        'that is a key',
        () => ({ sslcert: join(data, 'name.key'), sslkey: join(data, 'name.key') }),
        /^The sslcert of DATABASE_URL, ".*", contains no certificate/,
      ],
      [
        'that is not there',
        () => ({ sslcert: '/nowhere.crt', sslkey: join(data, 'name.key') }),
        /^The sslcert of DATABASE_URL, "\/nowhere\.crt", cannot be read \(ENOENT\)/,
      ],
      [
        'of an authority without an sslmode',
        () => ({ sslmode: '', sslrootcert: join(data, 'name.crt') }),
        /sslrootcert, which requires an sslmode that encrypts: write sslmode=verify-full/,
      ],
      [
        'of an authority without encryption',
        () => ({ sslmode: 'disable', sslrootcert: join(data, 'name.crt') }),
        /sslrootcert, which requires an sslmode that encrypts/,
      ],
      [
        'is not asked for, although TLS begins at once, and',
        () => ({ sslmode: '', sslnegotiation: 'direct' }),
        /sslnegotiation=direct, which requires sslmode=require, verify-ca or verify-full/,
      ],
      [
        'may be missing, although TLS begins at once, and',
        () => ({ sslmode: 'prefer', sslnegotiation: 'direct' }),
        /sslnegotiation=direct, which requires sslmode=require/,
      ],
      [
        'without encryption',
        () => ({ sslmode: 'disable', sslcert: join(data, 'name.crt'), sslkey: join(data, 'name.key') }),
        /accepts sslcert and sslkey with an sslmode that encrypts/,
      ],
    ])('a certificate %s is reported', async (_, query, sentence) => {
      expect(await session('127.0.0.1', { sslmode: 'require', ...query() })).toMatch(sentence);
    });
  });
});
