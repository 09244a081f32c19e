import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient, type KeysealClient, type KeysealRefusal } from '../../client/index.ts';
import { noted, withKey } from '../harness/clients.ts';
import { type CuttableProxy, cuttableProxy } from '../harness/cuttable-proxy.ts';
import { createKey, mutate } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let proxy: CuttableProxy;
let service: TestService;

beforeAll(async () => {
  proxy = await cuttableProxy();
  service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url } });
  proxy.aim(service.port);
});
afterAll(async () => {
  proxy.close();
  await service.stop();
});

/** Listens until `enough` ticks have come, or the stream ends by an error. */
function listen(client: KeysealClient, enough: number, onTick: (tick: number) => void = () => {}) {
  const ticks: number[] = [];
  return new Promise<{ ticks: number[]; refusal: KeysealRefusal | null }>((resolve) => {
    const subscription = client.clock.subscribe(
      { everyMs: 50 },
      {
        onData: ({ data: { tick } }) => {
          ticks.push(tick);
          onTick(tick);
          if (ticks.length < enough) return;
          subscription.unsubscribe();
          resolve({ ticks, refusal: null });
        },
        onError: (error) => resolve({ ticks, refusal: error as KeysealRefusal }),
      },
    );
  });
}

describe('a subscription', () => {
  it('is signed, and receives events', async () => {
    const { fetch, sent } = noted();
    const { ticks } = await listen(createKeysealClient({ ...withKey(service), fetch }), 3);
    expect(ticks).toEqual([1, 2, 3]);
    expect(sent[0]?.headers.get('x-signature')).toMatch(/^v1,k=/);
  });

  it('continues where it broke, signed again and without a last-event-id header', async () => {
    let last = 0;
    const lastAtSending: number[] = [];
    const { fetch, sent } = noted(() => void lastAtSending.push(last));
    const { ticks } = await listen(createKeysealClient({ ...withKey(service), fetch }), 6, (tick) => {
      last = tick;
      if (tick === 3) proxy.cut();
    });
    expect(ticks).toEqual([1, 2, 3, 4, 5, 6]);
    expect(sent).toHaveLength(2);
    // The third, or the fourth where that one arrived along with it.
    expect([3, 4]).toContain(lastAtSending[1]);
    expect(new URL(sent[1]?.url ?? '').searchParams.get('lastEventId')).toBe(String(lastAtSending[1]));
    expect(sent.map(({ headers }) => headers.has('last-event-id'))).toEqual([false, false]);
  });

  it('that is refused at the gate ends with the reason', async () => {
    const options = { ...withKey(service), signingSecret: `kss_${'A'.repeat(43)}` };
    const { refusal, ticks } = await listen(createKeysealClient(options), 1);
    expect([refusal?.reason, ticks]).toEqual(['SIGNATURE_INVALID', []]);
  });

  it('without its permission ends with the reason', async () => {
    const { apiKey, signingSecret } = await createKey(service, service.demo);
    const { refusal } = await listen(createKeysealClient({ url: service.url, apiKey, signingSecret }), 1);
    expect(refusal).toMatchObject({ reason: 'PERMISSION_DENIED', details: { missing: 'clock:read' } });
  });

  it('ends with the reason when its key is revoked in the meantime', async () => {
    const { id, apiKey, signingSecret } = await createKey(service, service.demo, {
      permissions: ['clock:read'],
    });
    const client = createKeysealClient({ url: service.url, apiKey, signingSecret });
    const { refusal } = await listen(client, 1_000, (tick) => {
      if (tick === 2) void mutate(service, service.demo, 'keys.revoke', { id });
    });
    expect(refusal?.reason).toBe('KEY_REVOKED');
  });
});
