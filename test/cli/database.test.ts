import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPglite, freshPostgres } from '../harness/fresh.ts';
import { startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { send } from '../harness/wire.ts';

const masterKey = (version: number) => `${version}:${randomBytes(32).toString('base64')}`;

const production = (keys = masterKey(1)) => ({
  NODE_ENV: 'production',
  KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com',
  KEYSEAL_MASTER_KEYS: keys,
});

const DATABASES = [
  ['PGlite', requires().describe, async () => ({ KEYSEAL_DATA_DIR: await freshFolder() })],
  [
    'Postgres',
    requires('postgres').describe,
    async () => ({ KEYSEAL_DATA_DIR: await freshFolder(), DATABASE_URL: await freshPostgres() }),
  ],
] as const;

for (const [name, block, database] of DATABASES) {
  block(`on an empty ${name}`, () => {
    let env: Record<string, string>;
    beforeAll(async () => {
      env = { ...(await database()), ...production() };
    });

    it('a command reports a database without a schema, and how to create it', async () => {
      const { code, err } = await keyseal(['users', 'list'], { env });
      expect([code, err]).toEqual([
        78,
        expect.stringMatching(/^keyseal: The [^\n]+ run keyseal migrate[^\n]*\n$/),
      ]);
    });

    it('migrate applies every migration and reports each, then none', async () => {
      const journal = readFileSync('drizzle/migrations/meta/_journal.json', 'utf8');
      const names = JSON.parse(journal).entries.map(({ tag }: { tag: string }) => tag);
      const kind = name.toLowerCase();
      const first = await keyseal(['migrate', '--json'], { env });
      expect(first).toMatchObject({ code: 0, err: '' });
      expect(first.json).toEqual({ database: kind, applied: names, schema: names.at(-1) });
      const second = await keyseal(['migrate'], { env });
      expect(second).toMatchObject({ code: 0, out: `The schema is up to date (${names.at(-1)}).\n` });
    });

    it('setup-token writes a private file with the token that the first account needs, once', async () => {
      const path = join(String(env['KEYSEAL_DATA_DIR']), 'setup-token');
      const first = await keyseal(['setup-token'], { env });
      expect(first).toMatchObject({
        code: 0,
        out: `Written once, readable only by its owner: ${path}\n`,
        err: '',
      });
      const old = readFileSync(path, 'utf8').trim();
      const again = await keyseal(['setup-token', '--json'], { env });
      expect(again.json).toEqual({ path });
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const token = readFileSync(path, 'utf8').trim();
      expect(token).not.toBe(old);
      const wrongKey = await keyseal(['setup-token'], { env: { ...env, ...production() } });
      expect(wrongKey.code).toBe(78);
      expect(wrongKey.err).toMatch(
        /^keyseal: KEYSEAL_MASTER_KEYS does not open what the database holds [^\n]+\n$/,
      );

      const service = await startProcess(env);
      await service.serving;
      const signUp = async (setupToken: string) => {
        const input = { email: 'ada@example.com', password: 'correct horse battery', setupToken };
        const answer = await send(service.port, {
          method: 'POST',
          target: '/api/auth.signUp',
          headers: [
            ['host', 'api.example.com'],
            ['content-type', 'application/json'],
          ],
          body: Buffer.from(JSON.stringify(input)),
        });
        return answer.status;
      };
      expect(await signUp(old)).toBe(403);
      expect(await signUp(token)).toBe(200);
      service.child.kill('SIGTERM');
      await service.exited;
      const late = await keyseal(['setup-token'], { env });
      expect([late.code, late.err]).toEqual([1, expect.stringContaining('An account already exists')]);
    });
  });
}

describe('a data directory in use', () => {
  it('is not opened by a command while a service uses it', async () => {
    const dir = await freshPglite();
    const service = await startProcess({ KEYSEAL_DATA_DIR: dir, KEYSEAL_DEMO: 'off' });
    await service.serving;
    for (const args of [['users', 'list'], ['migrate'], ['master-key', 'rotate']]) {
      const { code, err } = await keyseal(args, { env: { KEYSEAL_DATA_DIR: dir } });
      expect([code, err]).toEqual([78, expect.stringContaining('is in use by another process')]);
    }
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    service.child.kill('SIGTERM');
    await service.exited;
  });

  it('is not created if there is none', async () => {
    const dir = join(await freshFolder(), 'none');
    const { code } = await keyseal(['users', 'list'], { env: { KEYSEAL_DATA_DIR: dir } });
    expect(code).toBe(78);
    expect(statSync(dir, { throwIfNoEntry: false })).toBeUndefined();
  });
});

const NEWER =
  "insert into drizzle.__drizzle_migrations (hash, created_at) values ('of a later version', 4102444800000)";

requires('postgres').describe('a schema that is newer than this version', () => {
  let env: Record<string, string>;
  beforeAll(async () => {
    env = { DATABASE_URL: await freshPostgres(), KEYSEAL_DATA_DIR: await freshFolder(), ...production() };
    expect((await keyseal(['migrate'], { env })).code).toBe(0);
    const client = postgres(String(env['DATABASE_URL']), { max: 1 });
    await client.unsafe(NEWER);
    await client.end();
  });

  it.each([[['serve']], [['migrate']], [['setup-token']], [['users', 'list']], [['master-key', 'rotate']]])(
    'is not touched by %j: it says why in one sentence',
    async (args) => {
      expect(await keyseal(args, { env })).toMatchObject({
        code: 78,
        out: '',
        err: expect.stringMatching(
          /^keyseal: The schema of the database is newer than Keyseal \S+: it has 1 migration that this version does not know\. [^\n]+\n$/,
        ),
      });
    },
  );

  it('is reported by doctor', async () => {
    const { code, json } = await keyseal(['doctor', '--json'], { env });
    expect(code).toBe(1);
    const schema = json.findings.find(({ name }: { name: string }) => name === 'schema');
    expect(schema).toMatchObject({ state: 'wrong', details: { pending: [], unknown: 1 } });
  });
});

requires('postgres').describe('two processes that start at once on an empty Postgres', () => {
  it('serve both: one migrates, the other waits for it', async () => {
    const env = { DATABASE_URL: await freshPostgres(), ...production() };
    const start = async () => startProcess({ ...env, KEYSEAL_DATA_DIR: await freshFolder() });
    const both = await Promise.all([start(), start(), start()]);
    await Promise.all(both.map(({ serving }) => serving));
    for (const { port } of both) expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    for (const { child } of both) child.kill('SIGTERM');
    expect(await Promise.all(both.map(async ({ exited }) => (await exited).code))).toEqual([0, 0, 0]);
  });
});
