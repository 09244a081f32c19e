import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { dbOf } from '../harness/audit-chain.ts';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { AUDIENCE, CLIENT_ID, type OidcIssuer, startOidcIssuer } from '../harness/oidc-issuer.ts';
import { createKey, personOf, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, workspacesOf } from '../harness/teams.ts';
import { type Answer, type Credentials, send, sign } from '../harness/wire.ts';

describe.each(['RS256', 'ES256'] as const)('a real OpenID provider with %s', (alg) => {
  let issuer: OidcIssuer;
  let before: TestService;
  let service: TestService;
  let key: Credentials;

  beforeAll(async () => {
    issuer = await startOidcIssuer(alg, { ada: ['staff', 'makers'], bob: ['staff'] });
    before = await startTestService();
    key = await createKey(before, await signUp(before), { permissions: ['exemple:read', 'echo:write'] });
    const workspaceId: string = (await query(before, key, 'whoami', {})).json.result.data.workspace.id;
    const join = [
      { workspace: workspaceId, role: 'developer', claim: 'groups', value: 'makers' },
      { workspace: workspaceId, role: 'viewer', claim: 'groups', value: 'staff' },
      { workspace: before.demo.workspaceId, role: 'owner', emailDomain: 'example.com' },
    ];
    const trusted = {
      name: 'company',
      issuer: issuer.issuer,
      audience: AUDIENCE,
      clientId: CLIENT_ID,
      userToken: true,
      join,
    };
    await before.stop();
    service = await sibling(before, { KEYSEAL_ISSUERS: JSON.stringify([trusted]) });
  });
  afterAll(async () => {
    await service.stop();
    await issuer.stop();
  });

  const show = (token: string, target: string, who: Credentials = key, input?: object): Promise<Answer> =>
    send(
      service.port,
      sign(who, target, {
        authority: service.authority,
        token,
        ...(input ? { body: JSON.stringify(input) } : {}),
      }),
    );

  it('lets a person make a call, with what the key has and their groups allow', async () => {
    const { accessToken } = await issuer.signIn('ada');
    const { json } = await show(accessToken, '/api/whoami');
    expect(json.result.data).toMatchObject({
      externalUser: { issuer: issuer.issuer, subject: 'ada' },
      workspace: { role: 'developer' },
      permissions: ['exemple:read', 'echo:write'],
    });
    expect((await show(accessToken, '/api/echo', key, { text: 'a' })).status).toBe(200);
  });

  it('narrows the key for a group that may only read', async () => {
    const { accessToken } = await issuer.signIn('bob');
    expect((await show(accessToken, '/api/exemple')).status).toBe(200);
    const refused = await show(accessToken, '/api/echo', key, { text: 'a' });
    expect([refused.reason, refused.json.error.data.missing]).toEqual(['PERMISSION_DENIED', 'echo:write']);
  });

  it('refuses a person whom no rule admits', async () => {
    const { accessToken } = await issuer.signIn('eve');
    expect((await show(accessToken, '/api/exemple')).reason).toBe('WORKSPACE_DENIED');
    // A rule for another workspace gives nothing here, and an address that is not verified gives nothing there.
    expect((await show(accessToken, '/api/exemple', service.demo)).reason).toBe('WORKSPACE_DENIED');
  });

  it('refuses an ID token as a user token', async () => {
    const { idToken } = await issuer.signIn('ada');
    expect((await show(idToken, '/api/exemple')).reason).toBe('TOKEN_INVALID');
  });
});

it('an issuer whose addresses count as verified gives what its rules for domains give, by user tokens too', async () => {
  const issuer = await startHostileIssuer();
  const before = await startTestService();
  const owner = await signUp(before);
  const key = await createKey(before, owner, { permissions: ['exemple:read'] });
  const join = [{ workspace: await activeOf(before, owner), role: 'viewer', emailDomain: 'example.com' }];
  await before.stop();
  const trusted = signInEntry(issuer, { audience: 'keyseal', userToken: true, trustEmail: true, join });
  const service = await sibling(before, { KEYSEAL_ISSUERS: JSON.stringify([trusted]) });
  const outcomeOf = async (claims: object) => {
    const token = issuer.token(claims);
    const { reason } = await send(
      service.port,
      sign(key, '/api/exemple', { authority: service.authority, token }),
    );
    return reason ?? 'admitted';
  };
  for (const verified of [undefined, null, true, 'true'])
    expect(await outcomeOf({ email: 'ada@example.com', email_verified: verified })).toBe('admitted');
  for (const claims of [
    ...[false, 'false', 'False', 0, '0', 'no', [], {}].map((verified) => ({
      email: 'ada@example.com',
      email_verified: verified,
    })),
    { email: 'ada@example.org' },
    { email: ['ada@example.com'] },
    {},
  ])
    expect(await outcomeOf(claims)).toBe('WORKSPACE_DENIED');
  await service.stop();
  await issuer.stop();
});

it('a person to whom rules give more workspaces than one can belong to signs in, and belongs to a hundred', async () => {
  const issuer = await startHostileIssuer();
  const before = await startTestService();
  const ids = Array.from({ length: 101 }, (_, n) => `wsp_many${n}`);
  const rows = ids.map((id) => ({ id, name: id, sponsorId: before.demo.userId, createdAt: new Date() }));
  await dbOf(before).insert(workspaces).values(rows);
  await before.stop();
  const join = ids.map((workspace) => ({ workspace, role: 'viewer', emailDomain: 'example.com' }));
  const service = await sibling(before, { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { join })]) });
  for (const _ of ['the first time', 'again']) {
    const begun = await beginSignIn(service);
    issuer.answerWith(tokensWith(issuer.token({ ...claimsFor(begun), sub: 'ada' }, ID_TOKEN)));
    const answer = await finish(service, callbackOf(issuer, begun), begun.flow);
    expect([answer.reason, answer.status]).toEqual([undefined, 200]);
    const person = personOf(answer, '', '');
    expect(await workspacesOf(service, person)).toHaveLength(100);
  }
  expect(service.log.join('\n')).toContain('the person belongs to as many workspaces as allowed');
  await service.stop();
  await issuer.stop();
});
