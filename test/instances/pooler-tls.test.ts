import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CertificateFiles, makeCertificate } from '../harness/certificates.ts';
import { startPostgres } from '../harness/embedded-postgres.ts';
import { freshFolder } from '../harness/fresh.ts';
import { type FreshRole, freshRole } from '../harness/fresh-role.ts';
import { query } from '../harness/people.ts';
import { startPgbouncer } from '../harness/pgbouncer.ts';
import { requires } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';
import { startTestService } from '../harness/service.ts';

/** The page for operators, from which the configuration of the pooler comes. */
const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operators', 'running.md'), 'utf8');
const IGNORED = /^ignore_startup_parameters = (\S+)$/m.exec(PAGE)?.[1] ?? '';

requires('postgres', 'openssl', 'pgbouncer').describe(
  'D5: pgbouncer with SCRAM and TLS on both sides',
  () => {
    let server: Awaited<ReturnType<typeof startPostgres>>;
    let role: FreshRole;
    let folder: string;
    let keys: string;
    let removeFolder: () => Promise<void>;
    /** What Postgres shows to the pooler, the pooler to Keyseal, and a stranger to both. */
    let certificates: Readonly<Record<'postgres' | 'pooler' | 'stranger', CertificateFiles>>;

    beforeAll(async () => {
      const made = await runFolder('pooler-tls');
      folder = made.folder;
      removeFolder = made.remove;
      keys = await freshFolder();
      server = await startPostgres(folder);
      certificates = {
        postgres: makeCertificate(folder, 'postgres', 'IP:127.0.0.1'),
        pooler: makeCertificate(folder, 'pooler', 'DNS:localhost'),
        stranger: makeCertificate(folder, 'stranger', 'DNS:localhost,IP:127.0.0.1'),
      };
      // The pooler does not run as root.
      for (const { key } of Object.values(certificates)) chmodSync(key, 0o644);
      const { key, certificate } = certificates.postgres;
      const { uid, gid } = statSync(join(folder, 'data'));
      chownSync(key, uid, gid);
      chmodSync(key, 0o600);
      role = await freshRole(server.url);
      await role.admin.unsafe(`alter role ${role.role} set statement_timeout = 5000`);
      await role.admin.unsafe(`alter role ${role.role} set row_security = off`);
      for (const set of [`ssl_cert_file = '${certificate}'`, `ssl_key_file = '${key}'`, 'ssl = on'])
        await role.admin.unsafe(`alter system set ${set}`);
      // The role may not log in without TLS, nor without SCRAM.
      writeFileSync(
        join(folder, 'data', 'pg_hba.conf'),
        `host all postgres 127.0.0.1/32 password\nhostssl all all 127.0.0.1/32 scram-sha-256\n`,
      );
      await role.admin`select pg_reload_conf()`;
    });
    afterAll(async () => {
      await role.admin.end({ timeout: 1 });
      await server.server.stop();
      await removeFolder();
    });

    /** Starts the pooler. @param users the content of its `auth_file` */
    async function pooled(
      users: string,
      login: 'role' | 'client',
      authority: CertificateFiles,
      more: Readonly<Record<string, string>> = {},
    ) {
      const usersFile = join(folder, 'users.txt');
      writeFileSync(usersFile, users);
      const { key, certificate } = certificates.pooler;
      const settings = {
        ...{ pool_mode: 'session', ignore_startup_parameters: IGNORED, auth_type: 'scram-sha-256' },
        ...{ auth_file: usersFile, client_tls_sslmode: 'require', client_tls_key_file: key },
        ...{ client_tls_cert_file: certificate, server_tls_sslmode: 'verify-full' },
        ...{ server_tls_ca_file: authority.certificate, query_wait_timeout: 3 },
        ...more,
      };
      return startPgbouncer(role.url, settings, login);
    }

    /** Starts a service through the pooler. @returns how its sessions are encrypted, or why it does not start */
    async function served(url: string, trusted: CertificateFiles, mode = 'verify-full') {
      const through = new URL(url);
      through.hostname = 'localhost';
      through.searchParams.set('sslmode', mode);
      if (mode !== 'disable') through.searchParams.set('sslrootcert', trusted.certificate);
      try {
        // It holds the master key of all starts on this database.
        const env = { DATABASE_URL: through.href, KEYSEAL_DATA_DIR: keys };
        const service = await startTestService({ env });
        expect((await query(service, service.demo, 'exemple')).status).toBe(200);
        const rows = await role.admin<{ ssl: boolean }[]>`
        select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = ${role.role}`;
        await service.stop();
        return rows.map(({ ssl }) => ssl);
      } catch (error) {
        return (error as Error).message;
      }
    }

    /** What Postgres keeps of the role's password. */
    async function verifier(): Promise<string> {
      const [row] = await role.admin<{ rolpassword: string }[]>`
      select rolpassword from pg_authid where rolname = ${role.role}`;
      return row?.rolpassword ?? '';
    }

    it.each<[string, 'role' | 'client', () => Promise<string> | string]>([
      ['the password in its list of users, and in its configuration', 'role', () => 'secret'],
      ['the password in its list of users', 'client', () => 'secret'],
      ['only the verifier of Postgres in its list of users', 'client', verifier],
    ])('serves with %s', async (_, login, kept) => {
      const pooler = await pooled(`"${role.role}" "${await kept()}"\n`, login, certificates.postgres);
      expect(await served(pooler.url, certificates.pooler)).toEqual([true]);
      await pooler.stop();
    });

    it('serves with the query by which the pooler asks Postgres for the verifier', async () => {
      const { password } = new URL(server.url);
      const asked = { auth_user: 'postgres' };
      const pooler = await pooled(`"postgres" "${password}"\n`, 'client', certificates.postgres, asked);
      expect(await served(pooler.url, certificates.pooler)).toEqual([true]);
      await pooler.stop();
    });

    it.each<[string, keyof typeof certificates, string, RegExp]>([
      ['of another authority', 'stranger', 'verify-full', /no trusted authority signed/],
      ['if the URL does not ask for TLS', 'pooler', 'disable', /\(SSL required; 08P01\)/],
    ])('the start is refused in a sentence with a certificate %s', async (_, trusted, mode, words) => {
      const pooler = await pooled(`"${role.role}" "secret"\n`, 'client', certificates.postgres);
      expect(await served(pooler.url, certificates[trusted], mode)).toMatch(words);
      await pooler.stop();
    });

    it('startup fails with a sentence if the pooler does not trust Postgres', async () => {
      const pooler = await pooled(`"${role.role}" "secret"\n`, 'client', certificates.stranger);
      expect(await served(pooler.url, certificates.pooler)).toMatch(
        /\(query_wait_timeout; 08P01\)\. Correct what the pooler names: /,
      );
      await pooler.stop();
    });

    it('startup fails with a sentence with another password', async () => {
      const pooler = await pooled(`"${role.role}" "another"\n`, 'client', certificates.postgres);
      expect(await served(pooler.url, certificates.pooler)).toMatch(
        /\(SASL authentication failed; 08P01\)\. Correct what the pooler names: user, password/,
      );
      await pooler.stop();
    });
  },
);
