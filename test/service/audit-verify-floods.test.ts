import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../server/stores/audit/audit.ts';
import { dbOf, verifyChain, workspaceOf } from '../harness/audit-chain.ts';
import { createKey, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const RECORDS = 3_000;
/** Quick calls of another workspace. */
const QUICK = 50;

let service: TestService;
let ada: Person;
let hers: Credentials;
let other: Credentials;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  hers = await createKey(service, ada, { permissions: ['audit:read', 'exemple:read'] });
  other = await createKey(service, await signUp(service));
  const workspaceId = await workspaceOf(service, hers);
  const { audit } = service.running.service.stores;
  const change = { action: 'test', kind: 'key', subject: 'abcdefghijkl', after: { name: 'x' } } as const;
  const changes = Array.from({ length: 500 }, () => change);
  for (let n = 0; n < RECORDS; n += changes.length)
    await dbOf(service).transaction((tx) => audit.recordAll(tx, systemActor(workspaceId), changes));
});
afterAll(() => service.stop());

describe('S7: audit.verify over a long log', () => {
  it.each([
    ['audit.verify,audit.verify', 'REQUEST_MALFORMED'],
    ['audit.verify,exemple', 'REQUEST_MALFORMED'],
    ['exemple,audit.verify', 'REQUEST_MALFORMED'],
  ])('is refused in a batch: %s', async (names, reason) => {
    const draft = sign(hers, `/api/${names}?batch=1`, { authority: service.authority });
    expect((await send(service.port, draft)).reason).toBe(reason);
  });

  it('is accepted as a batch of one, as tRPC clients write a single call', async () => {
    const draft = sign(hers, '/api/audit.verify?batch=1', { authority: service.authority });
    expect((await send(service.port, draft)).status).toBe(200);
  });

  it('does not delay other workspaces, and runs once at a time in a workspace', async () => {
    let done = 0;
    const long = Array.from({ length: 20 }, async () => {
      expect((await query(service, hers, 'audit.verify')).status).toBe(200);
      done++;
    });
    for (let n = 0; n < QUICK; n++) expect((await query(service, other, 'exemple')).status).toBe(200);
    expect(done).toBeLessThan(long.length);
    expect(service.running.service.stores.verifications.occupancy.used).toBeGreaterThan(0);
    await Promise.all(long);
    expect(service.running.service.stores.verifications.occupancy.used).toBe(0);
  });

  it('gives the same result in one call as before', async () => {
    expect(await verifyChain(service, ada)).toMatchObject({ verified: true });
  });
});
