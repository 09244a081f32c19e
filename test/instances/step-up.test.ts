import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshPostgres } from '../harness/fresh.ts';
import { mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { ageProof, stepUp } from '../harness/step-up.ts';

const LIVE = { name: 'A key', environment: 'live', permissions: ['exemple:read'] };

requires('postgres').describe('a fresh proof on two instances', () => {
  let one: TestService;
  let other: TestService;
  beforeAll(async () => {
    one = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  const create = (at: TestService, who: Person) => mutate(at, who, 'keys.create', LIVE);

  it('counts on both from the answer on, whichever of them had the session cached', async () => {
    const ada = await signUp(one);
    await ageProof(one, ada);
    for (const at of [one, other]) {
      expect((await query(at, ada, 'whoami')).status).toBe(200);
      expect((await create(at, ada)).reason).toBe('STEP_UP_REQUIRED');
    }
    expect((await stepUp(one, ada)).status).toBe(200);
    for (const at of [other, one]) expect((await create(at, ada)).status).toBe(200);
  });

  it('that is gone for one is gone for the other', async () => {
    const ada = await signUp(one);
    for (const at of [one, other]) expect((await create(at, ada)).status).toBe(200);
    await ageProof(other, ada);
    for (const at of [one, other]) expect((await create(at, ada)).reason).toBe('STEP_UP_REQUIRED');
  });
});
