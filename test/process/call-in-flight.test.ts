import postgres from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { newKey } from '../harness/clients.ts';
import { atEndOfFile } from '../harness/end-of-file.ts';
import { freshFolder, freshPglite } from '../harness/fresh.ts';
import { freshRole } from '../harness/fresh-role.ts';
import { type ServiceProcess, startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { slowService } from '../harness/slow-service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const account = { email: 'ada@example.com', password: 'correct horse battery' };
const statusOf = async ({ url }: ServiceProcess, path: string) => (await fetch(url + path)).status;
const saying = ({ said }: ServiceProcess, text: string) =>
  expect.poll(() => said().out, { timeout: 20_000 }).toContain(text);

/** Whatever a call ends with, and when. */
const outcomeOf = (call: ReturnType<typeof send>) =>
  call.then(
    (answer) => ({ answer, status: answer.status as number | string, at: performance.now() }),
    (error: NodeJS.ErrnoException) => ({ answer: null, status: String(error.code), at: performance.now() }),
  );

describe('D7: SIGTERM while a procedure runs', () => {
  let project: string;
  beforeAll(async () => {
    project = await slowService();
  });

  /** Starts a service, and a call of its procedure that has begun. @param slowMs how long that takes, without it for ever */
  async function calling(env: Record<string, string>, slowMs?: number) {
    const slow = slowMs === undefined ? {} : { SLOW_MS: String(slowMs) };
    const database = { KEYSEAL_DATA_DIR: await freshPglite(), KEYSEAL_DEMO: 'off' };
    const service = await startProcess({ NODE_ENV: 'development', ...database, ...slow, ...env }, project);
    await service.serving;
    await expect.poll(() => statusOf(service, '/readyz'), { timeout: 20_000 }).toBe(200);
    const { session } = await createKeysealClient({ url: service.url }).auth.signUp.mutate(account);
    const key: Credentials = await newKey(createKeysealClient({ url: service.url, session }), ['slow:write']);
    const draft = sign(key, '/api/slow', { authority: `localhost:${service.port}`, method: 'POST' });
    const outcome = outcomeOf(send(service.port, draft));
    await saying(service, 'slow has begun');
    return { service, outcome };
  }

  /** As in development, and with a drain. Both at once: the tests wait for most of their time. */
  const both = (check: (drainSeconds: number) => Promise<void>) => () => Promise.all([0, 2].map(check));

  it(
    'the call is answered, and new connections are refused meanwhile',
    both(async (drainSeconds) => {
      const { service, outcome } = await calling({ KEYSEAL_DRAIN_SECONDS: String(drainSeconds) }, 5_000);
      service.child.kill('SIGTERM');
      if (drainSeconds > 0) {
        await expect.poll(() => statusOf(service, '/readyz'), { interval: 20 }).toBe(503);
        expect(await statusOf(service, '/healthz')).toBe(200);
      }
      await saying(service, 'keyseal is stopping');
      await expect(fetch(`${service.url}/healthz`)).rejects.toMatchObject({
        cause: { code: 'ECONNREFUSED' },
      });
      const { answer, at } = await outcome;
      expect(answer?.json).toEqual({ result: { data: 'done' } });
      expect(answer?.headers['connection']).toBe('close');
      expect(await service.exited).toEqual({ code: 0, signal: null });
      // It does not sit out the ten seconds that a call may take.
      expect(performance.now() - at).toBeLessThan(4_500);
      expect(service.said().out).not.toContain('slow has been aborted');
    }),
  );

  it(
    'a call that never ends is cut ten seconds after the port is closed, and the process ends',
    both(async (drainSeconds) => {
      const { service, outcome } = await calling({ KEYSEAL_DRAIN_SECONDS: String(drainSeconds) });
      service.child.kill('SIGTERM');
      await saying(service, 'keyseal is stopping');
      const stoppedAt = performance.now();
      const { status, at } = await outcome;
      expect(status).toBe('ECONNRESET');
      expect((at - stoppedAt) / 1_000).toBeGreaterThan(9);
      expect((at - stoppedAt) / 1_000).toBeLessThan(20);
      expect(await service.exited).toEqual({ code: 0, signal: null });
      expect(service.said().out).toContain('slow has been aborted');
    }),
  );

  it('a second signal skips the drain, not the call', async () => {
    const { service, outcome } = await calling({ KEYSEAL_DRAIN_SECONDS: '600' }, 4_000);
    service.child.kill('SIGTERM');
    await saying(service, 'keyseal is draining');
    service.child.kill('SIGTERM');
    expect((await outcome).status).toBe(200);
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });
});

requires('postgres').describe(
  'D7: SIGTERM while a call waits for a row that another session has locked',
  () => {
    /** A call that waits in the database, and the session that it waits for. */
    async function waiting() {
      const role = await freshRole();
      const env = { KEYSEAL_DATA_DIR: await freshFolder(), DATABASE_URL: role.url, KEYSEAL_DEMO: 'off' };
      const service = await startProcess({ NODE_ENV: 'development', ...env });
      await service.serving;
      const { session } = await createKeysealClient({ url: service.url }).auth.signUp.mutate(account);
      const client = createKeysealClient({ url: service.url, session });
      const holder = postgres(role.url, { max: 1 });
      atEndOfFile(() => holder.end({ timeout: 1 }));
      await holder`begin`;
      await holder`select from workspaces for update`;
      const outcome = client.workspaces.rename.mutate({ name: 'Renamed' }).then(
        ({ name }) => name,
        (error: { reason?: string }) => error.reason ?? String(error),
      );
      const blocked = () => role.admin`select from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
      await expect.poll(async () => (await blocked()).length).toBeGreaterThan(0);
      return { service, role, holder, outcome };
    }

    it('the call is answered once the row is free', async () => {
      const { service, role, holder, outcome } = await waiting();
      service.child.kill('SIGTERM');
      await saying(service, 'keyseal is stopping');
      await expect(fetch(`${service.url}/healthz`)).rejects.toThrow();
      await holder`rollback`;
      expect(await outcome).toBe('Renamed');
      expect(await service.exited).toEqual({ code: 0, signal: null });
      expect(await role.admin`select name from workspaces where name = 'Renamed'`).toHaveLength(1);
    });

    it('the call is refused, and the process ends, while the row stays locked', async () => {
      const { service, role, holder, outcome } = await waiting();
      service.child.kill('SIGTERM');
      expect(await outcome).toBe('UNAVAILABLE');
      expect(await service.exited).toEqual({ code: 0, signal: null });
      await holder`rollback`;
      expect(await role.admin`select name from workspaces where name = 'Renamed'`).toHaveLength(0);
    });
  },
);
