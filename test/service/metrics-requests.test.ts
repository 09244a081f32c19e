import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { subscribe } from '../harness/events.ts';
import { growth, scrape, since } from '../harness/metrics.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const authority = () => ({ authority: service.authority });
const exemple = () => sign(service.demo, '/api/exemple', authority());

describe('keyseal_request_duration_seconds', () => {
  it('has one observation for each request, by its path through the server', async () => {
    const before = await scrape(service.port);
    await send(service.port, exemple());
    await send(service.port, withHeader(exemple(), 'authorization', null));
    await send(service.port, sign(service.demo, '/api/exemple,whoami?batch=1&input={}', authority()));
    const after = await scrape(service.port);
    const count = (way: string) => since(before, after, 'keyseal_request_duration_seconds_count', { way });
    expect([count('plain'), count('refused'), count('stream')]).toEqual([2, 1, 0]);
    expect(since(before, after, 'keyseal_request_duration_seconds_sum')).toBeGreaterThan(0);
  });

  it('of a stream measures the time to its start, and counts the stream when it ends', async () => {
    const before = await scrape(service.port);
    const tail = await subscribe(service, service.demo, 'keys.tail', { id: service.demo.id });
    const open = await scrape(service.port);
    expect(since(before, open, 'keyseal_open_streams')).toBe(1);
    expect(since(before, open, 'keyseal_table_entries', { table: 'tails' })).toBe(1);
    expect(since(before, open, 'keyseal_calls_total', { procedure: 'keys.tail' })).toBe(0);
    // It stays open for longer than it took to begin.
    await send(service.port, exemple());
    await tail.count(1);
    const stayed = performance.now();
    await vi.waitFor(() => expect(performance.now() - stayed).toBeGreaterThan(500));
    tail.leave();
    const after = await vi.waitFor(async () => {
      const now = await scrape(service.port);
      expect(since(before, now, 'keyseal_open_streams')).toBe(0);
      expect(since(before, now, 'keyseal_calls_total', { procedure: 'keys.tail', outcome: 'OK' })).toBe(1);
      return now;
    });
    expect(since(before, after, 'keyseal_request_duration_seconds_count', { way: 'stream' })).toBe(1);
    expect(since(before, after, 'keyseal_request_duration_seconds_sum', { way: 'stream' })).toBeLessThan(0.5);
  });

  it('of a stream that is refused after its start counts the reason', async () => {
    const counted = await growth(
      service.port,
      'keyseal_calls_total',
      async () => (await subscribe(service, service.demo, 'keys.tail', { id: 'nothing' })).over,
    );
    expect(counted).toEqual({ 'keys.tail KEY_NOT_FOUND': 1 });
  });
});
