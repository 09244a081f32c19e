import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let bob: Person;
let key: Credentials;
let keyOfBob: Credentials;

beforeAll(async () => {
  service = await startTestService();
  [ada, bob] = [await signUp(service), await signUp(service)];
  key = await createKey(service, ada, { permissions: ['keys:*', 'exemple:read'] });
  keyOfBob = await createKey(service, bob);
});
afterAll(() => service.stop());

/** Counts how often the properties of a cached record are read. */
function countReads(record: object | null): () => number {
  if (record === null) throw new Error('the record is not cached');
  let reads = 0;
  for (const [name, value] of Object.entries(record)) {
    const get = () => {
      reads++;
      return value;
    };
    Object.defineProperty(record, name, { get });
  }
  return () => reads;
}

/** The cached records of a caller of another workspace, who calls now and then no more. */
async function readsOfBob(): Promise<() => number> {
  const { credentials } = service.running.service.stores;
  expect((await query(service, keyOfBob, 'exemple')).status).toBe(200);
  expect((await query(service, bob, 'workspaces.list')).status).toBe(200);
  const counts = [credentials.cachedKey(keyOfBob.id), credentials.cachedSession(bob.id)].map(countReads);
  return () => counts.reduce((sum, reads) => sum + reads(), 0);
}

it.each<[string, () => ReturnType<typeof mutate>]>([
  ['a key', () => mutate(service, key, 'keys.update', { id: key.id, name: 'Another name' })],
  ['an external owner', () => mutate(service, ada, 'owners.update', { externalId: 'acme', limits: [] })],
  ['the sessions of a user', () => mutate(service, ada, 'sessions.revoke', { others: true })],
  ['a workspace', () => mutate(service, ada, 'workspaces.sponsor', {})],
])('12: a change of %s looks at no cached caller whom it does not concern', async (_, change) => {
  await mutate(service, ada, 'keys.update', { id: key.id, externalId: 'acme' });
  const reads = await readsOfBob();
  const { status, text } = await change();
  expect(status, text).toBe(200);
  expect(reads()).toBe(0);
});
