import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { admitted, beginSignIn, finish } from '../harness/external-sign-in.ts';
import { API, type Keycloak, keycloakEntry, startKeycloak } from '../harness/keycloak.ts';
import { freePort } from '../harness/lasting-port.ts';
import { callPublic, createKey, mutate, type Person, personOf, query } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { activeOf } from '../harness/teams.ts';
import { queryTarget, send, sign } from '../harness/wire.ts';

// Keycloak starts slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

requires('keycloak').describe('with Keycloak as the page of identity providers sets it up', () => {
  const { test } = requires('keycloak');
  let keycloak: Keycloak;
  let service: TestService;
  let key: Awaited<ReturnType<typeof createKey>>;
  /** Between two readings of the keys is a pause of a second. */
  let ahead = 0;
  beforeAll(async () => {
    // Each must know the address of the other, and a rule the workspace: the service starts again, at the same address.
    const first = await startTestService({ env: { PORT: String(await freePort()) } });
    await first.stop();
    keycloak = await startKeycloak(first.url);
    const { workspaceId: workspace } = first.demo;
    const join = [{ workspace, role: 'developer', claim: 'groups', value: 'api-makers' }];
    const tokens = { userToken: true, audience: API };
    const issuers = [keycloakEntry(keycloak.issuer, { join, endSession: true, ...tokens })];
    service = await sibling(first, { KEYSEAL_ISSUERS: JSON.stringify(issuers) }, () => Date.now() + ahead);
    key = await createKey(service, service.demo, { permissions: ['exemple:read'] });
  });
  afterAll(async () => {
    await service?.stop();
    await keycloak?.stop();
  });

  const call = (token: string) =>
    send(service.port, sign(key, queryTarget('exemple'), { authority: service.authority, token }));
  const whoami = (person: Person) => query(service, person, 'whoami');

  test('a person signs in, gets an account, and is a member by their group', async () => {
    const ada = await admitted(service, keycloak, 'ada');
    const { user, workspace } = (await whoami(ada)).json.result.data;
    expect([user.email, user.name]).toEqual(['ada@company.example', 'ada Of the company']);
    expect([workspace.id, workspace.role]).toEqual([service.demo.workspaceId, 'developer']);
    expect((await admitted(service, keycloak, 'ada')).userId).toBe(ada.userId);
  });

  test('a person without the group gets no membership', async () => {
    const bob = await admitted(service, keycloak, 'bob');
    expect(await activeOf(service, bob)).not.toBe(service.demo.workspaceId);
  });

  test('a fresh sign-in asks again, though the browser is signed in', async () => {
    const browser = keycloak.browse();
    const { url, flow } = await beginSignIn(service);
    expect((await finish(service, await browser.visit(url, 'ada'), flow)).status).toBe(200);
    const input = { issuer: 'company', returnTo: '/keys' };
    const again = (await callPublic(service, 'auth.startSignIn', input)).json.result.data;
    // The second one needs no password, a fresh one does.
    expect(await browser.open(again.url)).toMatch(/\/sign-in\/callback\/company\?/);
    const fresh = (await callPublic(service, 'auth.startSignIn', { ...input, fresh: true })).json.result.data;
    expect(await browser.open(fresh.url)).toMatch(keycloak.issuer);
    expect((await finish(service, await browser.visit(fresh.url, 'ada'), fresh.flow)).status).toBe(200);
  });

  test('an access token is the proof of a person alongside a key, and an ID token is none', async () => {
    const { accessToken, idToken } = await keycloak.tokens('ada');
    expect((await call(accessToken)).status).toBe(200);
    expect((await call(idToken)).reason).toBe('TOKEN_INVALID');
    // No rule admits them.
    expect((await call((await keycloak.tokens('bob')).accessToken)).reason).toBe('WORKSPACE_DENIED');
  });

  test('an administrator who logs a person out ends all of their sessions and tokens here', async () => {
    const [first, second] = [
      await admitted(service, keycloak, 'eve'),
      await admitted(service, keycloak, 'eve'),
    ];
    const bob = await admitted(service, keycloak, 'bob');
    const { accessToken } = await keycloak.tokens('eve');
    expect((await call(accessToken)).status).toBe(200);
    await keycloak.logOut('eve');
    for (const eve of [first, second])
      await expect.poll(async () => (await whoami(eve)).reason).toBe('SESSION_ENDED');
    expect((await call(accessToken)).reason).toBe('SESSION_ENDED');
    expect((await whoami(bob)).status).toBe(200);
  });

  test('keys are rotated, to another algorithm too, without a restart', async () => {
    const old = (await keycloak.tokens('ada')).accessToken;
    for (const alg of ['RS256', 'ES256'] as const) {
      await keycloak.rotate(alg);
      ahead += 1_000;
      const { accessToken } = await keycloak.tokens('ada');
      const [before, after] = [old, accessToken].map((token) => decodeProtectedHeader(token));
      expect(after?.alg).toBe(alg);
      expect(after?.kid).not.toBe(before?.kid);
      expect((await call(accessToken)).status).toBe(200);
      expect((await call(old)).status).toBe(200);
      expect((await whoami(await admitted(service, keycloak, 'ada'))).status).toBe(200);
    }
    const zoe = await admitted(service, keycloak, 'zoe');
    // The logout token is signed by the newest key too.
    await keycloak.logOut('zoe');
    await expect.poll(async () => (await whoami(zoe)).reason).toBe('SESSION_ENDED');
  });

  test('signing out here ends the session there, without a question', async () => {
    const browser = keycloak.browse();
    const { url, flow } = await beginSignIn(service);
    const answer = await finish(service, await browser.visit(url, 'ada'), flow);
    const ada = personOf(answer, 'ada@company.example', '');
    const { endSession } = (await mutate(service, ada, 'auth.signOut', { returnTo: '/sign-in' })).json.result
      .data;
    expect((await whoami(ada)).reason).toBe('SESSION_ENDED');
    expect(await browser.open(endSession.url)).toBe(`${service.url}/sign-in?state=${endSession.state}`);
    // Keycloak asks for the password again.
    expect(await browser.open((await beginSignIn(service)).url)).toMatch(keycloak.issuer);
  });
});
