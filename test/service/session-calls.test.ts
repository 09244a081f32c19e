import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { signInAgain } from '../harness/teams.ts';

let service: TestService;
beforeAll(async () => {
  // One call in six seconds, ten at once.
  service = await startTestService({ env: { KEYSEAL_SESSION_CALLS: '10' } });
});
afterAll(() => service.stop());

it('S7: a session has a default limit, and its person one for all sessions, without effect on keys and others', async () => {
  const [person, other] = [await signUp(service), await signUp(service)];
  const key = await createKey(service, person);
  const reasons: (string | undefined)[] = [];
  for (let n = 0; n < 14; n++) reasons.push((await query(service, person, 'whoami')).reason);
  // One of the ten has made the key.
  expect(reasons.filter((reason) => reason === undefined).length).toBeLessThanOrEqual(10);
  const last = await query(service, person, 'whoami');
  expect([last.status, last.reason, Number(last.headers['retry-after']) > 0]).toEqual([
    429,
    'RATE_LIMITED',
    true,
  ]);
  // As the refusal of a key's limit says it.
  const [refused, resetAt] = [last.json.error.data, Date.parse(last.json.error.data.resetAt)];
  expect(refused).toMatchObject({ limit: 10, remaining: 0, retryAfter: Number(last.headers['retry-after']) });
  expect(resetAt - Date.now()).toBeLessThanOrEqual(refused.retryAfter * 1_000);
  expect(last.headers['ratelimit-policy']).toContain('"session";q=10;w=60');
  expect((await query(service, other, 'whoami')).status).toBe(200);
  expect((await query(service, key, 'exemple')).status).toBe(200);
  const second = await signInAgain(service, person);
  const more: (string | undefined)[] = [];
  for (let n = 0; n < 14; n++) more.push((await query(service, second, 'whoami')).reason);
  expect(more[0]).toBeUndefined();
  expect(more.at(-1)).toBe('RATE_LIMITED');
  const third = await signInAgain(service, person);
  const limits: (number | undefined)[] = [];
  for (let n = 0; n < 9; n++) limits.push((await query(service, third, 'whoami')).json.error?.data.limit);
  expect(limits.at(-1)).toBe(20);
});
