import { describe, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { MIGRATION_LOCK } from '../../server/stores/database/lock-holders.ts';
import { newKey } from '../harness/clients.ts';
import { freshPglite } from '../harness/fresh.ts';
import { freshRole } from '../harness/fresh-role.ts';
import { type ServiceProcess, startProcess } from '../harness/process.ts';
import { rawConnection } from '../harness/raw.ts';
import { requires } from '../harness/requires.ts';
import { send, sendInTwo, sign } from '../harness/wire.ts';

async function started(env: Record<string, string>): Promise<ServiceProcess> {
  const all = { KEYSEAL_DATA_DIR: await freshPglite(), NODE_ENV: 'development', KEYSEAL_DEMO: 'off', ...env };
  const service = await startProcess(all);
  await service.serving;
  await expect.poll(() => status(service, '/readyz'), { timeout: 20_000 }).toBe(200);
  return service;
}

/** Signs up a user, who creates a key. */
async function keyOf({ url }: ServiceProcess) {
  const input = { email: 'ada@example.com', password: 'correct horse battery' };
  const { session } = await createKeysealClient({ url }).auth.signUp.mutate(input);
  return newKey(createKeysealClient({ url, session }), ['exemple:read', 'echo:write']);
}

const status = async ({ url }: ServiceProcess, path: string) => (await fetch(url + path)).status;

describe('D7: SIGTERM', () => {
  it('turns /readyz to 503 while calls on old and new connections are served, then stops', async () => {
    const service = await started({ KEYSEAL_DRAIN_SECONDS: '6' });
    const key = await keyOf(service);
    const call = async () => {
      const draft = sign(key, '/api/exemple', { authority: `localhost:${service.port}` });
      return (await send(service.port, draft)).status;
    };
    expect(await call()).toBe(200);
    service.child.kill('SIGTERM');
    await expect.poll(() => status(service, '/readyz'), { timeout: 5_000, interval: 20 }).toBe(503);
    expect(await status(service, '/healthz')).toBe(200);
    for (let n = 0; n < 20; n++) expect(await call()).toBe(200);
    expect(await status(service, '/readyz')).toBe(503);
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.said().out).toMatch(/draining[\s\S]*stopping/);
  });

  it('answers a call that began before the stop', async () => {
    const service = await started({ KEYSEAL_DRAIN_SECONDS: '1' });
    const body = Buffer.from(JSON.stringify({ text: 'in flight' }));
    const draft = sign(await keyOf(service), '/api/echo', { authority: `localhost:${service.port}`, body });
    const answer = await sendInTwo(service.port, { ...draft, body }, async () => {
      service.child.kill('SIGTERM');
      await expect.poll(() => service.said().out, { timeout: 5_000 }).toContain('stopping');
      await expect(status(service, '/healthz')).rejects.toThrow();
    });
    expect(answer.status).toBe(200);
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGINT', 'SIGINT'],
  ] as const)('a second signal skips the wait: %s, then %s', async (first, second) => {
    const service = await started({ KEYSEAL_DRAIN_SECONDS: '600' });
    service.child.kill(first);
    await expect.poll(() => status(service, '/readyz'), { timeout: 5_000, interval: 20 }).toBe(503);
    service.child.kill(second);
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it('stops at once in development', async () => {
    const service = await started({});
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.said().out).not.toContain('draining');
  });
});

requires('postgres').describe('D7: a signal while startup waits', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s ends it, also where it is the first process of a container', async (signal, code) => {
    const role = await freshRole();
    await role.admin`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const service = await startProcess({ NODE_ENV: 'development', DATABASE_URL: role.url });
    await expect.poll(() => service.said().out, { timeout: 30_000 }).toContain('startup is waiting');
    service.child.kill(signal);
    // A process that a signal ends without a listener has no status; the first one of a container would not end.
    expect(await service.exited).toEqual({ code, signal: null });
    expect(service.said().err).toContain(`Ended by ${signal}`);
  });
});

describe('D8: timeouts', () => {
  it('keep an idle connection longer than the load balancer does, beyond the time for headers', async () => {
    const service = await started({ KEYSEAL_REQUEST_SECONDS: '1' });
    const idle = await rawConnection(service.port);
    const probe = `GET /healthz HTTP/1.1\r\nhost: localhost:${service.port}\r\n\r\n`;
    idle.socket.write(probe);
    expect(await idle.until((text) => text.includes('"ok"'))).toMatch(/keep-alive: timeout=75\r\n/i);
    // The time for headers has passed on this one, which began later.
    const slow = await rawConnection(service.port);
    slow.socket.write('GET /healthz HTTP/1.1\r\n');
    expect(await slow.until((text) => text.includes('408'))).toContain('408');
    idle.socket.write(probe);
    expect(await idle.until((text) => text.split('"ok"').length === 3)).toContain('"ok"');
    expect(idle.text().split('HTTP/1.1 200').length).toBe(3);
    idle.socket.destroy();
    service.child.kill('SIGTERM');
    await service.exited;
  });

  it('can be configured', async () => {
    const service = await started({ KEYSEAL_KEEP_ALIVE_SECONDS: '1', KEYSEAL_REQUEST_SECONDS: '2' });
    const idle = await rawConnection(service.port);
    idle.socket.write(`GET /healthz HTTP/1.1\r\nhost: localhost:${service.port}\r\n\r\n`);
    expect(await idle.until((text) => text.includes('"ok"'))).toMatch(/keep-alive: timeout=1\r\n/i);
    await idle.closed;
    const slow = await rawConnection(service.port);
    slow.socket.write(
      `POST /api/auth.signIn HTTP/1.1\r\nhost: localhost:${service.port}\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n`,
    );
    expect(await slow.until((text) => text.includes('408'))).toContain('408');
    service.child.kill('SIGTERM');
    await service.exited;
  });
});
