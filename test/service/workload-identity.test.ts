import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsOf, workspaceOf } from '../harness/audit-chain.ts';
import { testExchangesInFlight } from '../harness/exchanges-in-flight.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { AUDIENCE, startOidcIssuer } from '../harness/oidc-issuer.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ageProof, stepUp } from '../harness/step-up.ts';
import { newMember } from '../harness/teams.ts';
import { type Credentials, newNonce } from '../harness/wire.ts';
import {
  createRule,
  exchange,
  FOR_KEYS,
  jobToken,
  keyOfExchange,
  MAIN,
  ruleInput,
} from '../harness/workloads.ts';

let issuer: HostileIssuer;
let service: TestService;
let ada: Person;
let rule: string;

beforeAll(async () => {
  issuer = await startHostileIssuer();
  const issuers = [{ name: 'company', issuer: issuer.issuer, workload: true }];
  const env = { KEYSEAL_ISSUERS: JSON.stringify(issuers), KEYSEAL_ADDRESS_FAILURES: '1000000' };
  service = await startTestService({ env });
  ada = await signUp(service);
  rule = await createRule(service, ada, { lifetimeSeconds: 600 });
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});

const stores = () => service.running.service.stores;
const use = async (key: Credentials) => (await query(service, key, 'exemple')).reason ?? 'admitted';
const reasonOf = async (token: string, more?: object) =>
  (await exchange(service, token, more)).reason ?? 'exchanged';
const change = (who: Person | Credentials, id: string, more: object) =>
  mutate(service, who, 'exchangeRules.update', { id, ...more });

testExchangesInFlight(
  () => ({ here: service, there: service }),
  () => issuer,
);

/** A key pair of a workload, and what proves its possession. */
function newKeyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const prove = () => {
    const { issuer: aud } = service.running.service;
    const claims = { aud, iat: Math.floor(Date.now() / 1000), jti: newNonce() };
    const jws = new CompactSign(Buffer.from(JSON.stringify(claims)));
    return jws.setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
  };
  return { jwk: publicKey.export({ format: 'jwk' }), prove };
}

describe('a token of a workload', () => {
  it('becomes a service key with what the rule says', async () => {
    const { json } = await exchange(service, jobToken(issuer));
    const { key, secret, signingSecret } = json.result.data;
    expect(key).toMatchObject({
      name: `Deploy: ${MAIN}`,
      environment: 'live',
      permissions: ['exemple:read'],
      ownerId: null,
      status: 'active',
      metadata: { exchange: { rule, issuer: issuer.issuer, subject: MAIN } },
    });
    expect(Date.parse(key.expiresAt) - Date.parse(key.createdAt)).toBe(600_000);
    const credentials = { id: key.id, apiKey: secret, signingSecret };
    expect(await use(credentials)).toBe('admitted');
    expect((await mutate(service, credentials, 'echo', { text: 'x' })).reason).toBe('PERMISSION_DENIED');
    const { items } = (await query(service, ada, 'exchangeRules.list')).json.result.data;
    expect(items.find(({ id }: { id: string }) => id === rule).activeKeys).toBeGreaterThan(0);
  });

  it('is recorded with its issuer, its subject and the rule', async () => {
    const { id } = keyOfExchange(await exchange(service, jobToken(issuer)));
    const records = await recordsOf(service, await workspaceOf(service, await createKey(service, ada)));
    expect(records.find(({ subject }) => subject === id)).toMatchObject({
      action: 'keys.exchange',
      actorKind: 'system',
      address: '127.0.0.1',
      after: { exchangeRuleId: rule, metadata: { exchange: { subject: MAIN, issuer: issuer.issuer } } },
    });
  });

  it('gives a key that shares no secret, if the workload has a key pair', async () => {
    const { jwk, prove } = newKeyPair();
    const proof = await prove();
    const token = jobToken(issuer);
    expect(await reasonOf(token, { publicKey: jwk })).toBe('INPUT_INVALID');
    // The refusal did not use the token up.
    const { key, signingSecret } = (await exchange(service, token, { publicKey: jwk, proof })).json.result
      .data;
    expect(signingSecret).toBeNull();
    expect(key.signature.algorithm).toBe('ed25519');
  });

  it('gives a key for the same public key again if the answer was lost, and for no other', async () => {
    const [{ jwk, prove }, other] = [newKeyPair(), newKeyPair()];
    const proof = await prove();
    const token = jobToken(issuer);
    const call = { publicKey: jwk, proof, idempotencyKey: newNonce() };
    const first = (await exchange(service, token, call)).json.result.data;
    const second = (await exchange(service, token, call)).json.result.data;
    expect(second.key.signature).toEqual(first.key.signature);
    expect([second.key.id === first.key.id, second.signingSecret]).toEqual([false, null]);
    expect(await reasonOf(token, { ...call, proof: await prove() })).toBe('exchanged');
    // Someone who has only the request gets nothing that they could sign with.
    const { publicKey: _, proof: __, ...withoutKey } = call;
    expect(await reasonOf(token, withoutKey)).toBe('EXCHANGE_DENIED');
    const theirs = { publicKey: other.jwk, proof: await other.prove() };
    expect(await reasonOf(token, { ...call, ...theirs })).toBe('EXCHANGE_DENIED');
    expect(await reasonOf(token, { ...call, proof: await other.prove() })).toBe('INPUT_INVALID');
    // A proof is accepted once for another token.
    expect(await reasonOf(jobToken(issuer), { ...call, idempotencyKey: newNonce() })).toBe('INPUT_INVALID');
  });
});

it.each<[string, (workspace: string) => string]>([
  ['of this service', (workspace) => `${service.url}/${workspace}`],
  ['of another origin', (workspace) => `https://keys.example.com/${workspace}`],
  ['with a slash at its end', (workspace) => `https://keys.example.com/${workspace}/`],
])(
  'S3: an audience %s that names a workspace belongs to it before it has a rule',
  async (_what, audienceOf) => {
    const [victim, stranger] = [await signUp(service), await signUp(service)];
    const audience = audienceOf((await query(service, victim, 'workspaces.get')).json.result.data.id);
    const create = (who: Person) => mutate(service, who, 'exchangeRules.create', ruleInput({ audience }));
    const { reason, json } = await create(stranger);
    expect([reason, json.error.data.issues]).toEqual([
      'INPUT_INVALID',
      [{ path: 'audience', message: 'names another workspace' }],
    ]);
    const theirs = await createRule(service, stranger, { audience: `https://${stranger.id}.example.com` });
    const changed = await mutate(service, stranger, 'exchangeRules.update', { id: theirs, audience });
    expect(changed.reason).toBe('INPUT_INVALID');
    expect((await create(victim)).status).toBe(200);
  },
);

it.each(['RS256', 'ES256'] as const)('a real provider’s tokens are exchanged, with %s', async (alg) => {
  const provider = await startOidcIssuer(alg);
  const issuers = [{ name: 'provider', issuer: provider.issuer, workload: true }];
  const other = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify(issuers) } });
  const eve = await signUp(other);
  await createRule(other, eve, { issuer: 'provider', audience: AUDIENCE, subject: 'builder' });
  const [builder, person] = [await provider.signIn('builder'), await provider.signIn('person')];
  const key = keyOfExchange(await exchange(other, builder.accessToken));
  expect((await query(other, key, 'exemple')).status).toBe(200);
  // Used before, for another audience, of another subject.
  for (const token of [builder.accessToken, builder.idToken, person.accessToken])
    expect((await exchange(other, token)).reason).toBe('EXCHANGE_DENIED');
  await other.stop();
  await provider.stop();
});

describe('a token is exchanged once', () => {
  it.each<[string, () => string]>([
    ['by its jti', () => jobToken(issuer)],
    ['by what was signed, without jti', () => jobToken(issuer, { jti: undefined, run: newNonce() })],
  ])('%s', async (_, make) => {
    const token = make();
    const answers = await Promise.all(Array.from({ length: 5 }, () => reasonOf(token)));
    expect(answers.filter((reason) => reason === 'exchanged')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['exchanged', 'EXCHANGE_DENIED']));
  });

  it('also if it is signed again with the same jti', async () => {
    const jti = newNonce();
    expect(await reasonOf(jobToken(issuer, { jti }))).toBe('exchanged');
    expect(await reasonOf(jobToken(issuer, { jti, more: 1 }))).toBe('EXCHANGE_DENIED');
  });

  it('and again with the idempotency key of the first time, which revokes the first key', async () => {
    const token = jobToken(issuer);
    const [mine, other] = [newNonce(), newNonce()].map((text) => ({ idempotencyKey: text }));
    const first = keyOfExchange(await exchange(service, token, mine));
    expect(await reasonOf(token)).toBe('EXCHANGE_DENIED');
    expect(await reasonOf(token, other)).toBe('EXCHANGE_DENIED');
    expect(await use(first)).toBe('admitted');
    const second = keyOfExchange(await exchange(service, token, mine));
    expect([await use(first), await use(second)]).toEqual(['KEY_REVOKED', 'admitted']);
    // What was revoked by a person stays so.
    await mutate(service, ada, 'keys.revoke', { id: second.id });
    expect(await reasonOf(token, mine)).toBe('EXCHANGE_DENIED');
  });
});

describe('a rule', () => {
  it('demands further claims', async () => {
    const claims = { repository_owner: 'acme', private: 'true' };
    const strict = await createRule(service, ada, { audience: 'https://strict.example.com', claims });
    const token = (more: object) => jobToken(issuer, { aud: 'https://strict.example.com', ...more });
    expect(await reasonOf(token({ repository_owner: 'acme', private: true }))).toBe('exchanged');
    for (const wrong of [
      {},
      { repository_owner: 'acme' },
      { repository_owner: 'acme-evil', private: true },
      { repository_owner: ['acme'], private: true },
      { repository_owner: { acme: 1 }, private: true },
    ])
      expect(await reasonOf(token(wrong))).toBe('EXCHANGE_DENIED');
    await mutate(service, ada, 'exchangeRules.delete', { id: strict });
  });

  it('is named if several fit, and only then must be', async () => {
    const audience = 'https://two.example.com';
    const token = () => jobToken(issuer, { aud: audience });
    const first = await createRule(service, ada, { audience });
    expect(await reasonOf(token())).toBe('exchanged');
    const second = await createRule(service, ada, { audience, environment: 'test' });
    const both = token();
    expect(await reasonOf(both)).toBe('EXCHANGE_DENIED');
    const answer = await exchange(service, both, { rule: second });
    expect(answer.json.result.data.key.environment).toBe('test');
    expect(await reasonOf(token(), { rule: first })).toBe('exchanged');
    expect(await reasonOf(token(), { rule })).toBe('EXCHANGE_DENIED');
  });

  it('limits its keys to addresses, and exchanges none from elsewhere', async () => {
    const [here, elsewhere] = ['https://here.example.com', 'https://elsewhere.example.com'];
    await createRule(service, ada, { audience: here, allowedAddresses: ['127.0.0.1'] });
    await createRule(service, ada, { audience: elsewhere, allowedAddresses: ['203.0.113.0/24'] });
    const { key } = (await exchange(service, jobToken(issuer, { aud: here }))).json.result.data;
    expect(key.allowedAddresses).toEqual(['127.0.0.1']);
    expect(await reasonOf(jobToken(issuer, { aud: elsewhere }))).toBe('EXCHANGE_DENIED');
  });

  it('has at most a hundred valid keys', async () => {
    const audience = 'https://full.example.com';
    const full = await createRule(service, ada, { audience });
    const { db } = stores().database;
    const key = keyOfExchange(await exchange(service, jobToken(issuer, { aud: audience })));
    await db.execute(sql`
      insert into keys (id, workspace_id, name, environment, permissions, secret_hash, pepper_version, signing_sealed,
        signing_version, expires_at, exchange_rule_id)
      select 'copy' || n, workspace_id, name, environment, permissions, secret_hash, pepper_version, signing_sealed,
        signing_version, expires_at, exchange_rule_id
      from keys, generate_series(1, 99) as n where id = ${key.id}`);
    const token = jobToken(issuer, { aud: audience });
    const { reason, json } = await exchange(service, token);
    expect([reason, json.error.data.limit, json.error.data.remaining]).toEqual(['RATE_LIMITED', 100, 0]);
    expect(json.error.data.retryAfter).toBeLessThanOrEqual(900);
    // Revoking a key frees its place, and the token was not used up.
    await mutate(service, ada, 'keys.revoke', { id: 'copy1' });
    expect(await reasonOf(token)).toBe('exchanged');
    await mutate(service, ada, 'exchangeRules.delete', { id: full });
  });
});

describe('the end of a rule', () => {
  const audience = 'https://ending.example.com';
  let ending: string;
  const keyNow = async () => keyOfExchange(await exchange(service, jobToken(issuer, { aud: audience })));

  it.each<[string, object, string]>([
    ['keeps its keys if it only gets another name', { name: 'Renamed' }, 'admitted'],
    ['revokes its keys if it is disabled', { enabled: false }, 'KEY_REVOKED'],
    ['revokes its keys if it is narrowed', { subject: MAIN }, 'KEY_REVOKED'],
    ['revokes its keys if it gives other permissions', { permissions: ['echo:write'] }, 'KEY_REVOKED'],
  ])('%s', async (_, input, expected) => {
    ending = await createRule(service, ada, { audience });
    const key = await keyNow();
    expect(await use(key)).toBe('admitted');
    expect((await change(ada, ending, input)).status).toBe(200);
    expect(await use(key)).toBe(expected);
    await mutate(service, ada, 'exchangeRules.delete', { id: ending });
  });

  it('revokes its keys and those that they made, and exchanges no more', async () => {
    const permissions = ['keys:write', 'exemple:read'];
    ending = await createRule(service, ada, { audience, permissions });
    const { key, secret, signingSecret } = (await exchange(service, jobToken(issuer, { aud: audience }))).json
      .result.data;
    const maker = { id: key.id, apiKey: secret, signingSecret };
    const made = await createKey(service, maker, { service: true, expiresAt: key.expiresAt });
    expect(await use(made)).toBe('admitted');
    expect((await mutate(service, ada, 'exchangeRules.delete', { id: ending })).status).toBe(200);
    expect([await use(maker), await use(made)]).toEqual(['KEY_REVOKED', 'KEY_REVOKED']);
    expect(await reasonOf(jobToken(issuer, { aud: audience }))).toBe('EXCHANGE_DENIED');
  });

  it('leaves no key that could become valid again: one that has expired stays expired', async () => {
    ending = await createRule(service, ada, { audience });
    const key = await keyNow();
    const ago = new Date(Date.now() - 3_600_000).toISOString();
    await stores().database.query(
      sql`update keys set expires_at = ${ago}::timestamptz, rev = rev + 1 where id = ${key.id}`,
    );
    const revive = async (expiresAt: string | null) =>
      (await mutate(service, ada, 'keys.update', { id: key.id, expiresAt })).reason;
    expect(await revive(null)).toBe('CONFLICT');
    expect((await mutate(service, ada, 'exchangeRules.delete', { id: ending })).status).toBe(200);
    for (const expiresAt of [null, new Date(Date.now() + 60_000).toISOString()])
      expect(await revive(expiresAt)).toBe('CONFLICT');
    expect(await use(key)).toBe('KEY_EXPIRED');
  });

  it('decides how long a key lives: a person can end it sooner, and not later', async () => {
    ending = await createRule(service, ada, { audience, permissions: ['keys:write', 'exemple:read'] });
    const { key, secret, signingSecret } = (await exchange(service, jobToken(issuer, { aud: audience }))).json
      .result.data;
    const maker = { id: key.id, apiKey: secret, signingSecret };
    const made = await createKey(service, maker, { service: true, expiresAt: key.expiresAt });
    const at = (ms: number) => new Date(Date.parse(key.expiresAt) + ms).toISOString();
    for (const { id } of [maker, made]) {
      const change = (expiresAt: string | null) => mutate(service, ada, 'keys.update', { id, expiresAt });
      for (const later of [null, at(1000)]) {
        const { reason, json } = await change(later);
        expect([reason, json.error.data.issues]).toEqual([
          'INPUT_INVALID',
          [
            {
              path: 'expiresAt',
              message: 'cannot be later: the exchange rule decides how long the key is valid',
            },
          ],
        ]);
      }
      expect((await change(at(-1000))).json.result.data.expiresAt).toBe(at(-1000));
    }
    await mutate(service, ada, 'exchangeRules.delete', { id: ending });
  });

  it('counts and revokes a key that an older version let live without an end', async () => {
    ending = await createRule(service, ada, { audience });
    const key = await keyNow();
    await stores().database.query(sql`update keys set expires_at = null, rev = rev + 1 where id = ${key.id}`);
    const { items } = (await query(service, ada, 'exchangeRules.list')).json.result.data;
    expect(items.find(({ id }: { id: string }) => id === ending).activeKeys).toBe(1);
    expect((await mutate(service, ada, 'exchangeRules.delete', { id: ending })).status).toBe(200);
    expect(await use(key)).toBe('KEY_REVOKED');
  });

  it('comes with the end of its workspace', async () => {
    const eve = await signUp(service);
    const of = 'https://eve.example.com';
    await createRule(service, eve, { audience: of });
    const key = keyOfExchange(await exchange(service, jobToken(issuer, { aud: of })));
    await mutate(service, eve, 'workspaces.rename', { name: 'Gone' });
    expect((await mutate(service, eve, 'workspaces.delete', { name: 'Gone' })).status).toBe(200);
    expect(await use(key)).toBe('KEY_REVOKED');
    expect(await reasonOf(jobToken(issuer, { aud: of }))).toBe('EXCHANGE_DENIED');
    // Nobody else gets the audience at once: a job of Eve's could still ask.
    const taken = await mutate(service, ada, 'exchangeRules.create', ruleInput({ audience: of }));
    expect(taken.json.error.data.issues).toEqual([
      { path: 'audience', message: 'belongs to another workspace' },
    ]);
  });
});

describe('the right to make a rule', () => {
  const audience = 'https://rights.example.com';
  const reasonFor = async (who: Person | Credentials, more: object = {}) => {
    const answer = await mutate(service, who, 'exchangeRules.create', ruleInput({ audience, ...more }));
    return answer.reason ?? 'made';
  };

  it('is that to make a service key, within what the caller holds', async () => {
    const [admin, developer, viewer] = await Promise.all(
      (['admin', 'developer', 'viewer'] as const).map((role) => newMember(service, ada, role)),
    );
    expect(await reasonFor(admin as Person)).toBe('made');
    expect(await reasonFor(admin as Person, { permissions: ['workspaces:delete'] })).toBe(
      'ESCALATION_DENIED',
    );
    expect(await reasonFor(developer as Person)).toBe('PERMISSION_DENIED');
    expect(await reasonFor(viewer as Person)).toBe('PERMISSION_DENIED');
  });

  it('is never that of a key with less: in permissions, time, addresses, environment', async () => {
    const held = ['keys:write', 'exemple:read'];
    const make = (more: object) => createKey(service, ada, { service: true, permissions: held, ...more });
    expect(await reasonFor(await make({}))).toBe('made');
    expect(await reasonFor(await make({}), { permissions: ['echo:write'] })).toBe('ESCALATION_DENIED');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    expect(await reasonFor(await make({ expiresAt }))).toBe('ESCALATION_DENIED');
    const near = await make({ allowedAddresses: ['127.0.0.0/8'] });
    expect(await reasonFor(near)).toBe('ESCALATION_DENIED');
    expect(await reasonFor(near, { allowedAddresses: ['127.0.0.1'] })).toBe('made');
    expect(await reasonFor(await make({ environment: 'test' }))).toBe('ENVIRONMENT_DENIED');
    expect(await reasonFor(await createKey(service, ada, { permissions: held }))).toBe('ESCALATION_DENIED');
  });

  it('is never that of a key that a rule gave', async () => {
    const permissions = ['keys:write', 'exemple:read'];
    const powerful = 'https://powerful.example.com';
    const of = await createRule(service, ada, { audience: powerful, permissions });
    const key = keyOfExchange(await exchange(service, jobToken(issuer, { aud: powerful })));
    expect(await reasonFor(key)).toBe('ESCALATION_DENIED');
    expect((await change(key, of, { permissions: ['exemple:read'] })).reason).toBe('ESCALATION_DENIED');
    expect((await change(key, of, { subject: 'repo:evil/shop' })).reason).toBe('ESCALATION_DENIED');
    // It may end its rule, and itself with it.
    expect((await mutate(service, key, 'exchangeRules.delete', { id: of })).status).toBe(200);
    expect(await use(key)).toBe('KEY_REVOKED');
  });

  it('is needed for each change of a rule, but not to end it', async () => {
    const [admin, developer] = [
      await newMember(service, ada, 'admin'),
      await newMember(service, ada, 'developer'),
    ];
    const of = await createRule(service, ada, { audience, permissions: ['workspaces:delete'] });
    for (const input of [{ subject: 'repo:evil/shop' }, { claims: {} }, { lifetimeSeconds: 3600 }]) {
      expect((await change(admin, of, input)).reason).toBe('ESCALATION_DENIED');
      expect((await change(developer, of, input)).reason).toBe('PERMISSION_DENIED');
    }
    expect((await change(developer, of, { enabled: false })).status).toBe(200);
    expect((await change(admin, of, { enabled: true })).reason).toBe('ESCALATION_DENIED');
    expect((await mutate(service, developer, 'exchangeRules.delete', { id: of })).status).toBe(200);
  });

  it('S2: is needed for the rule before a change too: what is narrowed first may be widened again later', async () => {
    const admin = await newMember(service, ada, 'admin');
    const permissions = ['workspaces:delete', 'workspaces:write', 'keys:write', 'exemple:read'];
    const [mine, taken] = ['https://narrowed.example.com', ['exemple:read']];
    const of = await createRule(service, ada, { audience: mine, permissions });
    const weak = await createKey(service, ada, {
      ...{ service: true, permissions: ['keys:write', 'exemple:read'] },
    });
    for (const who of [admin, weak]) {
      for (const more of [{ subject: 'repo:evil/shop' }, { claims: { a: 'b' } }, {}, { environment: 'test' }])
        expect((await change(who, of, { permissions: taken, ...more })).reason).toBe('ESCALATION_DENIED');
    }
    // Addresses are a right as well.
    const bound = await createKey(service, ada, {
      ...{ service: true, permissions, allowedAddresses: ['127.0.0.0/8'] },
    });
    const narrowed = { allowedAddresses: ['127.0.0.1'], subject: 'repo:evil/shop' };
    expect((await change(bound, of, narrowed)).reason).toBe('ESCALATION_DENIED');
    expect((await change(ada, of, { permissions })).status).toBe(200);
    const evil = jobToken(issuer, { aud: mine, sub: 'repo:evil/shop' });
    expect((await exchange(service, evil)).reason).toBe('EXCHANGE_DENIED');
  });

  it('asks a person for a fresh proof if the keys are live, and not to end the rule', async () => {
    const audience = 'https://proven.example.com';
    const [live, test] = [
      await createRule(service, ada, { audience }),
      await createRule(service, ada, { audience, environment: 'test' }),
    ];
    const create = (more: object) =>
      mutate(service, ada, 'exchangeRules.create', ruleInput({ audience, ...more }));
    await ageProof(service, ada, Date.now());
    expect((await create({})).reason).toBe('STEP_UP_REQUIRED');
    expect((await change(ada, live, { subject: MAIN })).reason).toBe('STEP_UP_REQUIRED');
    expect((await change(ada, live, { enabled: true })).reason).toBe('STEP_UP_REQUIRED');
    expect((await change(ada, test, { environment: 'live' })).reason).toBe('STEP_UP_REQUIRED');
    expect((await change(ada, test, { subject: MAIN })).status).toBe(200);
    expect((await create({ environment: 'test' })).status).toBe(200);
    expect((await change(ada, live, { enabled: false })).status).toBe(200);
    expect((await stepUp(service, ada)).status).toBe(200);
    expect((await change(ada, live, { enabled: true })).status).toBe(200);
    for (const id of [live, test]) await mutate(service, ada, 'exchangeRules.delete', { id });
  });

  it('is not asked for again: a rule outlives its author, as service keys do', async () => {
    const admin = await newMember(service, ada, 'admin');
    const outliving = 'https://outliving.example.com';
    await createRule(service, admin, { audience: outliving });
    await mutate(service, ada, 'members.remove', { userId: admin.userId });
    const key = keyOfExchange(await exchange(service, jobToken(issuer, { aud: outliving })));
    expect(await use(key)).toBe('admitted');
  });

  it('A2: gives a key for an hour at most, whatever lifetime is in the database', async () => {
    const audience = 'https://lasting.example.com';
    const id = await createRule(service, ada, { audience });
    for (const seconds of [2_147_483_647, 3_601, 0, -2_147_483_648]) {
      await stores().database.query(
        sql`update exchange_rules set lifetime_seconds = ${seconds} where id = ${id}`,
      );
      const answer = await exchange(service, jobToken(issuer, { aud: audience }));
      const { createdAt, expiresAt } = answer.json.result.data.key;
      expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBeLessThanOrEqual(3_600_000);
      if (seconds <= 0) expect(await use(keyOfExchange(answer))).toBe('KEY_EXPIRED');
    }
    await mutate(service, ada, 'exchangeRules.delete', { id });
  });

  it('A2: ignores keys that end at a time that cannot be read', async () => {
    const audience = 'https://infinite.example.com';
    const id = await createRule(service, ada, { audience });
    const key = keyOfExchange(await exchange(service, jobToken(issuer, { aud: audience })));
    for (const time of ['infinity', '-infinity']) {
      await stores().database.query(
        sql`update keys set expires_at = ${time}::timestamptz, rev = rev + 1 where exchange_rule_id = ${id}`,
      );
      stores().credentials.changed({ key: key.id });
      expect(await use(key)).not.toBe('admitted');
      const { items } = (await query(service, ada, 'exchangeRules.list')).json.result.data;
      expect(items.find((one: { id: string }) => one.id === id).activeKeys).toBe(0);
    }
    const deleted = await mutate(service, ada, 'exchangeRules.delete', { id });
    expect(deleted.status).toBe(200);
    expect(await use(key)).not.toBe('admitted');
  });

  it('ends at fifty rules', { timeout: 60_000 }, async () => {
    const eve = await signUp(service);
    const of = 'https://fifty.example.com';
    const answers = [];
    for (let n = 0; n < 51; n++)
      answers.push((await mutate(service, eve, 'exchangeRules.create', ruleInput({ audience: of }))).reason);
    expect(answers.filter((reason) => reason === 'CONFLICT')).toHaveLength(1);
    expect(answers.at(-1)).toBe('CONFLICT');
  });

  it.each<[string, object, string]>([
    ['an unknown issuer', { issuer: 'nobody' }, 'issuer'],
    ['a subject that is a wildcard', { subject: '*' }, 'subject'],
    ['a claim that is checked anyway', { claims: { sub: 'x' } }, 'claims'],
    ['a claim that JavaScript takes for its own', { claims: JSON.parse('{"__proto__":"x"}') }, 'claims'],
    [
      'too many claims',
      { claims: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`c${n}`, 'x'])) },
      'claims',
    ],
    ['an unknown permission', { permissions: ['no:such'] }, 'permissions.0'],
    ['a lifetime of nothing', { lifetimeSeconds: 0 }, 'lifetimeSeconds'],
    ['a lifetime of more than an hour', { lifetimeSeconds: 3601 }, 'lifetimeSeconds'],
  ])('refuses %s', async (_, more, path) => {
    const { reason, json } = await mutate(
      service,
      ada,
      'exchangeRules.create',
      ruleInput({ audience, ...more }),
    );
    expect([reason, json.error.data.issues[0].path]).toEqual(['INPUT_INVALID', path]);
  });
});

it('FOR_KEYS is the audience of the first rule', async () => {
  const { items, issuers } = (await query(service, ada, 'exchangeRules.list')).json.result.data;
  expect(items[0]).toMatchObject({ id: rule, audience: FOR_KEYS });
  expect(issuers).toEqual([{ name: 'company', issuer: issuer.issuer }]);
});
