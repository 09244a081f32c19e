import { afterEach, expect, it } from 'vitest';
import { type CuttableProxy, cuttableProxy } from '../harness/cuttable-proxy.ts';
import { ask, createKey, type Person, signUp, tell } from '../harness/people.ts';
import { type ReplicatedPostgres, startReplicated } from '../harness/replicated-postgres.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { type Draft, query, send, sign } from '../harness/wire.ts';

/** By when a failover is over for callers, counted from the moment at which the standby takes writes. */
const OVER_MS = 10_000;

/** How the old primary ends. Connections that are opened afterwards lead to the standby. */
const ENDS: readonly [string, (databases: ReplicatedPostgres, proxy: CuttableProxy) => Promise<void>][] = [
  ['crashes', async (databases) => databases.crash()],
  [
    'becomes read-only and goes on answering',
    async ({ on, primary }) => {
      await on(primary.url, 'alter system set default_transaction_read_only = on');
      await on(primary.url, 'select pg_reload_conf()');
    },
  ],
  ['is gone without a word', async (_, proxy) => proxy.strand()],
];

requires('postgres').describe('D2: a failover under load', () => {
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  async function start() {
    const databases = await startReplicated(true);
    stops.push(() => databases.stop());
    const proxy = await cuttableProxy();
    stops.push(() => proxy.close());
    proxy.aim(databases.primary.port);
    const url = Object.assign(new URL(databases.primary.url), { port: new URL(proxy.url).port }).href;
    const service = await startTestService({ env: { DATABASE_URL: url } });
    stops.push(() => service.stop());
    return { databases, proxy, service };
  }

  it.each(ENDS)(
    'the primary %s: calls are answered again, nothing is accepted twice, and nothing that was revoked',
    async (_, end) => {
      const { databases, proxy, service } = await start();
      const ada = await signUp(service);
      const load = await startLoad(service, ada);
      const revoked = await createKey(service, ada);
      await load.until(50);
      expect((await tell(service, ada, 'keys.revoke', { id: revoked.id })).status).toBe(200);
      const accepted = load.accepted.slice(-20);
      await end(databases, proxy);
      await databases.promote();
      proxy.aim(databases.standby.port);
      const answered = load.accepted.length;
      await expect.poll(() => load.accepted.length - answered, { timeout: OVER_MS }).toBeGreaterThan(50);
      const statuses = async () => {
        const all = [
          ask(service, load.key, 'exemple'),
          ask(service, ada, 'whoami'),
          ask(service, ada, 'keys.list', {}),
        ];
        return (await Promise.all(all)).map(({ status }) => status);
      };
      await expect.poll(statuses, { timeout: OVER_MS }).toEqual([200, 200, 200]);
      await load.stop();
      const again = await Promise.all(accepted.map((draft) => send(service.port, draft)));
      expect(new Set(again.map(({ reason }) => reason))).toEqual(new Set(['SIGNATURE_REPLAYED']));
      expect((await ask(service, revoked, 'exemple')).reason).toBe('KEY_REVOKED');
      expect([...load.outcomes].filter((outcome) => !/^(200|503 UNAVAILABLE)$/.test(outcome))).toEqual([]);
      await expect.poll(() => readyz(service), { timeout: OVER_MS }).toBe(200);
    },
    120_000,
  );

  it('of two hosts in DATABASE_URL the one that takes writes is found, at the start and later', async () => {
    const databases = await startReplicated(true);
    stops.push(() => databases.stop());
    const url = new URL(databases.primary.url);
    const hosts = `${url.hostname}:${databases.standby.port},${url.hostname}:${databases.primary.port}`;
    const env = {
      DATABASE_URL: `postgres://postgres:${url.password}@${hosts}/postgres?target_session_attrs=primary`,
    };
    const service = await startTestService({ env });
    stops.push(() => service.stop());
    const ada = await signUp(service);
    const key = await createKey(service, ada);
    expect((await ask(service, key, 'exemple')).status).toBe(200);
    databases.crash();
    await databases.promote();
    const status = async () => (await ask(service, key, 'exemple')).status;
    await expect.poll(status, { timeout: OVER_MS }).toBe(200);
  }, 120_000);

  it('D1: at a standby a service starts, is not ready, and serves once the standby is promoted', async () => {
    const databases = await startReplicated(false);
    stops.push(() => databases.stop());
    const first = await startTestService({ env: { DATABASE_URL: databases.primary.url } });
    const ada = await signUp(first);
    const key = await createKey(first, ada);
    await first.stop();
    await databases.caughtUp();
    const service = await sibling(first, { DATABASE_URL: databases.standby.url });
    stops.push(() => service.stop());
    expect(await readyz(service)).toBe(503);
    expect((await ask(service, key, 'exemple')).reason).toBe('UNAVAILABLE');
    await databases.promote();
    await expect.poll(() => readyz(service), { timeout: OVER_MS }).toBe(200);
    expect((await ask(service, key, 'exemple')).status).toBe(200);
  }, 120_000);
});

const readyz = async ({ port }: TestService) => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;

/** Eight callers of one key that call as fast as they are answered. */
async function startLoad(service: TestService, ada: Person) {
  const limits = [{ name: 'hour', limit: 1_000_000, windowSeconds: 3_600 }];
  const key = await createKey(service, ada, { limits });
  const accepted: Draft[] = [];
  const outcomes = new Set<string>();
  let loading = true;
  const caller = async () => {
    while (loading) {
      const draft = sign(key, query('exemple'), { authority: service.authority });
      const { status, reason } = await send(service.port, draft);
      outcomes.add(status === 200 ? '200' : `${status} ${reason}`);
      if (status === 200) accepted.push(draft);
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  return {
    key,
    accepted,
    outcomes,
    until: (count: number) => expect.poll(() => accepted.length, { timeout: 20_000 }).toBeGreaterThan(count),
    stop: async () => {
      loading = false;
      await Promise.all(callers);
    },
  };
}
