import { randomBytes } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditRecords } from '../../drizzle/schema/audit.ts';
import { keyseal } from '../harness/cli.ts';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { addPasskey, signInByPasskey } from '../harness/passkeys.ts';
import { callPublic, createKey, mutate, type Person, personOf, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { setUpFactor } from '../harness/second-factor.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { setRule } from '../harness/sign-in-rule.ts';

const master = randomBytes(32);

requires('postgres').describe('the command line alongside a running service', () => {
  let service: TestService;
  let ada: Person;
  let workspace: string;

  beforeAll(async () => {
    const env = {
      DATABASE_URL: await freshPostgres(),
      KEYSEAL_DATA_DIR: await freshFolder(),
      KEYSEAL_MASTER_KEYS: `1:${master.toString('base64')}`,
    };
    service = await startTestService({ env });
    ada = await signUp(service);
    workspace = (await query(service, ada, 'whoami')).json.result.data.workspace.id;
  });
  afterAll(() => service.stop());

  const run = (...args: string[]) => keyseal([...args, '--json'], { env: service.env });

  it('users list shows every account with its workspaces, page by page', async () => {
    const { code, json } = await run('users', 'list');
    expect(code).toBe(0);
    expect(json.items).toHaveLength(2);
    expect(json.items.find(({ id }: { id: string }) => id === ada.userId)).toEqual({
      id: ada.userId,
      email: ada.email,
      name: expect.any(String),
      disabled: false,
      createdAt: expect.any(String),
      workspaces: [{ id: workspace, name: expect.any(String), role: 'owner' }],
    });
    const first = await run('users', 'list', '--limit', '1');
    const second = await run('users', 'list', '--limit', '1', '--cursor', first.json.nextCursor);
    expect([...first.json.items, ...second.json.items]).toEqual(json.items);
    expect(second.json.nextCursor).toBe(null);
    expect((await run('users', 'list', '--search', '%')).json.items).toEqual([]);
    const text = await keyseal(['users', 'list'], { env: service.env });
    expect(text.out).toContain(ada.email);
    expect(JSON.stringify(json) + text.out).not.toMatch(/argon2|kss_/);
  });

  it('users disable refuses a person and their keys from the next request on, and enable does not bring sessions back', async () => {
    const bob = await signUp(service);
    const key = await createKey(service, bob);
    expect((await query(service, key, 'exemple')).status).toBe(200);
    const disabled = await run('users', 'disable', bob.email.toUpperCase());
    expect(disabled.json).toEqual({ id: bob.userId, email: bob.email, disabled: true, sessionsEnded: 1 });
    expect((await query(service, bob, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_DISABLED');
    const signIn = () => callPublic(service, 'auth.signIn', { email: bob.email, password: bob.password });
    expect((await signIn()).reason).toBe('CREDENTIALS_INVALID');
    const reset = await run('users', 'reset-password', bob.userId);
    expect([reset.code, JSON.parse(reset.err).error.message]).toEqual([
      1,
      expect.stringContaining('is disabled'),
    ]);

    expect((await run('users', 'enable', bob.userId)).json).toMatchObject({ disabled: false });
    expect((await query(service, bob, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect((await signIn()).status).toBe(200);
  });

  it('users reset-password makes a link that sets a new password once, and voids the one before', async () => {
    const eve = await signUp(service);
    const before = await run('users', 'reset-password', eve.email);
    const { json } = await run('users', 'reset-password', eve.email);
    expect(Date.parse(json.expiresAt) - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
    const newPassword = 'another horse battery';
    const reset = async (token: string) =>
      (await callPublic(service, 'auth.reset', { token, newPassword })).reason;
    expect(await reset(before.json.token)).toBe('RESET_INVALID');
    expect(await reset(json.token)).toBeUndefined();
    expect(await reset(json.token)).toBe('RESET_INVALID');
    const signIn = async (password: string) =>
      (await callPublic(service, 'auth.signIn', { email: eve.email, password })).reason;
    expect(await signIn(eve.password)).toBe('CREDENTIALS_INVALID');
    expect(await signIn(newPassword)).toBeUndefined();
  });

  it('users remove-second-factor lets a person sign in with only the password', async () => {
    const eve = await signUp(service);
    await setUpFactor(service, eve);
    const removed = await run('users', 'remove-second-factor', eve.email);
    expect(removed.json).toEqual({ id: eve.userId, email: eve.email });
    const { json } = await callPublic(service, 'auth.signIn', { email: eve.email, password: eve.password });
    expect(json.result.data.session.id).toBeTruthy();
    expect((await run('users', 'remove-second-factor', eve.email)).code).toBe(1);
  });

  it('users list-passkeys and remove-passkey show and remove one, with its sessions', async () => {
    const eve = await signUp(service);
    const { id, authenticator } = await addPasskey(service, eve);
    const session = personOf(await signInByPasskey(service, authenticator), eve.email, eve.password);
    const { json } = await run('users', 'list-passkeys', eve.email);
    expect(json).toMatchObject({ id: eve.userId, items: [{ id, name: 'Laptop', disabledAt: null }] });
    expect((await run('users', 'remove-passkey', service.demo.userId, id)).code).toBe(1);
    const removed = await run('users', 'remove-passkey', eve.email, id);
    expect(removed.json).toEqual({ id: eve.userId, email: eve.email, passkey: id });
    expect((await signInByPasskey(service, authenticator)).reason).toBe('CREDENTIALS_INVALID');
    expect((await query(service, session, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await run('users', 'remove-passkey', eve.email, id)).code).toBe(1);
  });

  it('users sync-memberships ends what join rules no longer give, on every instance', async () => {
    const issuer = await startHostileIssuer();
    const issuersWith = (value: string) => {
      const join = [{ workspace, role: 'viewer', claim: 'groups', value }];
      return { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { join })]) };
    };
    const sync = (value: string, ...more: string[]) =>
      keyseal(['users', 'sync-memberships', ...more], { env: { ...service.env, ...issuersWith(value) } });
    const other = await sibling(service, issuersWith('makers'));
    const begun = await beginSignIn(other);
    issuer.answerWith(tokensWith(issuer.token({ ...claimsFor(begun), groups: ['makers'] }, ID_TOKEN)));
    const answer = await finish(other, callbackOf(issuer, begun), begun.flow);
    const eve = personOf(answer, answer.json.result.data.user.email, '');
    const reasons = () =>
      Promise.all([service, other].map(async (at) => (await query(at, eve, 'keys.list')).reason));
    expect((await sync('makers', '--json')).json).toEqual({ dryRun: false, checked: 1, items: [] });
    const planned = await sync('builders', '--dry-run');
    expect(planned.out).toMatch(/^account +workspace +role +new role +why +issuer\n/);
    expect(planned.out).toContain('Memberships from join rules: 1; to change: 1.');
    expect((await run('users', 'sync-memberships')).json.items).toMatchObject([{ reason: 'issuerUnknown' }]);
    expect((await sync('makers', '--removed-issuer', issuer.issuer)).code).toBe(1);
    expect((await sync('makers', '--not-seen-for', '0')).code).toBe(64);
    expect(await reasons()).toEqual([undefined, undefined]);
    expect((await sync('builders', '--json')).json.items).toMatchObject([
      { userId: eve.userId, workspaceId: workspace, from: 'viewer', to: null, reason: 'rules' },
    ]);
    expect(await reasons()).toEqual(['WORKSPACE_DENIED', 'WORKSPACE_DENIED']);
    await other.stop();
    await issuer.stop();
  });

  it('workspaces clear-sign-in-rule lets the owners of a workspace in that they can no longer enter', async () => {
    const eve = await signUp(service);
    await setUpFactor(service, eve);
    const { id } = (await query(service, eve, 'whoami')).json.result.data.workspace;
    expect((await setRule(service, eve, { secondFactor: true })).status).toBe(200);
    await run('users', 'remove-second-factor', eve.email);
    expect((await query(service, eve, 'whoami')).reason).toBe('SIGN_IN_RULE');
    const cleared = await run('workspaces', 'clear-sign-in-rule', id);
    expect([cleared.code, cleared.json]).toEqual([0, { id }]);
    expect((await query(service, eve, 'whoami')).status).toBe(200);
    expect((await run('workspaces', 'clear-sign-in-rule', 'wsp_none')).code).toBe(1);
  });

  it('audit verify accepts what the command line did, and reports what was changed by hand', async () => {
    const bob = await signUp(service);
    const of = (await query(service, bob, 'whoami')).json.result.data.workspace.id;
    const made = await run(
      'keys',
      'create',
      '--workspace',
      of,
      '--name',
      'k',
      '--permissions',
      'exemple:read',
    );
    await run('keys', 'revoke', made.json.key.id);
    await run('users', 'reset-password', bob.userId);
    await run('users', 'disable', bob.userId);
    await run('users', 'enable', bob.userId);
    const db = service.running.service.stores.database.db;
    const inIt = eq(auditRecords.workspaceId, of);
    const records = await db.select().from(auditRecords).where(inIt).orderBy(auditRecords.seq);
    expect(records.filter(({ actorKind }) => actorKind === 'system').map(({ action }) => action)).toEqual([
      ...['keys.create', 'keys.revoke', 'users.resetPassword', 'users.disable', 'users.enable'],
    ]);
    const one = await run('audit', 'verify', '--workspace', of);
    expect(one).toMatchObject({ code: 0, json: { ok: true, chains: [{ workspaceId: of, verified: true }] } });
    expect((await run('audit', 'verify')).json.chains.length).toBeGreaterThan(2);
    await db
      .update(auditRecords)
      .set({ action: 'nothing' })
      .where(and(inIt, eq(auditRecords.seq, 2)));
    const touched = { workspaceId: of, verified: false, at: 2, problem: 'changed' };
    expect(await run('audit', 'verify', '--workspace', of)).toMatchObject({
      code: 1,
      json: { ok: false, chains: [touched] },
    });
    const missing = await run('audit', 'verify', '--workspace', 'wsp_none');
    expect([missing.code, JSON.parse(missing.err).error.message]).toEqual([
      1,
      expect.stringContaining('wsp_none'),
    ]);
  });

  it('keys create prints the secrets once, on stdout only, and the key works at once', async () => {
    const args = ['keys', 'create', '--workspace', workspace, '--name', 'From a shell'];
    const made = await run(...args, '--permissions', 'exemple:read', 'echo:*');
    expect(made).toMatchObject({ code: 0, err: '' });
    const { key, secret, signingSecret } = made.json;
    expect(key).toMatchObject({ name: 'From a shell', environment: 'live', ownerId: null, status: 'active' });
    const caller = { id: key.id, apiKey: secret, signingSecret };
    expect((await query(service, caller, 'exemple')).status).toBe(200);
    expect((await mutate(service, caller, 'keys.revoke', { id: key.id })).reason).toBe('PERMISSION_DENIED');
    const owned = await keyseal(
      [
        ...args,
        '--permissions',
        'exemple:read',
        '--owner',
        ada.email,
        '--environment',
        'test',
        '--expires',
        '2099-01-01T00:00:00Z',
      ],
      { env: service.env },
    );
    expect(owned.out).toMatch(/API key +ks_test_\w+\nsigning secret +kss_[\w-]+\n$/);
    const listed = await run('keys', 'list', '--workspace', workspace, '--search', 'from a SHELL');
    expect(listed.json.items.map(({ ownerId }: { ownerId: string }) => ownerId)).toEqual([ada.userId, null]);
    expect(listed.out).not.toMatch(/kss_|ks_(live|test)_/);
    expect(service.log.join('\n')).not.toContain(signingSecret);
  });

  it.each<[string, string[], number, RegExp]>([
    ['a workspace that is none', ['--workspace', 'wsp_none'], 1, /There is no workspace "wsp_none"/],
    ['a permission that is none', ['--permissions', 'all:things'], 1, /permissions.1 is not a permission/],
    ['a permission of another form', ['--permissions', 'everything'], 64, /must be area:verb/],
    ['an expiry that has been', ['--expires', '2001-01-01T00:00:00Z'], 1, /expiresAt must be in the future/],
    ['an expiry that is none', ['--expires', 'tomorrow'], 64, /expiresAt/],
    ['a name that is blank', ['--name', ' '], 64, /name: must not be blank/],
    ['an owner without an account', ['--owner', 'nobody@example.com'], 1, /There is no account/],
  ])('keys create refuses %s', async (_, wrong, code, sentence) => {
    const right = ['--workspace', workspace, '--name', 'k', '--permissions', 'exemple:read'];
    const result = await keyseal(['keys', 'create', ...right, ...wrong], { env: service.env });
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toMatch(/^keyseal: [^\n]+\n$/);
    expect(result.err).toMatch(sentence);
  });

  it('keys create refuses an owner of another workspace', async () => {
    const bob = await signUp(service);
    const args = [
      '--workspace',
      workspace,
      '--name',
      'k',
      '--permissions',
      'exemple:read',
      '--owner',
      bob.userId,
    ];
    const { code, err } = await keyseal(['keys', 'create', ...args], { env: service.env });
    expect([code, err]).toEqual([
      1,
      `keyseal: ${bob.email} is not a member of the workspace ${workspace}.\n`,
    ]);
  });

  it('keys revoke ends a key for the next request, with the reason', async () => {
    const key = await createKey(service, ada);
    expect((await query(service, key, 'exemple')).status).toBe(200);
    const { code, json } = await run('keys', 'revoke', key.id, '--reason', 'it leaked');
    expect([code, json]).toMatchObject([0, { id: key.id, status: 'revoked', revokedReason: 'it leaked' }]);
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_REVOKED');
    const none = await run('keys', 'revoke', 'noSuchKey000');
    expect([none.code, JSON.parse(none.err).error.message]).toEqual([
      1,
      expect.stringContaining('There is no key'),
    ]);
  });

  it('any command refuses another master key, and says why', async () => {
    const env = { ...service.env, KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}` };
    const args = ['--workspace', workspace, '--name', 'k', '--permissions', 'exemple:read'];
    for (const command of [
      ['keys', 'create', ...args],
      ['users', 'disable', ada.email],
    ]) {
      const { code, err } = await keyseal(command, { env });
      expect([code, err]).toEqual([78, expect.stringContaining('KEYSEAL_MASTER_KEYS does not open')]);
    }
    expect((await query(service, ada, 'whoami')).status).toBe(200);
  });
});

it('a database that does not answer is reported in a sentence, without its password', async () => {
  const env = {
    DATABASE_URL: 'postgres://keyseal:hunter2@127.0.0.1:1/keyseal',
    NODE_ENV: 'development',
    KEYSEAL_DATA_DIR: await freshFolder(),
  };
  for (const args of [['migrate'], ['users', 'list'], ['master-key', 'rotate']]) {
    const { code, err } = await keyseal(args, { env });
    expect([code, err]).toEqual([
      69,
      expect.stringMatching(/^keyseal: The database of DATABASE_URL [^\n]+\n$/),
    ]);
    expect(err).not.toContain('hunter2');
  }
});
