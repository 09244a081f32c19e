import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

it('S3: a caller whose key is not cached is admitted, however often credentials of other workspaces change', async () => {
  const { credentials } = service.running.service.stores;
  const keys = [];
  for (let n = 0; n < 20; n++) keys.push(await createKey(service, ada));
  credentials.changed({ user: ada.userId });
  // One change in each turn of the event loop: every lookup overlaps many.
  let changing = true;
  const change = () => {
    credentials.changed({ workspace: 'another' });
    if (changing) setImmediate(change);
  };
  change();
  const answers = await Promise.all(keys.map((key) => query(service, key, 'exemple')));
  const ofPerson = await query(service, ada, 'whoami');
  changing = false;
  expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
  expect(ofPerson.status).toBe(200);
});
