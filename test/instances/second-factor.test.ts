import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { freshPostgres } from '../harness/fresh.ts';
import { callPublic, mutate, personOf, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { challengeOf, codeAt, finishWithCode, STEP_MS, setUpFactor } from '../harness/second-factor.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';

requires('postgres').describe('a second factor on two instances', () => {
  let one: TestService;
  let other: TestService;
  /** The clock stands still during a test. */
  let start = Date.now();

  beforeAll(async () => {
    one = await startTestService({ env: { DATABASE_URL: await freshPostgres() }, clock: () => start });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));
  beforeEach(() => {
    start = Date.now();
  });

  it.each(['code', 'recovery code'])('accepts one %s once, sent to both at the same moment', async (kind) => {
    const ada = await signUp(one);
    const { secret, recoveryCodes } = await setUpFactor(one, ada, start);
    const [recovery = ''] = recoveryCodes;
    const code = kind === 'code' ? codeAt(secret, start + STEP_MS) : recovery;
    const sent = [];
    for (let n = 0; n < 8; n++) sent.push([n % 2 ? one : other, await challengeOf(one, ada)] as const);
    const answers = await Promise.all(sent.map(([at, challenge]) => finishWithCode(at, challenge, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('lets one challenge begin one session', async () => {
    const ada = await signUp(one);
    const { recoveryCodes } = await setUpFactor(one, ada, start);
    const challenge = await challengeOf(one, ada);
    const answers = await Promise.all(
      recoveryCodes.map((code, n) => finishWithCode(n % 2 ? one : other, challenge, code)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ reason }) => reason === 'SIGN_IN_INVALID')).toHaveLength(
      recoveryCodes.length - 1,
    );
  });

  it('once confirmed on one, ends the other sessions on both from the next request on', async () => {
    const ada = await signUp(one);
    const { email, password } = ada;
    const stolen = personOf(await callPublic(one, 'auth.signIn', { email, password }), email, password);
    for (const at of [one, other]) expect((await query(at, stolen, 'whoami')).status).toBe(200);
    await setUpFactor(one, ada, start);
    for (const at of [other, one]) expect((await query(at, stolen, 'whoami')).reason).toBe('SESSION_ENDED');
    for (const at of [other, one]) expect((await query(at, ada, 'whoami')).status).toBe(200);
  });

  it('takes one code once for its removal and new recovery codes, sent to both at the same moment', async () => {
    const ada = await signUp(one);
    const { secret } = await setUpFactor(one, ada, start);
    const proof = { password: ada.password, code: codeAt(secret, start + STEP_MS) };
    const answers = await Promise.all(
      [one, other, one, other].map((at) => mutate(at, ada, 'secondFactor.newRecoveryCodes', proof)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const at of [one, other])
      expect((await mutate(at, ada, 'secondFactor.remove', proof)).reason).toBe('CREDENTIALS_INVALID');
  });
});
