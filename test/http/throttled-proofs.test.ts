import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginLink, beginSignIn, finish } from '../harness/external-sign-in.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, redeem, signInEntry } from '../harness/hostile-sign-in.ts';
import { logOut, logoutToken } from '../harness/logout-token.ts';
import { addPasskey, type HeldPasskey, signInByPasskey } from '../harness/passkeys.ts';
import { mutate, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Answer } from '../harness/wire.ts';
import { createRule, exchange, jobToken } from '../harness/workloads.ts';

/** Failures a minute from which an address is throttled. */
const FAILURES = 3;
/** Attempts of throttled addresses that begin at once, and in a second. */
const [BURST, PER_SECOND] = [10, 10];

/** Its people sign in, and its workloads get keys. */
let issuer: HostileIssuer;
let workloads: HostileIssuer;
let service: TestService;
let ada: Person;
let passkey: HeldPasskey;

beforeAll(async () => {
  [issuer, workloads] = [await startHostileIssuer(), await startHostileIssuer()];
  const env = {
    KEYSEAL_ISSUERS: JSON.stringify([
      signInEntry(issuer, { name: 'people' }),
      { name: 'company', issuer: workloads.issuer, workload: true },
    ]),
    KEYSEAL_ADDRESS_FAILURES: String(FAILURES),
  };
  service = await startTestService({ env });
  ada = await signUp(service);
  passkey = await addPasskey(service, ada);
  await createRule(service, ada);
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
  await workloads.stop();
});

const guess = () => exchange(service, 'a.b.c');
/** Other callers of the same address fail more often than allowed. */
beforeEach(async () => {
  const reasons: unknown[] = [];
  while (reasons.length < 3 * FAILURES && reasons.at(-1) !== 'TOO_MANY_FAILURES')
    reasons.push((await guess()).reason);
  expect(reasons.at(-1)).toBe('TOO_MANY_FAILURES');
});

async function signInWithProvider(): Promise<Answer> {
  const begun = await beginSignIn(service, 'people');
  return finish(service, redeem(issuer, begun), begun.flow);
}

async function linkIdentity(): Promise<Answer> {
  const begun = await beginLink(service, ada, 'people');
  return mutate(service, ada, 'identities.finishLink', { url: redeem(issuer, begun), flow: begun.flow });
}

/** Proofs that are right, and what each of them does. */
const RIGHT: Readonly<Record<string, () => Promise<Answer>>> = {
  'an assertion of a passkey': () => signInByPasskey(service, passkey.authenticator),
  'a sign-in with a provider': signInWithProvider,
  'an identity that a signed call links': linkIdentity,
  'a token of a workload': () => exchange(service, jobToken(workloads)),
  'a logout token': () => logOut(service, logoutToken(issuer, { sub: 'somebody' })),
};

describe('S10: an address from which others fail too often', () => {
  it.each(Object.keys(RIGHT))('is heard with %s', async (name) => {
    const answer = await RIGHT[name]?.();
    expect(answer?.status, answer?.text).toBe(200);
  });

  it.each(Object.keys(RIGHT))('is heard with %s while fourteen connections go on guessing', async (name) => {
    let over = false;
    const guessing = Array.from({ length: 14 }, async () => {
      while (!over) await guess();
    });
    const answer = await RIGHT[name]?.();
    over = true;
    await Promise.all(guessing);
    expect(answer?.status, answer?.text).toBe(200);
  });

  it('makes few attempts, so that its guesses cost little', async () => {
    issuer.answerWith((response) => response.writeHead(400).end('{"error":"invalid_grant"}'));
    const begun = await beginSignIn(service, 'people');
    const asked = issuer.tokenRequests();
    const since = performance.now();
    const guesses = Array.from({ length: 100 }, () => finish(service, callbackOf(issuer, begun), begun.flow));
    const reasons = (await Promise.all(guesses)).map(({ reason }) => reason);
    const seconds = (performance.now() - since) / 1000;
    // A new minute may have begun in the meantime.
    for (const reason of reasons) expect(['TOO_MANY_FAILURES', 'SIGN_IN_INVALID']).toContain(reason);
    expect(issuer.tokenRequests() - asked).toBeLessThanOrEqual(BURST + PER_SECOND * seconds + 1);
  });
});
