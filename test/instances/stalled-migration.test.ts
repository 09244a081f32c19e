import { connect, createServer } from 'node:net';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { startPostgres } from '../harness/embedded-postgres.ts';
import { atEndOfFile } from '../harness/end-of-file.ts';
import { freshRole } from '../harness/fresh-role.ts';
import { requires } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';

/** A failed startup: its error, and what it logged before. */
async function failing(databaseUrl: string) {
  const warnings: string[] = [];
  const warn = (_: object, sentence: string) => void warnings.push(sentence);
  const error = await openDatabase(
    { databaseUrl, dataDir: '', startWaitSeconds: 2 },
    'migrate',
    undefined,
    warn,
  ).then(
    () => null,
    (failure: Error) => failure,
  );
  return { error, warnings };
}

/** A proxy that keeps to itself what a client sends from a statement on. @param statement part of its text */
async function swallowingFrom(url: string, statement: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname).on('error', () => client.destroy());
    let silent = false;
    client.on('data', (bytes: Buffer) => {
      silent ||= bytes.includes(statement);
      if (!silent) server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => void (silent || client.write(bytes)));
    client.on('error', () => {}).on('close', () => server.destroy());
    server.on('close', () => void (silent || client.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  atEndOfFile(async () => void proxy.close());
  const { port: own } = proxy.address() as { port: number };
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(own) }).href;
}

requires('postgres').describe('D3: a migration that makes no progress', () => {
  it('because no synchronous standby is there: startup logs it, and gives up with a sentence', async () => {
    const { folder, remove } = await runFolder('no-standby');
    const { server, url } = await startPostgres(folder);
    const admin = postgres(url, { max: 1, onnotice: () => {} });
    try {
      const role = await freshRole(url);
      await admin`alter system set synchronous_standby_names = 'ANY 1 (db_b)'`;
      await admin`select pg_reload_conf()`;
      const names = () =>
        admin`show synchronous_standby_names`.then(([row]) => row?.['synchronous_standby_names']);
      await expect.poll(names).toBe('ANY 1 (db_b)');
      const { error, warnings } = await failing(role.url);
      expect(warnings).toEqual([
        "startup is waiting: commits wait for a synchronous standby (synchronous_standby_names = 'ANY 1 (db_b)')",
      ]);
      expect(error?.constructor.name).toBe('DatabaseUnavailable');
      expect(error?.message).toMatch(
        /^Startup waited 2 s: commits wait for a synchronous standby .*Start a standby .*KEYSEAL_START_WAIT_SECONDS/,
      );
    } finally {
      await admin.end({ timeout: 1 });
      await server.stop();
      await remove();
    }
  });

  it.each(['CREATE SCHEMA', 'CREATE TABLE "'])(
    'because the path swallows it from %s on: the start logs it, gives up, and leaves no session behind',
    async (statement) => {
      const role = await freshRole();
      const { error, warnings } = await failing(await swallowingFrom(role.url, statement));
      expect(warnings).toEqual([
        expect.stringMatching(/^startup is waiting: nothing that .* arrives at the database$/),
      ]);
      expect(error?.constructor.name).toBe('DatabaseUnavailable');
      expect(error?.message).toMatch(/^Startup waited 2 s: nothing .*\. Check the network/);
      const left = () =>
        role.admin<{ pid: number }[]>`
          select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
      await expect.poll(async () => (await left()).length).toBe(0);
    },
  );
});
