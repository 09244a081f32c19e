import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkExchangeRules } from '../../cli/doctor/exchange-rules.ts';
import { readConfig } from '../../server/lib/config.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { mutate, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { createRule, FOR_KEYS } from '../harness/workloads.ts';

let issuer: HostileIssuer;
let service: TestService;
let ada: Person;
const entry = () => ({ name: 'company', issuer: issuer.issuer, workload: true });
beforeAll(async () => {
  issuer = await startHostileIssuer();
});
afterAll(() => issuer.stop());
beforeEach(async () => {
  service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([entry()]) } });
  ada = await signUp(service);
  return () => service.stop();
});

/** What `doctor` says of the exchange rules, with these issuers. */
async function said(...entries: object[]): Promise<string[]> {
  const config = readConfig({ KEYSEAL_ISSUERS: JSON.stringify(entries) });
  const checks = await checkExchangeRules(service.running.service.stores.database, config);
  return checks.map(({ state, found }) => `${state}: ${found}`);
}

it('doctor counts the exchange rules of each issuer of workloads', async () => {
  expect(await said(entry())).toEqual([
    'right: no workspace has an exchange rule for company: no token of it gives a key',
  ]);
  await createRule(service, ada);
  const disabled = await createRule(service, ada);
  await mutate(service, ada, 'exchangeRules.update', { id: disabled, enabled: false });
  const deleted = await createRule(service, ada);
  await mutate(service, ada, 'exchangeRules.delete', { id: deleted });
  await createRule(service, await signUp(service), { audience: 'https://other.example.com' });
  expect(await said(entry())).toEqual(['right: exchange rules for company: 2, in workspaces: 2']);
});

it('doctor reports rules whose issuer gives no keys any more', async () => {
  const ids = [await createRule(service, ada), await createRule(service, ada)];
  const why = `exchange rules ${ids.join(', ')}: KEYSEAL_ISSUERS has no issuer company with workload: true`;
  expect(await said()).toEqual([`wrong: ${why}, so no token gives a key`]);
  const renamed = await said({ ...entry(), name: 'renamed' });
  expect(renamed).toContain(`wrong: ${why}, so no token gives a key`);
  const people = { name: 'company', issuer: issuer.issuer, audience: 'api', userToken: true };
  expect(await said(people)).toEqual([`wrong: ${why}, so no token gives a key`]);
  for (const id of ids) await mutate(service, ada, 'exchangeRules.update', { id, enabled: false });
  expect(await said()).toEqual([]);
});

it('doctor names five rules at most, and counts the others', async () => {
  for (let n = 0; n < 7; n++) await createRule(service, ada);
  const [line = ''] = await said();
  expect(line.match(/exr_/g)).toHaveLength(5);
  expect(line).toContain(', and 2 more:');
});

it('doctor reports a rule whose audience has become that of people', async () => {
  const id = await createRule(service, ada);
  for (const people of [
    { userToken: true, audience: [FOR_KEYS, 'api'] },
    { signIn: true, clientId: FOR_KEYS },
  ])
    expect(await said({ ...entry(), ...people })).toContain(
      `wrong: exchange rules ${id} for company: the audience is one that user tokens have, so no token gives a key`,
    );
});
