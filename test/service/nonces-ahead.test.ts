import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { makeAccountWithKey, sibling, startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, type Draft, send, sign } from '../harness/wire.ts';

/** More calls of one key with a wrong clock than a hundred. */
const MANY = 150;

let service: TestService;
// The clock moves only in steps, so that `t` is as far ahead when it arrives as when it was signed.
const start = Date.now();
let passed = 0;
const clock = () => start + 1_000 * passed;
beforeAll(async () => {
  service = await startTestService({ clock });
});
afterAll(() => service.stop());

const signed = (who: Credentials, ahead: number): Draft =>
  sign(who, '/api/echo', {
    authority: service.authority,
    t: Math.floor(clock() / 1000) + ahead,
    body: '{"text":"x"}',
  });

const call = (who: Credentials, ahead: number) => send(service.port, signed(who, ahead));

/** Nonces in memory. */
const stored = () => service.running.service.stores.replay.outstanding.used;

describe('S6: signatures with a future time', () => {
  it.each([601, 86_400, 2_000_000_000])('are malformed if they are %d seconds ahead', async (ahead) => {
    expect((await call(service.demo, ahead)).reason).toMatch(/^SIGNATURE_MALFORMED$/);
  });

  it('tell the client the right time, and are recorded: their key and others keep calling', async () => {
    const other = await makeAccountWithKey(service.running);
    const before = stored();
    for (let sent = 0; sent < MANY; sent++) {
      const { reason, json } = await call(service.demo, 590);
      expect([reason, typeof json.error.data.clock?.mac]).toEqual(['SIGNATURE_EXPIRED', 'string']);
    }
    expect(stored() - before).toBe(MANY);
    expect((await call(service.demo, 0)).status).toBe(200);
    expect((await call(other, 0)).status).toBe(200);
    expect((await call(other, 590)).reason).toBe('SIGNATURE_EXPIRED');
  });

  it('are not refused permanently if the quota to record them is used up', async () => {
    const { replay } = service.running.service.stores;
    const claim = vi.spyOn(replay, 'claim').mockResolvedValueOnce('full');
    const { status, reason, json, headers } = await call(service.demo, 590);
    claim.mockRestore();
    expect([status, reason, headers['retry-after']]).toEqual([503, 'UNAVAILABLE', '1']);
    // Its proof would let a client send the call again, although the first copy can be accepted later.
    expect(json.error.data.clock).toBeUndefined();
  });

  it('are not admitted once their time has come, on any instance, however many there were', async () => {
    const elsewhere = inject('database') === 'postgres' ? await sibling(service, {}, clock) : service;
    try {
      const captured = Array.from({ length: MANY }, () => signed(service.demo, 100));
      for (const draft of captured)
        expect((await send(service.port, draft)).reason).toBe('SIGNATURE_EXPIRED');
      passed += 100;
      const reasons = new Set<unknown>();
      for (const draft of captured) reasons.add((await send(elsewhere.port, draft)).reason);
      expect([...reasons]).toEqual(['SIGNATURE_REPLAYED']);
    } finally {
      if (elsewhere !== service) await elsewhere.stop();
    }
  });

  it('are not admitted after a restart either', async () => {
    const draft = signed(service.demo, 100);
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_EXPIRED');
    await startAgain();
    // Of those from before, all that are ahead are counted again.
    expect(stored()).toBeGreaterThan(MANY);
    passed += 100;
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    await startAgain();
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    expect((await call(service.demo, 0)).status).toBe(200);
  });
});

async function startAgain(): Promise<void> {
  await service.stop();
  service = await sibling(service, {}, clock);
}
