import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { scrape, since } from '../harness/metrics.ts';
import { callPublic, createKey, type Person, signUp } from '../harness/people.ts';
import { answerTo, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Draft, queryTarget, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const authority = () => ({ authority: service.authority });
const exemple = () => sign(service.demo, '/api/exemple', authority());
const get = (target: string, host = service.authority): Draft => ({
  method: 'GET',
  target,
  headers: [['host', host]],
  body: null,
});

describe('/metrics', () => {
  it('is in Prometheus’ text format, on any authority, and not cacheable', async () => {
    for (const host of [service.authority, 'anything.example', '']) {
      const { status, headers } = await send(service.port, get('/metrics', host));
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it('accepts only GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await send(service.port, { ...get('/metrics'), method })).status).toBe(405);
    }
    const head = await send(service.port, { ...get('/metrics'), method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('has the process metrics too', async () => {
    const { sum, types } = await scrape(service.port);
    expect(sum('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(types.get('nodejs_eventloop_lag_p99_seconds')).toBe('gauge');
  });

  it('has no secret, no key id and no address', async () => {
    const key = await createKey(service, ada);
    const secrets = [service.demo, ada, key].flatMap((who) => [who.id, who.apiKey, who.signingSecret]);
    await send(service.port, sign(key, queryTarget('exemple', { name: key.apiKey }), authority()));
    await send(service.port, sign(key, `/api/${key.apiKey}`, authority()));
    await send(service.port, withHeader(exemple(), 'x-signature', key.signingSecret));
    await callPublic(service, 'auth.signIn', { email: ada.email, password: `${ada.password}!` });
    const { text } = await scrape(service.port);
    for (const one of [
      ...secrets,
      ada.token,
      ada.refreshToken,
      ada.password,
      ada.email,
      ada.userId,
      '127.0.0.1',
    ]) {
      if (one !== null) expect(text).not.toContain(one);
    }
  });

  it('is separate for two services in one process', async () => {
    const other = await startTestService();
    try {
      const before = await scrape(service.port);
      await send(other.port, sign(other.demo, '/api/exemple', { authority: other.authority }));
      const after = await scrape(service.port);
      expect(since(before, after, 'keyseal_calls_total')).toBe(0);
      expect((await scrape(other.port)).sum('keyseal_calls_total')).toBe(1);
    } finally {
      await other.stop();
    }
    expect((await scrape(service.port)).sum('keyseal_calls_total')).toBeGreaterThan(0);
  });
});

describe('KEYSEAL_METRICS_PORT', () => {
  let apart: TestService;
  let port: number;

  beforeAll(async () => {
    apart = await startTestService({ env: { KEYSEAL_METRICS_PORT: '0' } });
    port = apart.running.metricsPort ?? 0;
  });
  afterAll(() => apart.stop());

  it('serves /metrics, and the service’s own port does not', async () => {
    await send(apart.port, sign(apart.demo, '/api/exemple', { authority: apart.authority }));
    const { sum } = await scrape(port);
    expect(sum('keyseal_calls_total', { procedure: 'exemple', outcome: 'OK' })).toBe(1);
    for (const target of ['/metrics', '/metrics?a=b', '/metrics/', '/metrics%20']) {
      expect((await send(apart.port, get(target))).status).toBe(404);
    }
  });

  it('serves nothing else', async () => {
    const draft = sign(apart.demo, '/api/exemple', { authority: apart.authority });
    expect((await send(port, draft)).status).toBe(404);
    for (const target of [
      '/',
      '/healthz',
      '/readyz',
      '/.well-known/jwks.json',
      '/metrics/',
      'http://a/metrics',
    ]) {
      expect((await send(port, get(target))).status).toBe(404);
    }
  });

  it('accepts only GET and HEAD, and is not cacheable', async () => {
    expect((await send(port, { ...get('/metrics'), method: 'POST', body: Buffer.from('x') })).status).toBe(
      405,
    );
    expect(await answerTo(port, 'CONNECT example.com:443 HTTP/1.1\r\n\r\n')).toBe('405');
    const { status, headers, text } = await send(port, { ...get('/metrics?a=b'), method: 'HEAD' });
    expect([status, text, headers['cache-control']]).toEqual([200, '', 'no-store']);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('accepts no more than 32 connections', async () => {
    const open = await Promise.all(Array.from({ length: 40 }, () => rawConnection(port)));
    for (const { socket } of open) socket.write('GET /metrics HTTP/1.1\r\n');
    await Promise.race(open.map(({ closed }) => closed));
    await vi.waitFor(() => expect(open.filter(({ socket }) => socket.destroyed)).toHaveLength(8));
    for (const { socket } of open) socket.destroy();
    await vi.waitFor(async () => expect((await scrape(port)).samples.length).toBeGreaterThan(0));
  });

  it('is closed on shutdown, with its connections', async () => {
    const other = await startTestService({ env: { KEYSEAL_METRICS_PORT: '0' } });
    const connection = await rawConnection(other.running.metricsPort ?? 0);
    await other.stop();
    await connection.closed;
    await expect(scrape(other.running.metricsPort ?? 0)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not delay the shutdown for a peer that asked for a tunnel and keeps sending', async () => {
    const other = await startTestService({ env: { KEYSEAL_METRICS_PORT: '0' } });
    const port = other.running.metricsPort ?? 0;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
    const sending = setInterval(() => socket.write('x'), 100);
    socket.write('CONNECT example.com:443 HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const begun = performance.now();
    await other.stop();
    // Without the peer's connection: a lingering one may last for ten seconds.
    expect(performance.now() - begun).toBeLessThan(5_000);
    clearInterval(sending);
    socket.destroy();
  });
});
