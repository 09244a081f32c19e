import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAccountWithKey, restart, startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
// The clock is frozen, so that `t` is as far ahead when it arrives as when it was signed.
const start = Date.now();
beforeAll(async () => {
  service = await startTestService({ clock: () => start });
});
afterAll(() => service.stop());

const call = (who: Credentials, ahead: number) =>
  send(
    service.port,
    sign(who, '/api/exemple', {
      authority: service.authority,
      t: Math.floor(start / 1000) + ahead,
    }),
  );

/** Nonces in memory. */
const stored = () => service.running.service.stores.replay.outstanding.used;

describe('S6: signatures with a future time', () => {
  it.each([601, 86_400, 2_000_000_000])('are malformed if they are %d seconds ahead', async (ahead) => {
    expect((await call(service.demo, ahead)).reason).toMatch(/^SIGNATURE_MALFORMED$/);
  });

  it('fill only a small share: their key, another key and another workspace keep calling', async () => {
    const other = await makeAccountWithKey(service.running);
    const before = stored();
    for (let sent = 0; sent < 150; sent++) {
      const { reason, json } = await call(service.demo, 590);
      // Whether there is room for the nonce or not: the client learns the right time.
      expect([reason, typeof json.error.data.clock?.mac]).toEqual(['SIGNATURE_EXPIRED', 'string']);
    }
    expect(stored() - before).toBe(100);
    expect((await call(service.demo, 0)).status).toBe(200);
    expect((await call(other, 0)).status).toBe(200);
    expect((await call(other, 590)).reason).toBe('SIGNATURE_EXPIRED');
  });

  it('are still counted after a restart', async () => {
    service = await restart(service);
    const before = stored();
    expect((await call(service.demo, 590)).reason).toBe('SIGNATURE_EXPIRED');
    expect(stored()).toBe(before);
    expect((await call(service.demo, 0)).status).toBe(200);
  });
});
