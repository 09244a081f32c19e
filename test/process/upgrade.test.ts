import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createKeysealClient, type KeysealClient, type KeysealSession } from '../../client/index.ts';
import { newKey } from '../harness/clients.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { NEXT_VERSION, nextPackage } from '../harness/next-package.ts';
import { freePort, type ServiceProcess, startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const root = join(import.meta.dirname, '..', '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

requires('postgres').describe('instances of one version and the next side by side', () => {
  let env: Record<string, string>;
  let project: string;
  let now: ServiceProcess;
  let next: ServiceProcess;
  let nowPort: number;
  let person: KeysealClient;
  let session: KeysealSession;
  let key: Credentials & { apiKey: string };

  const start = async (port: number, folder?: string) => {
    const started = await startProcess({ ...env, PORT: String(port) }, folder);
    await started.serving;
    return started;
  };
  const call = (who: Credentials = key) => sign(who, '/api/exemple', { authority: `localhost:${nowPort}` });
  const both = () => [now, next] as const;
  const clientOf = ({ url }: ServiceProcess) => createKeysealClient({ url, session });

  beforeAll(async () => {
    project = await nextPackage();
    nowPort = await freePort();
    const nextPort = await freePort();
    env = {
      DATABASE_URL: await freshPostgres(),
      KEYSEAL_DATA_DIR: await freshFolder(),
      KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
      KEYSEAL_PUBLIC_ORIGINS: [nowPort, nextPort].map((port) => `http://localhost:${port}`).join(','),
      NODE_ENV: 'development',
      KEYSEAL_DEMO: 'off',
    };
    now = await start(nowPort);
    const input = { email: 'ada@example.com', password: 'correct horse battery' };
    session = (await createKeysealClient({ url: now.url }).auth.signUp.mutate(input)).session;
    person = createKeysealClient({ url: now.url, session });
    key = await newKey(person, ['exemple:read']);
    await upgradeUnderLoad(nextPort);
  });
  afterAll(async () => {
    for (const { child } of both()) child.kill('SIGTERM');
    await Promise.all(both().map(({ exited }) => exited));
  });

  /** How the calls ended that the older instance took while the newer one started and migrated. */
  const during: string[] = [];

  async function upgradeUnderLoad(nextPort: number): Promise<void> {
    let migrated = false;
    const caller = async () => {
      while (!migrated) {
        const answers = [send(nowPort, call()), person.keys.create.mutate(made)];
        for (const answer of await Promise.allSettled(answers)) {
          const { status } = answer;
          const said = status === 'fulfilled' && 'status' in answer.value ? answer.value.status : 200;
          during.push(status === 'fulfilled' ? String(said) : String(answer.reason));
        }
      }
    };
    const callers = Array.from({ length: 3 }, caller);
    const crossed = crossMigration();
    next = await start(nextPort, project);
    migrated = true;
    await Promise.all([crossed, ...callers]);
  }

  /** Locks tables in the other order than the migration, so that Postgres ends the migration as a deadlock. */
  async function crossMigration(): Promise<void> {
    const sql = postgres(env['DATABASE_URL'] as string, { max: 2, onnotice: () => {} });
    await sql.begin(async (transaction) => {
      // The migration looks for a deadlock after a second, and so is the one that Postgres ends.
      await transaction`set local deadlock_timeout = '1min'`;
      await transaction`lock table sessions in access share mode`;
      await vi.waitUntil(
        async () => {
          const waiting = await sql`
            select from pg_locks where relation = 'sessions'::regclass and mode = 'AccessExclusiveLock' and not granted`;
          return waiting.length > 0;
        },
        { timeout: 60_000, interval: 20 },
      );
      await transaction`select from keys limit 1`;
    });
    await sql.end();
  }
  const made = { name: 'made meanwhile', environment: 'test' as const, permissions: ['exemple:read'] };

  it('the older one answers every call while the newer one migrates', () => {
    expect(during.length).toBeGreaterThan(20);
    expect(new Set(during)).toEqual(new Set(['200']));
  });

  it('each has its own version, and is ready', async () => {
    const versions = await Promise.all(
      both().map(({ url }) =>
        createKeysealClient({ url })
          .health.query()
          .then((said) => said.version),
      ),
    );
    expect(versions).toEqual([version, NEXT_VERSION]);
    for (const { url } of both()) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('what one creates the other accepts', async () => {
    for (const [here, there] of [both(), [next, now]] as const) {
      const mine = await newKey(clientOf(here), ['exemple:read']);
      for (const { port } of [there, here]) expect((await send(port, call(mine))).status).toBe(200);
      const renamed = await clientOf(there).keys.update.mutate({ id: mine.id, name: 'renamed' });
      expect((await clientOf(here).keys.get.query({ id: mine.id })).name).toBe(renamed.name);
      const input = { email: 'ada@example.com', password: 'correct horse battery' };
      const begun = await createKeysealClient({ url: here.url }).auth.signIn.mutate(input);
      if ('next' in begun) throw new Error('a second factor');
      const elsewhere = createKeysealClient({ url: there.url, session: begun.session });
      expect((await elsewhere.whoami.query()).user?.id).toBe(begun.user.id);
    }
  });

  it('a request that one accepted the other refuses as a replay', async () => {
    for (const [here, there] of [both(), [next, now]] as const) {
      const draft = call();
      expect((await send(here.port, draft)).status).toBe(200);
      expect((await send(there.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    }
    const draft = call();
    const copies = Array.from({ length: 60 }, (_, n) => send((n % 2 ? now : next).port, draft));
    const reasons = (await Promise.all(copies)).map(({ reason }) => reason ?? 'admitted');
    expect(reasons.filter((reason) => reason === 'admitted')).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'SIGNATURE_REPLAYED')).toHaveLength(59);
  });

  it('what one revokes the other refuses with the next call', async () => {
    for (const [here, there] of [both(), [next, now]] as const) {
      const mine = await newKey(clientOf(here), ['exemple:read']);
      for (const { port } of both()) expect((await send(port, call(mine))).status).toBe(200);
      await clientOf(here).keys.revoke.mutate({ id: mine.id });
      expect((await send(there.port, call(mine))).reason).toBe('KEY_REVOKED');
    }
  });

  it('both write to the same audit chain', async () => {
    for (const one of both())
      expect(await clientOf(one).audit.verify.query()).toMatchObject({ verified: true });
  });

  it('the older one refuses to start again, and says why', async () => {
    now.child.kill('SIGTERM');
    expect(await now.exited).toEqual({ code: 0, signal: null });
    const again = await startProcess({ ...env, PORT: String(nowPort) });
    expect(await again.exited).toEqual({ code: 78, signal: null });
    expect(again.said().err).toMatch(
      new RegExp(`^keyseal: The schema of the database is newer than Keyseal ${version}: [^\\n]+\\n$`),
    );
    expect((await send(next.port, call())).status).toBe(200);
  });
});
