import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPglite } from '../harness/fresh.ts';
import { startProcess } from '../harness/process.ts';

const masterKey = (version: number) => `${version}:${randomBytes(32).toString('base64')}`;

/** Starts what cannot start, and returns the exit status and the one sentence that it says. */
async function failing(env: Record<string, string>): Promise<{ code: number | null; sentence: string }> {
  const { exited, said } = await startProcess({
    KEYSEAL_DATA_DIR: await freshFolder(),
    KEYSEAL_DEMO: 'off',
    ...env,
  });
  const { code } = await exited;
  const sentence = said().err;
  expect(sentence).toMatch(/^keyseal: [^\n]+\n$/);
  expect(sentence).not.toMatch(/\bat .*\.js:\d/);
  return { code, sentence };
}

/** A URL with a password in which a character is not encoded that ends it. */
const inPassword = (char: string): string => `postgres://user:12${char}hunter2@127.0.0.1:1/db`;

const PUBLIC = { NODE_ENV: 'development', KEYSEAL_PUBLIC_ORIGINS: 'https://keys.example.com' };

/** A trusted issuer with something wrong; with a second one if it is given. */
function issuers(first: object, second?: object, more: Record<string, string> = {}): Record<string, string> {
  const right = { name: 'company', issuer: 'https://id.example', audience: 'api', userToken: true };
  const all = [first, ...(second ? [second] : [])].map((change) => ({ ...right, ...change }));
  return { KEYSEAL_ISSUERS: JSON.stringify(all), ...more };
}

const production = {
  NODE_ENV: 'production',
  KEYSEAL_PUBLIC_ORIGINS: 'https://a.example',
  KEYSEAL_DRAIN_SECONDS: '0',
};

describe('a wrong variable prevents startup with a sentence that names it and says what it must be', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ PORT: 'http' }, /PORT must be a whole number from 0 to 65535, but is "http"/],
    [{ PORT: '65536' }, /PORT must be a whole number/],
    [{ KEYSEAL_METRICS_PORT: 'on' }, /KEYSEAL_METRICS_PORT must be a whole number from 0 to 65535/],
    [{ PORT: '3000', KEYSEAL_METRICS_PORT: '3000' }, /KEYSEAL_METRICS_PORT and PORT must differ/],
    [
      { DATABASE_URL: '"postgres://h/d"' },
      /DATABASE_URL is in quotes, which would be part of its value: leave them out/,
    ],
    [{ PORT: "'3000'" }, /PORT is in quotes/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL accepts a URL such as postgres:/],
    [{ NODE_ENV: 'staging' }, /NODE_ENV accepts development or production, but has "staging"/],
    [{ KEYSEAL_MASTER_KEYS: 'secret' }, /KEYSEAL_MASTER_KEYS accepts 2:<base64 of 32 bytes>/],
    [{ KEYSEAL_MASTER_KEYS: `${masterKey(1)},${masterKey(1)}` }, /KEYSEAL_MASTER_KEYS .*each version once/],
    [{ KEYSEAL_PUBLIC_ORIGINS: 'https://a.example/api' }, /KEYSEAL_PUBLIC_ORIGINS accepts origins such as/],
    [{ KEYSEAL_CORS_ORIGINS: '*' }, /KEYSEAL_CORS_ORIGINS accepts origins such as/],
    [{ KEYSEAL_ISSUER: 'me' }, /KEYSEAL_ISSUER accepts origins such as/],
    [{ KEYSEAL_PERMISSIONS: 'everything' }, /KEYSEAL_PERMISSIONS accepts names such as area:verb/],
    [{ KEYSEAL_PERMISSIONS: 'a:*' }, /KEYSEAL_PERMISSIONS accepts names such as area:verb/],
    [{ KEYSEAL_TRUSTED_PROXIES: '10.0.0.0/33' }, /KEYSEAL_TRUSTED_PROXIES accepts IP addresses and CIDRs/],
    [
      { KEYSEAL_TRUSTED_PROXIES: '0.0.0.0/0' },
      /KEYSEAL_TRUSTED_PROXIES .*would let any client choose its IP address/,
    ],
    [{ KEYSEAL_SIGNUP: 'first' }, /There is no variable KEYSEAL_SIGNUP\. Did you mean KEYSEAL_SIGN_UP\?/],
    [
      { KEYSEAL_METRIC_PORT: '3001' },
      /no variable KEYSEAL_METRIC_PORT\. Did you mean KEYSEAL_METRICS_PORT\?/,
    ],
    [{ KEYSEAL_TRUSTED_PROXY: '10.0.0.1' }, /Did you mean KEYSEAL_TRUSTED_PROXIES\?/],
    [
      { NODE_ENV: 'development', DATABASE_URL: 'postgres://h/d?sslrootcert=system&sslmode=require' },
      /sslmode=verify-full only/,
    ],
    [
      { NODE_ENV: 'development', DATABASE_URL: 'postgres://h/d?sslmode=constructor' },
      /accepts sslmode=disable/,
    ],
    [
      { NODE_ENV: 'development', DATABASE_URL: 'postgres://h/d?SSLMODE=verify-full' },
      /DATABASE_URL accepts the TLS parameters .*"SSLMODE"/,
    ],
    [{ KEYSEAL_PASSKEY_DOMIAN: 'a.example' }, /Did you mean KEYSEAL_PASSKEY_DOMAIN\?/],
    [{ KEYSEAL_PASSKEY_DOMAIN: 'https://a.example' }, /KEYSEAL_PASSKEY_DOMAIN accepts a host name/],
    [{ KEYSEAL_PASSKEY_DOMAIN: '10.0.0.1' }, /KEYSEAL_PASSKEY_DOMAIN accepts a host name/],
    [{ KEYSEAL_PASSKEY_DOMAIN: 'example.com' }, /KEYSEAL_PASSKEY_DOMAIN needs KEYSEAL_PUBLIC_ORIGINS/],
    [
      { ...PUBLIC, KEYSEAL_PASSKEY_DOMAIN: 'exmaple.com' },
      /KEYSEAL_PASSKEY_DOMAIN accepts the host .* has "exmaple.com"\. Did you mean example.com\?/,
    ],
    [
      { ...PUBLIC, KEYSEAL_PASSKEY_DOMAIN: 'com' },
      /KEYSEAL_PASSKEY_DOMAIN accepts the host of a public origin or a domain above it/,
    ],
    [{ KEYSEAL_SIGN_UP: 'closed' }, /KEYSEAL_SIGN_UP accepts open or first/],
    [{ KEYSEAL_DEMO: 'yes' }, /KEYSEAL_DEMO accepts on or off/],
    [{ KEYSEAL_LOG_LEVEL: 'loud' }, /KEYSEAL_LOG_LEVEL accepts fatal or error/],
    [{ LOG_FORMAT: 'xml' }, /LOG_FORMAT accepts pretty or json/],
    [{ KEYSEAL_MAX_BODY_BYTES: '1' }, /KEYSEAL_MAX_BODY_BYTES must be a whole number/],
    [{ KEYSEAL_BRAND: 'Key_Seal' }, /KEYSEAL_BRAND must consist of lowercase letters and digits/],
    [{ NODE_ENV: 'production' }, /KEYSEAL_MASTER_KEYS is required in production/],
    [
      { NODE_ENV: 'production', KEYSEAL_MASTER_KEYS: masterKey(1) },
      /KEYSEAL_PUBLIC_ORIGINS is required in production/,
    ],
    [
      { ...production, KEYSEAL_MASTER_KEYS: masterKey(1), KEYSEAL_PUBLIC_ORIGINS: 'http://a.example' },
      /KEYSEAL_PUBLIC_ORIGINS accepts https origins in production, but has "http:\/\/a.example"/,
    ],
    [
      {
        ...production,
        KEYSEAL_MASTER_KEYS: masterKey(1),
        KEYSEAL_CORS_ORIGINS: 'https://b.example,http://10.0.0.1',
      },
      /KEYSEAL_CORS_ORIGINS accepts https origins in production, but has "http:\/\/10.0.0.1"/,
    ],
    [
      { ...production, KEYSEAL_MASTER_KEYS: masterKey(1), KEYSEAL_ISSUER: 'http://a.example' },
      /KEYSEAL_ISSUER accepts https origins in production/,
    ],
    [
      { KEYSEAL_MASTER_KEYS: masterKey(1), KEYSEAL_PUBLIC_ORIGINS: 'http://a.example' },
      /KEYSEAL_PUBLIC_ORIGINS accepts https origins in production/,
    ],
    [{ KEYSEAL_DRAIN_SECONDS: '-1' }, /KEYSEAL_DRAIN_SECONDS must be a whole number from 0 to 600/],
    [{ KEYSEAL_KEEP_ALIVE_SECONDS: '0' }, /KEYSEAL_KEEP_ALIVE_SECONDS must be a whole number from 1 to 3600/],
    [{ KEYSEAL_REQUEST_SECONDS: 'x' }, /KEYSEAL_REQUEST_SECONDS must be a whole number/],
    [{ KEYSEAL_START_WAIT_SECONDS: '0' }, /KEYSEAL_START_WAIT_SECONDS must be a whole number from 1/],
    [{ DATABASE_URL: 'postgres://u:p@a:1,b:x/d' }, /DATABASE_URL accepts a URL such as postgres:/],
    [{ KEYSEAL_ISSUERS: 'google' }, /KEYSEAL_ISSUERS accepts a JSON array of issuers, but is not JSON/],
    [{ KEYSEAL_ISSUERS: '{}' }, /KEYSEAL_ISSUERS accepts a JSON array of issuers/],
    [issuers({ audience: undefined }), /KEYSEAL_ISSUERS is wrong at 0\.audience/],
    [
      issuers({ userToken: undefined }),
      /KEYSEAL_ISSUERS is wrong at 0: needs userToken: true, signIn: true or workload: true/,
    ],
    [issuers({ signIn: true }), /KEYSEAL_ISSUERS is wrong at 0\.clientId: is required with signIn: true/],
    [
      issuers({ userToken: undefined, workload: true, clients: ['web'] }),
      /KEYSEAL_ISSUERS is wrong at 0\.clients: needs userToken: true/,
    ],
    [issuers({ clientSecret: 'x' }), /KEYSEAL_ISSUERS is wrong at 0: needs signIn: true with clientSecret/],
    [
      issuers({ signIn: true, clientId: 'a', scopes: ['email'] }),
      /KEYSEAL_ISSUERS is wrong at 0\.scopes: must include the scope "openid"/,
    ],
    [issuers({ issuer: 'ftp://id.example' }), /KEYSEAL_ISSUERS is wrong at 0\.issuer: accepts an https URL/],
    [issuers({ issuer: 'https://id.example?a' }), /KEYSEAL_ISSUERS is wrong at 0\.issuer/],
    [issuers({ algorithms: ['HS256'] }), /KEYSEAL_ISSUERS is wrong at 0\.algorithms/],
    [issuers({ algorithms: [] }), /KEYSEAL_ISSUERS is wrong at 0\.algorithms/],
    [issuers({ audiance: 'x' }), /KEYSEAL_ISSUERS is wrong at 0: has the unknown member audiance/],
    [
      issuers({ join: [{ workspace: 'w', role: 'viewer' }] }),
      /KEYSEAL_ISSUERS is wrong at 0\.join\.0: accepts either claim and value, or emailDomain/,
    ],
    [
      issuers({ join: [{ workspace: 'w', role: 'viewer', claim: '__proto__', value: 'x' }] }),
      /KEYSEAL_ISSUERS is wrong at 0\.join\.0\.claim: accepts a claim that rules can read/,
    ],
    [issuers({}, {}), /KEYSEAL_ISSUERS accepts each name and each issuer once, .* but has "company" twice/],
    [
      issuers({ issuer: 'https://a.example' }, undefined, { KEYSEAL_ISSUER: 'https://a.example' }),
      /KEYSEAL_ISSUERS accepts issuers other than this service, but has https:\/\/a\.example/,
    ],
    [{ KEYSEAL_ISSUERS_FILE: '/nowhere' }, /KEYSEAL_ISSUERS_FILE accepts the path of a readable file/],
    [
      { ...production, KEYSEAL_MASTER_KEYS: masterKey(1), ...issuers({ issuer: 'http://id.example' }) },
      /KEYSEAL_ISSUERS accepts https origins in production/,
    ],
    [{ KEYSEAL_ALLOW_HTTP: 'yes' }, /KEYSEAL_ALLOW_HTTP accepts on or off/],
    [{ HOST: '0.0.0.0' }, /KEYSEAL_MASTER_KEYS is required in production \(NODE_ENV is unset/],
  ])('%j', async (env, sentence) => {
    const failed = await failing(env);
    expect(failed.sentence).toMatch(sentence);
    expect(failed.code).toBe(78);
  });

  it('without printing a secret', async () => {
    const secret = 'an accident: a secret in the wrong place';
    expect((await failing({ KEYSEAL_MASTER_KEYS: secret })).sentence).not.toContain(secret);
    const urls = ['postgress://user:hunter2@host/db', ...['@', '/', '?', '#'].map(inPassword)];
    for (const url of urls) {
      const { code, sentence } = await failing({ NODE_ENV: 'development', DATABASE_URL: url });
      expect(sentence).not.toContain('hunter2');
      expect([code, sentence]).toEqual([78, expect.stringMatching(/an @ of the password is %40/)]);
    }
  });
});

describe('a missing or foreign resource prevents startup with one sentence', () => {
  it('a data directory in use', async () => {
    const dir = await freshPglite();
    const first = await startProcess({ KEYSEAL_DATA_DIR: dir, KEYSEAL_DEMO: 'off' });
    await first.serving;
    const { code, sentence } = await failing({ KEYSEAL_DATA_DIR: dir });
    expect([code, sentence]).toEqual([
      78,
      `keyseal: The data directory "${dir}" is in use by another process: stop that one, or set KEYSEAL_DATA_DIR to another directory.\n`,
    ]);
    // The first is not disturbed; killed, it leaves no lock that would hold the next up.
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    first.child.kill('SIGKILL');
    await first.exited;
    const next = await startProcess({ KEYSEAL_DATA_DIR: dir, KEYSEAL_DEMO: 'off' });
    await next.serving;
    next.child.kill('SIGTERM');
    await next.exited;
  });

  it('a master key of another database, or without a version that rows need', async () => {
    const dir = await freshPglite();
    const [one, two] = [masterKey(1), masterKey(2)];
    const start = (keys: string) => ({ ...production, KEYSEAL_DATA_DIR: dir, KEYSEAL_MASTER_KEYS: keys });
    const first = await startProcess(start(one));
    await first.serving;
    first.child.kill('SIGTERM');
    await first.exited;
    const strange = await failing(start(masterKey(1)));
    expect(strange.sentence).toMatch(
      /KEYSEAL_MASTER_KEYS does not open what the database holds \(\d+ of \d+ token keys\)/,
    );
    const missing = await failing(start(two));
    expect(missing.sentence).toMatch(
      /KEYSEAL_MASTER_KEYS lacks a version that rows of the database need: \d+ need version 1/,
    );
    expect([strange.code, missing.code]).toEqual([78, 78]);
    const both = await startProcess(start(`${two},${one}`));
    await both.serving;
    both.child.kill('SIGTERM');
    expect((await both.exited).code).toBe(0);
  });

  it('a master.key that is damaged', async () => {
    const dir = await freshPglite();
    appendFileSync(join(dir, 'master.key'), 'not 32 bytes');
    const { code, sentence } = await failing({ KEYSEAL_DATA_DIR: dir });
    expect([code, sentence]).toEqual([
      78,
      expect.stringContaining('does not contain a master key of 32 bytes'),
    ]);
  });

  it('D6: a database of which a part is missing', async () => {
    const dir = await freshPglite();
    rmSync(join(dir, 'pglite', 'PG_VERSION'));
    const { code, sentence } = await failing({ KEYSEAL_DATA_DIR: dir });
    expect([code, sentence]).toEqual([
      78,
      expect.stringMatching(/PG_VERSION is missing\)\. Restore it from/),
    ]);
  });

  it('D6: a database that was there and is lost, for a command too', async () => {
    const dir = await freshPglite();
    const service = await startProcess({ KEYSEAL_DATA_DIR: dir, KEYSEAL_DEMO: 'off' });
    await service.serving;
    service.child.kill('SIGTERM');
    await service.exited;
    const folder = join(dir, 'pglite');
    const refuses = async (said: string) => {
      const before = readdirSync(dir, { recursive: true });
      const wanted = `keyseal: ${said}\n`;
      expect(await failing({ KEYSEAL_DATA_DIR: dir })).toEqual({ code: 78, sentence: wanted });
      const env = { KEYSEAL_DATA_DIR: dir };
      expect(await keyseal(['users', 'list'], { env })).toMatchObject({ code: 78, err: wanted });
      expect((await keyseal(['doctor'], { env })).out).toContain(said);
      expect(readdirSync(dir, { recursive: true })).toEqual(before);
    };
    const lost = (how: string) =>
      `The data directory "${dir}" had a database, as database-created in it shows, but its folder pglite is ${how}. Restore the whole directory from a backup, or remove it to begin with an empty database.`;
    rmSync(folder, { recursive: true });
    await refuses(lost('gone'));
    mkdirSync(folder, { mode: 0o700 });
    await refuses(lost('empty'));
    // As an older version left it, or a service on Postgres, next to which somebody created the folder.
    rmSync(join(dir, 'database-created'));
    await refuses(
      `The folder pglite in the data directory "${dir}" is empty, and an earlier start left master.key beside it. If that start had its database there, the database is lost: restore the whole directory from a backup. If it had a Postgres, remove the empty folder, and leave the rest.`,
    );
    // A service on a Postgres leaves its key too, and no database: this is a first start.
    rmSync(folder, { recursive: true });
    const first = await startProcess({ KEYSEAL_DATA_DIR: dir, KEYSEAL_DEMO: 'off' });
    await first.serving;
    first.child.kill('SIGTERM');
    expect((await first.exited).code).toBe(0);
  });

  it('a database', async () => {
    const { code, sentence } = await failing({
      ...production,
      KEYSEAL_MASTER_KEYS: masterKey(1),
      DATABASE_URL: 'postgres://keyseal:hunter2@127.0.0.1:1/keyseal',
    });
    expect(code).not.toBe(0);
    expect(sentence).toContain('DATABASE_URL');
    expect(sentence).not.toContain('hunter2');
  });

  it('a database that does not answer, in a sentence with its place', async () => {
    const { code, sentence } = await failing({
      ...production,
      KEYSEAL_MASTER_KEYS: masterKey(1),
      DATABASE_URL: 'postgres://keyseal:hunter2@127.0.0.1:1/keyseal?sslmode=verify-full',
    });
    // Not 78, after which a service manager would never try again.
    expect([code, sentence]).toEqual([
      69,
      'keyseal: The database of DATABASE_URL (127.0.0.1:1/keyseal) does not answer: nothing listens there (connect ECONNREFUSED 127.0.0.1:1). Start Postgres, or correct host and port in DATABASE_URL.\n',
    ]);
  });

  it.each([
    ['a file in place of the data directory', 'taken', /A file has its name/],
    ['a file above the data directory', 'taken/data', /A file has its name/],
  ])('%s', async (_, name, fix) => {
    const folder = await freshFolder();
    appendFileSync(join(folder, 'taken'), '');
    const { code, sentence } = await failing({ KEYSEAL_DATA_DIR: resolve(folder, name) });
    expect([code, sentence]).toEqual([78, expect.stringMatching(fix)]);
    expect(sentence).toMatch(/^keyseal: The data directory ".*" cannot be used \(E/);
  });

  it.each([
    ['192.0.2.1', /HOST 192\.0\.2\.1 is not an address of this machine\. Set HOST/],
    ['fe80::1', /HOST fe80::1 is (an address of one network interface .* such as fe80::1%eth0|of a kind)/],
    ['[fe80::1]', /HOST fe80::1 is (an address of one network interface .* such as fe80::1%eth0|of a kind)/],
    ['nowhere.invalid', /HOST nowhere\.invalid cannot be found .*Set HOST/],
  ])('an address of this machine: HOST=%s', async (host, expected) => {
    const keys = { KEYSEAL_MASTER_KEYS: masterKey(1) };
    for (const port of [{}, { PORT: '0' }]) {
      const { code, sentence } = await failing({ ...production, ...keys, HOST: host, ...port });
      expect([code, sentence]).toEqual([1, expect.stringMatching(expected)]);
    }
  });

  it('too few files that the process may open', async () => {
    const script = `ulimit -n 255 && exec "${process.execPath}" dist/server/main.js`;
    const { PATH = '' } = process.env;
    const env = { PATH, PORT: '0', KEYSEAL_DATA_DIR: await freshFolder() };
    const { status, stderr } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' });
    expect([status, stderr]).toEqual([
      78,
      'keyseal: This process may have only 255 files and connections open at a time, but needs at least 256: raise its hard limit (ulimit -n, LimitNOFILE in systemd, ulimits in Compose).\n',
    ]);
  });

  it('a data directory below /proc', async () => {
    const { code, sentence } = await failing({ KEYSEAL_DATA_DIR: '/proc/keyseal/data' });
    expect([code, sentence]).toEqual([78, expect.stringMatching(/No directory can be created there/)]);
  });

  it('a free port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const one = await failing({ PORT: String(port) });
    const other = await failing({ KEYSEAL_METRICS_PORT: String(port) });
    taken.close();
    expect([one.code, one.sentence]).toEqual([
      1,
      `keyseal: PORT ${port} of 127.0.0.1 is taken. Stop the process that listens there, or set another PORT.\n`,
    ]);
    expect([other.code, other.sentence]).toEqual([
      1,
      `keyseal: KEYSEAL_METRICS_PORT ${port} of 127.0.0.1 is taken. Stop the process that listens there, or set another KEYSEAL_METRICS_PORT.\n`,
    ]);
  });
});
