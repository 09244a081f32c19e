import { afterAll, beforeAll, expect, it } from 'vitest';
import { takesAway } from '../contract/taken-away.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { ask, createKey, signUp, tell } from '../harness/people.ts';
import { rawConnection } from '../harness/raw.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

requires('postgres').describe('two instances on one Postgres', () => {
  let one: TestService;
  let other: TestService;

  beforeAll(async () => {
    one = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  takesAway(() => ({ here: one, there: other }));

  it.each([1, 2, 3, 4, 5])('admit one of 100 copies sent to both at the same moment, round %d', async () => {
    const draft = sign(one.demo, '/api/exemple', { authority: one.authority });
    const ports = Array.from({ length: 100 }, (_, n) => (n % 2 ? one.port : other.port));
    const reasons = await Promise.all(ports.map(async (port) => (await send(port, draft)).reason));
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'SIGNATURE_REPLAYED')).toHaveLength(99);
  });

  it('end a stream of one within five seconds of what the other took away', async () => {
    const key = await createKey(one, one.demo, { permissions: ['clock:read'] });
    const { target, headers } = sign(key, '/api/clock', { authority: one.authority });
    const stream = await rawConnection(other.port);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    stream.socket.write(`GET ${target} HTTP/1.1\r\n${lines}\r\n`);
    await stream.until((text) => text.includes('id: 1'));
    await tell(one, one.demo, 'keys.revoke', { id: key.id });
    const begun = Date.now();
    expect(await stream.until((text) => text.endsWith('\r\n0\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 OK/);
    stream.socket.destroy();
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('know a rotated key’s new secrets at once, and the old ones while they are good', async () => {
    const ada = await signUp(one);
    const before = await createKey(one, ada);
    expect((await ask(other, before, 'exemple')).status).toBe(200);
    const { json } = await tell(one, ada, 'keys.rotate', { id: before.id, graceSeconds: 60 });
    const { secret, signingSecret } = json.result.data;
    const after = { id: before.id, apiKey: secret, signingSecret };
    const outcomes = [];
    for (const who of [after, before, after]) outcomes.push((await ask(other, who, 'exemple')).status);
    expect(outcomes).toEqual([200, 200, 200]);
    await tell(one, ada, 'keys.rotate', { id: before.id, graceSeconds: 0 });
    for (const who of [after, before]) expect((await ask(other, who, 'exemple')).reason).toBe('KEY_INVALID');
  });

  it('publish the same token keys', async () => {
    const jwks = (at: TestService) => fetch(`http://127.0.0.1:${at.port}/.well-known/jwks.json`);
    expect(await (await jwks(one)).json()).toEqual(await (await jwks(other)).json());
  });
});
