import { afterEach, expect, it } from 'vitest';
import { createKeysealClient, type KeysealClient } from '../../client/index.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { freePort } from '../harness/process.ts';
import { type RunningProxy, startHaproxy, startNginx } from '../harness/proxies.ts';
import { requires } from '../harness/requires.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';

/** Seconds after which these proxies cut an idle connection: more than a heartbeat, and less than a test. */
const IDLE_S = 3;

const nginx = (to: number) => (port: number) =>
  `server {
  listen 127.0.0.1:${port};
  location / {
    proxy_pass http://127.0.0.1:${to};
    proxy_set_header Host $http_host;
    proxy_next_upstream off;
    proxy_buffering off;
    proxy_read_timeout ${IDLE_S}s;
  }
}`;

const haproxy = (to: number) => (port: number) =>
  `defaults
  mode http
  timeout connect 1s
  timeout client ${IDLE_S}s
  timeout server ${IDLE_S}s
  retries 0
listen all
  bind 127.0.0.1:${port}
  server one 127.0.0.1:${to}`;

const PROXIES = {
  nginx: (to: number) => startNginx(nginx(to)),
  haproxy: (to: number) => startHaproxy(haproxy(to)),
} as const;

const open: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** A service behind a proxy, both on ports that outlast a restart. */
async function behind(start: (to: number) => Promise<RunningProxy>, more: Record<string, string> = {}) {
  const port = await freePort();
  const proxy = await start(port);
  open.push(proxy);
  const env = {
    PORT: String(port),
    KEYSEAL_PUBLIC_ORIGINS: proxy.url,
    KEYSEAL_HEARTBEAT_SECONDS: '1',
    ...more,
  };
  const service = await startTestService({ env });
  let now = service;
  open.push({ stop: () => now.stop() });
  const again = async () => {
    now = await restart(now);
  };
  return { service, proxy, again };
}

function ticksOf(client: KeysealClient, everyMs: number) {
  const ticks: number[] = [];
  const losses: string[] = [];
  const ended: unknown[] = [];
  const subscription = client.clock.subscribe(
    { everyMs },
    {
      onData: ({ data: { tick } }) => void ticks.push(tick),
      onConnectionStateChange: ({ error }) => void (error && losses.push(error.message)),
      onError: (error) => void ended.push(error),
      onComplete: () => void ended.push('complete'),
    },
  );
  open.push({ stop: () => subscription.unsubscribe() });
  return { ticks, losses, ended };
}

interface TailedStream {
  readonly client: KeysealClient;
  readonly received: { type: string; requestId?: string }[];
  readonly ended: unknown[];
}

function tailOf(client: KeysealClient, id: string): TailedStream {
  const received: TailedStream['received'] = [];
  const ended: unknown[] = [];
  const subscription = client.keys.tail.subscribe(
    { id },
    { onData: ({ data }) => void received.push(data), onError: (error) => void ended.push(error) },
  );
  open.push({ stop: () => subscription.unsubscribe() });
  return { client, received, ended };
}

const WAIT = { timeout: 25_000, interval: 50 };

for (const [name, start] of Object.entries(PROXIES)) {
  requires(name as keyof typeof PROXIES).describe(`behind ${name}`, () => {
    it('B1: a key’s subscription survives a restart of the service, without an event lost or doubled', async () => {
      const { service, again } = await behind(start);
      const { ticks, ended } = ticksOf(createKeysealClient(withKey(service)), 100);
      await expect.poll(() => ticks.length, WAIT).toBeGreaterThan(3);
      await again();
      const before = ticks.length;
      await expect.poll(() => ticks.length, WAIT).toBeGreaterThan(before + 3);
      expect(ticks).toEqual(ticks.map((_, n) => n + 1));
      expect(ended).toEqual([]);
    });

    it('B1: a person’s subscription survives it too, and reports that it may have missed events', async () => {
      const { service, again } = await behind(start);
      const session = await newSession(service);
      const person = createKeysealClient({ url: service.url, session });
      const permissions = ['exemple:read'];
      const made = await person.keys.create.mutate({ name: 'A key', environment: 'test', permissions });
      const { key, secret: apiKey, signingSecret } = made;
      if (apiKey === null || signingSecret === null) throw new Error('a new key shows its secrets');
      const caller = createKeysealClient({ url: service.url, apiKey, signingSecret });
      const { received, ended } = tailOf(person, key.id);
      const makesCall = async (enough: number) => {
        await caller.exemple.query({}).catch(() => {});
        return received.length >= enough;
      };
      await expect.poll(() => makesCall(1), WAIT).toBe(true);
      await again();
      const before = received.length;
      await expect.poll(() => makesCall(before + 2), WAIT).toBe(true);
      expect(received[before]).toEqual({ type: 'missed', count: null });
      expect(received.slice(before + 1).map(({ type }) => type)).not.toContain('missed');
      const ids = received.flatMap(({ requestId }) => requestId ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ended).toEqual([]);
    });

    it('B2: an idle subscription is not cut off', async () => {
      const { service } = await behind(start);
      const { ticks, losses } = ticksOf(createKeysealClient(withKey(service)), (IDLE_S + 2) * 1_000);
      await expect.poll(() => ticks, WAIT).toEqual([1, 2]);
      expect(losses).toEqual([]);
    });

    it('B2: a subscription that the proxy cuts off continues, and receives the calls in the gap', async () => {
      // The heartbeat is slower than the proxy's patience.
      const { service } = await behind(start, { KEYSEAL_HEARTBEAT_SECONDS: '60' });
      const session = await newSession(service);
      const person = createKeysealClient({ url: service.url, session });
      const permissions = ['exemple:read'];
      const made = await person.keys.create.mutate({ name: 'A key', environment: 'test', permissions });
      const { key, secret: apiKey, signingSecret } = made;
      if (apiKey === null || signingSecret === null) throw new Error('a new key shows its secrets');
      const caller = createKeysealClient({ url: service.url, apiKey, signingSecret });
      let losses = 0;
      const received: string[] = [];
      const subscription = person.keys.tail.subscribe(
        { id: key.id },
        {
          onData: ({ data }) => void received.push(data.type),
          onConnectionStateChange: ({ error }) => {
            if (!error) return;
            losses++;
            void caller.exemple.query({});
          },
        },
      );
      open.push({ stop: () => subscription.unsubscribe() });
      await expect.poll(() => received.length >= 2 && losses >= 2, WAIT).toBe(true);
      expect(received).not.toContain('missed');
    });
  });
}

/** What the restart of a service looks like to a client without any proxy. */
it('B1: a subscription survives a restart without a proxy too', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let service: TestService = await startTestService({
    env: { PORT: String(port), KEYSEAL_PUBLIC_ORIGINS: url },
  });
  open.push({ stop: () => service.stop() });
  const { ticks, ended } = ticksOf(createKeysealClient(withKey(service)), 100);
  await expect.poll(() => ticks.length, WAIT).toBeGreaterThan(3);
  service = await restart(service);
  const before = ticks.length;
  await expect.poll(() => ticks.length, WAIT).toBeGreaterThan(before + 3);
  expect(ticks).toEqual(ticks.map((_, n) => n + 1));
  expect(ended).toEqual([]);
});
