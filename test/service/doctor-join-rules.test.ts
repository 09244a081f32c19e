import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkJoinRules } from '../../cli/doctor/issuers.ts';
import type { Config } from '../../server/lib/config.ts';
import type { IssuerConfig } from '../../server/lib/issuer-config.ts';
import { mutate, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf } from '../harness/teams.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const issuer: IssuerConfig = {
  ...{ name: 'company', issuer: 'https://id.example.com', audiences: ['api'], clientId: null, clients: null },
  ...{ algorithms: ['RS256'], jwksUri: null, clockTolerance: 0, join: [] },
  ...{ userToken: true, workload: false, signIn: null },
};

/** What `doctor` says of rules with these workspaces. */
function check(...named: string[]) {
  const { config, stores } = service.running.service;
  const join = named.map((workspace) => ({ workspace, role: 'viewer' as const, emailDomain: 'example.com' }));
  const issuers = [{ ...issuer, join }];
  return checkJoinRules(stores.database, { ...config, issuers } as unknown as Config);
}

it('F14: doctor finds a join rule whose workspace does not exist, or was deleted', async () => {
  const { workspaceId } = service.demo;
  const ada = await signUp(service);
  const deleted = await activeOf(service, ada);
  await mutate(service, ada, 'workspaces.rename', { name: 'Gone' });
  expect((await mutate(service, ada, 'workspaces.delete', { name: 'Gone' })).status).toBe(200);
  expect(await check()).toEqual([]);
  expect(await check(workspaceId, workspaceId)).toMatchObject([{ name: 'issuers', state: 'right' }]);
  const fix = expect.stringContaining('KEYSEAL_ISSUERS');
  expect(await check(workspaceId, 'wsp_typing_error', deleted)).toMatchObject([
    { state: 'wrong', found: 'join rule 2 of company names "wsp_typing_error", which does not exist', fix },
    { state: 'wrong', found: `join rule 3 of company names "${deleted}", which does not exist`, fix },
  ]);
});
