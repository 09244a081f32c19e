import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { newKey } from '../harness/clients.ts';
import {
  type DebianPostgres,
  dumpState,
  holdDump,
  restoreDump,
  startDebianPostgres,
} from '../harness/debian-postgres.ts';
import { freshFolder } from '../harness/fresh.ts';
import { freshRole } from '../harness/fresh-role.ts';
import { NEXT_VERSION, nextPackage } from '../harness/next-package.ts';
import { type ServiceProcess, startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { type Credentials, type Draft, send, sign } from '../harness/wire.ts';

/** 20 MB, more than the pipe and the connection to the server hold, in a table that is none of Keyseal's. */
const FILL = `create schema archive;
  create table archive.filler as select n, md5(n::text) || md5((-n)::text) as text from generate_series(1, 300000) n;`;

requires('postgresql-15').describe('D4: beside a real pg_dump, on Postgres 15', () => {
  let server: DebianPostgres;
  const running: ServiceProcess[] = [];

  beforeAll(async () => {
    server = await startDebianPostgres();
  });
  afterAll(async () => {
    await stopAll();
    await server.stop();
  });

  async function stopAll(): Promise<void> {
    const all = running.splice(0);
    for (const { child } of all) child.kill('SIGTERM');
    await Promise.all(all.map(({ exited }) => exited));
  }

  async function start(env: Record<string, string>, project?: string): Promise<ServiceProcess> {
    const service = await startProcess({ NODE_ENV: 'development', KEYSEAL_DEMO: 'off', ...env }, project);
    running.push(service);
    return service;
  }

  /** A service with a key and a call that it has accepted, on a database that takes a while to dump. */
  async function served() {
    const role = await freshRole(await server.createDatabase());
    const env = {
      DATABASE_URL: role.url,
      KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
      KEYSEAL_DATA_DIR: await freshFolder(),
    };
    const service = await start(env);
    await service.serving;
    const input = { email: 'ada@example.com', password: 'correct horse battery' };
    const { session } = await createKeysealClient({ url: service.url }).auth.signUp.mutate(input);
    const key = await newKey(createKeysealClient({ url: service.url, session }), ['exemple:read']);
    const accepted = callTo(service, key);
    expect((await send(service.port, accepted)).status).toBe(200);
    await role.admin.unsafe(FILL);
    await role.admin.unsafe(`grant all on schema archive to ${role.role}`);
    await role.admin.unsafe(`grant select on archive.filler to ${role.role}`);
    return { role, env, service, key, accepted };
  }

  const callTo = ({ port }: ServiceProcess, key: Credentials) =>
    sign(key, '/api/exemple', { authority: `localhost:${port}` });
  const statusOf = async (service: ServiceProcess, key: Credentials) =>
    (await send(service.port, callTo(service, key))).status;

  /** Restores a dump into a new database, and starts the service there, on the port of the call. */
  async function restored(
    format: 'plain' | 'custom',
    file: string,
    env: Record<string, string>,
    port: number,
  ) {
    await stopAll();
    const admin = await server.createDatabase();
    await restoreDump(admin, format, file);
    const url = Object.assign(new URL(env['DATABASE_URL'] as string), { pathname: new URL(admin).pathname });
    const service = await start({ ...env, DATABASE_URL: url.href, PORT: String(port) });
    await service.serving;
    return service;
  }

  async function expectSameState(service: ServiceProcess, key: Credentials, accepted: Draft): Promise<void> {
    expect(await statusOf(service, key)).toBe(200);
    expect((await send(service.port, accepted)).reason).toBe('SIGNATURE_REPLAYED');
  }

  it('an upgrade says that it waits for the dump, and finishes once the dump is read', async () => {
    const { role, env, service, key, accepted } = await served();
    const file = join(await freshFolder(), 'dump.sql');
    const dump = await holdDump(role.url, 'plain', file);
    const next = await start(env, await nextPackage());
    const said = () => next.said().out;
    await expect
      .poll(said, { timeout: 30_000 })
      .toContain('startup is waiting: another session holds a table');
    expect(said()).toMatch(/"holders":\[\{"pid":\d+,"application":"pg_dump"/);
    expect((await fetch(`${next.url}/readyz`)).status).toBe(503);
    // The migration gives its place in the queue up between attempts: the older instance serves all the time.
    for (let n = 0; n < 20; n++) expect(await statusOf(service, key)).toBe(200);
    expect(said()).not.toContain('keyseal is serving');
    expect(await dumpState(role.url)).toBe('held');
    await dump.finish();
    await next.serving;
    expect((await createKeysealClient({ url: next.url }).health.query()).version).toBe(NEXT_VERSION);
    expect(await statusOf(next, key)).toBe(200);
    // The dump has the schema before the upgrade, which the older version serves.
    await expectSameState(await restored('plain', file, env, service.port), key, accepted);
  });

  it('a restart does not wait for the dump', async () => {
    const { role, env, service, key, accepted } = await served();
    const file = join(await freshFolder(), 'dump');
    const dump = await holdDump(role.url, 'custom', file);
    await stopAll();
    const again = await start({ ...env, PORT: String(service.port) });
    await again.serving;
    expect(again.said().out).not.toContain('startup is waiting');
    expect(await statusOf(again, key)).toBe(200);
    expect(await dumpState(role.url)).toBe('held');
    await dump.finish();
    await expectSameState(await restored('custom', file, env, service.port), key, accepted);
  });
});
