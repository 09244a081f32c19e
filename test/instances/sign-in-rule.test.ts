import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { createKey, personOf, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { setUpFactor } from '../harness/second-factor.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { setRule } from '../harness/sign-in-rule.ts';
import { joined, newMember } from '../harness/teams.ts';
import { queryTarget, send, sign } from '../harness/wire.ts';

requires('postgres').describe('a sign-in rule on two instances', () => {
  let one: TestService;
  let other: TestService;
  let issuer: HostileIssuer;
  beforeAll(async () => {
    issuer = await startHostileIssuer();
    const entry = signInEntry(issuer, { userToken: true, audience: 'api' });
    const env = { DATABASE_URL: await freshPostgres(), KEYSEAL_ISSUERS: JSON.stringify([entry]) };
    one = await startTestService({ env });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop(), issuer.stop()]));

  it('holds on both from the answer on, for sessions and for keys on their behalf, and ends on both', async () => {
    const ada = await signUp(one);
    await setUpFactor(one, ada);
    const bob = await newMember(one, ada, 'developer');
    const key = await createKey(one, ada, { permissions: ['profile:read'] });
    const reasons = async () => {
      const found = [];
      for (const at of [other, one]) {
        const call = sign(key, queryTarget('profile'), { authority: at.authority, token: bob.token });
        found.push((await query(at, bob, 'whoami')).reason, (await send(at.port, call)).reason);
      }
      return found;
    };
    expect(await reasons()).toEqual([undefined, undefined, undefined, undefined]);
    expect((await setRule(one, ada, { secondFactor: true })).status).toBe(200);
    expect(await reasons()).toEqual(Array(4).fill('SIGN_IN_RULE'));
    expect((await setRule(other, ada, { secondFactor: false })).status).toBe(200);
    expect(await reasons()).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('holds on both for user tokens of an identity provider that name a member', async () => {
    const ada = await signUp(one);
    await setUpFactor(one, ada);
    const key = await createKey(one, ada, { permissions: ['exemple:read'] });
    const begun = await beginSignIn(one);
    const claims = claimsFor(begun);
    issuer.answerWith(tokensWith(issuer.token(claims, ID_TOKEN)));
    const answer = await finish(one, callbackOf(issuer, begun), begun.flow);
    await joined(one, ada, personOf(answer, claims.email, ''));
    const token = issuer.token({ sub: claims.sub, aud: 'api' });
    const reasons = () =>
      Promise.all(
        [other, one].map(async (at) => {
          const call = sign(key, queryTarget('exemple'), { authority: at.authority, token });
          return (await send(at.port, call)).reason;
        }),
      );
    expect(await reasons()).toEqual([undefined, undefined]);
    expect((await setRule(one, ada, { secondFactor: true })).status).toBe(200);
    expect(await reasons()).toEqual(['SIGN_IN_RULE', 'SIGN_IN_RULE']);
    expect((await setRule(other, ada, { secondFactor: false })).status).toBe(200);
    expect(await reasons()).toEqual([undefined, undefined]);
  });

  it('admits on both a person who sets a second factor up on one', async () => {
    const ada = await signUp(one);
    await setUpFactor(one, ada);
    const bob = await newMember(one, ada, 'developer');
    await setRule(other, ada, { secondFactor: true });
    for (const at of [one, other]) expect((await query(at, bob, 'whoami')).reason).toBe('SIGN_IN_RULE');
    await setUpFactor(other, bob);
    for (const at of [one, other]) expect((await query(at, bob, 'whoami')).status).toBe(200);
  });
});
