import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAccountWithKey, restart, startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const call = (who: Credentials, ahead: number) =>
  send(
    service.port,
    sign(who, '/api/exemple', {
      authority: service.authority,
      t: Math.floor(Date.now() / 1000) + ahead,
    }),
  );

describe('S6: signatures that are made for later', () => {
  it.each([601, 86_400, 2_000_000_000])('are malformed when they are %d seconds ahead', async (ahead) => {
    expect((await call(service.demo, ahead)).reason).toMatch(/^SIGNATURE_MALFORMED$/);
  });

  it('fill no more than a small share: their key, another key and another workspace go on calling', async () => {
    const other = await makeAccountWithKey(service.running);
    const reasons: (string | undefined)[] = [];
    for (let sent = 0; sent < 150; sent++) reasons.push((await call(service.demo, 590)).reason);
    expect(reasons.filter((reason) => reason === 'SIGNATURE_EXPIRED')).toHaveLength(100);
    expect(reasons.slice(100).every((reason) => reason === 'UNAVAILABLE')).toBe(true);
    expect((await call(service.demo, 0)).status).toBe(200);
    expect((await call(other, 0)).status).toBe(200);
    expect((await call(other, 590)).reason).toBe('SIGNATURE_EXPIRED');
  });

  it('are counted still after a restart', async () => {
    service = await restart(service);
    expect((await call(service.demo, 590)).reason).toBe('UNAVAILABLE');
    expect((await call(service.demo, 0)).status).toBe(200);
  });
});
