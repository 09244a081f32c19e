import { afterAll, beforeAll, expect, it } from 'vitest';
import { testExchangesInFlight } from '../harness/exchanges-in-flight.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { mutate, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { createRule, exchange, jobToken, keyOfExchange, ruleInput } from '../harness/workloads.ts';

requires('postgres').describe('workload identity on two instances', () => {
  let issuer: HostileIssuer;
  let one: TestService;
  let two: TestService;
  let ada: Person;

  beforeAll(async () => {
    issuer = await startHostileIssuer();
    const issuers = [{ name: 'company', issuer: issuer.issuer, workload: true }];
    one = await startTestService({
      env: {
        DATABASE_URL: await freshPostgres(),
        KEYSEAL_ISSUERS: JSON.stringify(issuers),
        KEYSEAL_ADDRESS_FAILURES: '1000000',
      },
    });
    two = await sibling(one);
    ada = await signUp(one);
  });
  afterAll(async () => {
    await two.stop();
    await one.stop();
    await issuer.stop();
  });

  it('a token is exchanged once, on whichever', async () => {
    const rule = await createRule(one, ada);
    for (const more of [{}, { jti: undefined, run: 'one' }]) {
      const token = jobToken(issuer, more);
      const answers = await Promise.all([one, two, one, two].map((on) => exchange(on, token, { rule })));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    }
    await mutate(two, ada, 'exchangeRules.delete', { id: rule });
  });

  it.each<[string, (id: string) => Promise<{ status: number }>]>([
    ['deleted', (id) => mutate(one, ada, 'exchangeRules.delete', { id })],
    ['disabled', (id) => mutate(one, ada, 'exchangeRules.update', { id, enabled: false })],
    ['narrowed', (id) => mutate(one, ada, 'exchangeRules.update', { id, permissions: ['echo:write'] })],
  ])('a rule that is %s on one ends its keys on the other at once', async (_, end) => {
    const audience = 'https://ended.example.com';
    const rule = await createRule(one, ada, { audience });
    const key = keyOfExchange(await exchange(two, jobToken(issuer, { aud: audience })));
    // Both have it in their caches.
    for (const on of [one, two]) expect((await query(on, key, 'exemple')).status).toBe(200);
    expect((await end(rule)).status).toBe(200);
    for (const on of [two, one]) expect((await query(on, key, 'exemple')).reason).toBe('KEY_REVOKED');
    await mutate(one, ada, 'exchangeRules.delete', { id: rule });
    expect((await exchange(two, jobToken(issuer, { aud: audience }))).reason).toBe('EXCHANGE_DENIED');
  });

  it('no key outlives a rule that is deleted while tokens are exchanged', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 4; round++) {
      const rule = await createRule(one, ada);
      const exchanges = Array.from({ length: 8 }, (_, n) =>
        exchange(n % 2 === 0 ? one : two, jobToken(issuer), { rule }),
      );
      await exchanges[0];
      expect((await mutate(one, ada, 'exchangeRules.delete', { id: rule })).status).toBe(200);
      for (const answer of await Promise.all(exchanges)) {
        expect([200, 403]).toContain(answer.status);
        if (answer.status !== 200) continue;
        expect((await query(two, keyOfExchange(answer), 'exemple')).reason).toBe('KEY_REVOKED');
      }
    }
  });

  testExchangesInFlight(
    () => ({ here: one, there: two }),
    () => issuer,
  );

  it('an audience belongs to one workspace, whichever asks first', async () => {
    const [eve, bob] = [await signUp(one), await signUp(two)];
    const input = ruleInput({ audience: 'https://contended.example.com' });
    const answers = await Promise.all([
      mutate(one, eve, 'exchangeRules.create', input),
      mutate(two, bob, 'exchangeRules.create', input),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('an exchange counts the keys of both', async () => {
    const audience = 'https://counted.example.com';
    const rule = await createRule(one, ada, { audience });
    await Promise.all([one, two].map((on) => exchange(on, jobToken(issuer, { aud: audience }))));
    for (const on of [one, two]) {
      const { items } = (await query(on, ada, 'exchangeRules.list')).json.result.data;
      expect(items.find(({ id }: { id: string }) => id === rule).activeKeys).toBe(2);
    }
  });
});
