import { afterEach, expect, it } from 'vitest';
import { type CuttableProxy, cuttableProxy } from '../harness/cuttable-proxy.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { type ReplicatedPostgres, startReplicated } from '../harness/replicated-postgres.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { type Draft, queryTarget, send, sign } from '../harness/wire.ts';

/**
 * The time that a failover may take here, from the moment at which the standby takes writes. An idle machine needs less
 * than ten seconds, seven of them to notice that a server is silent; a busy one runs other tests alongside this one.
 */
const OVER_MS = 40_000;

/** How the old primary ends. Connections that are opened afterwards lead to the standby. */
const ENDS: readonly [string, (databases: ReplicatedPostgres, proxy: CuttableProxy) => Promise<void>][] = [
  ['crashes', async (databases) => databases.crash()],
  [
    'becomes read-only and keeps answering',
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
      stops.push(load.stop);
      const revoked = await createKey(service, ada);
      await load.until(50);
      expect((await mutate(service, ada, 'keys.revoke', { id: revoked.id })).status).toBe(200);
      const accepted = load.accepted.slice(-20);
      await end(databases, proxy);
      await databases.promote();
      proxy.aim(databases.standby.port);
      const answered = load.accepted.length;
      await expect.poll(() => load.accepted.length - answered, { timeout: OVER_MS }).toBeGreaterThan(50);
      const statuses = async () => {
        const all = [
          query(service, load.key, 'exemple'),
          query(service, ada, 'whoami'),
          query(service, ada, 'keys.list', {}),
        ];
        return (await Promise.all(all)).map(({ status }) => status);
      };
      await expect.poll(statuses, { timeout: OVER_MS }).toEqual([200, 200, 200]);
      await load.stop();
      const again = await Promise.all(accepted.map((draft) => send(service.port, draft)));
      expect(new Set(again.map(({ reason }) => reason))).toEqual(new Set(['SIGNATURE_REPLAYED']));
      expect((await query(service, revoked, 'exemple')).reason).toBe('KEY_REVOKED');
      const failures = service.log.filter((line) => line.includes('INTERNAL')).join('');
      expect(
        [...load.outcomes].filter((outcome) => !/^(200|503 UNAVAILABLE)$/.test(outcome)),
        failures,
      ).toEqual([]);
      await expect.poll(() => readyz(service), { timeout: OVER_MS }).toBe(200);
    },
    120_000,
  );

  it('while commits wait for a lost standby, calls get 503 and sessions do not accumulate; then the service recovers', async () => {
    const { databases, service } = await start();
    const ada = await signUp(service);
    const key = await createKey(service, ada);
    await databases.loseStandby();
    const outcomes = new Set<string>();
    // Three rounds, each longer than a server may be silent.
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 10 }, () => query(service, key, 'exemple'));
      for (const { status, reason } of await Promise.all(calls)) outcomes.add(`${status} ${reason}`);
    }
    expect([...outcomes]).toEqual(['503 UNAVAILABLE']);
    expect(await readyz(service)).toBe(503);
    const explained = () =>
      service.log.filter((line) => line.includes('commits wait for a synchronous standby'));
    await expect.poll(explained).toHaveLength(1);
    expect(JSON.parse(explained()[0] ?? '')).toMatchObject({ level: 40, synchronousStandbyNames: '*' });
    await databases.on(databases.primary.url, `alter system set synchronous_standby_names = ''`);
    const sessions = `select count(*)::int as it from pg_stat_activity where application_name = 'keyseal'`;
    expect(await databases.ask(databases.primary.url, sessions)).toBeLessThanOrEqual(22);
    await databases.on(databases.primary.url, 'select pg_reload_conf()');
    await expect.poll(() => readyz(service), { timeout: OVER_MS }).toBe(200);
    expect((await query(service, key, 'exemple')).status).toBe(200);
  }, 120_000);

  it('finds the writable one of two hosts in DATABASE_URL, at startup and later', async () => {
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
    expect((await query(service, key, 'exemple')).status).toBe(200);
    databases.crash();
    await databases.promote();
    const status = async () => (await query(service, key, 'exemple')).status;
    await expect.poll(status, { timeout: OVER_MS }).toBe(200);
  }, 120_000);

  it('D1: starts at a standby, is not ready, and serves once the standby is promoted', async () => {
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
    expect((await query(service, key, 'exemple')).reason).toBe('UNAVAILABLE');
    await databases.promote();
    await expect.poll(() => readyz(service), { timeout: OVER_MS }).toBe(200);
    expect((await query(service, key, 'exemple')).status).toBe(200);
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
      const draft = sign(key, queryTarget('exemple'), { authority: service.authority });
      const answer = await send(service.port, draft).catch(() => null);
      if (!answer) return;
      const { status, reason } = answer;
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
