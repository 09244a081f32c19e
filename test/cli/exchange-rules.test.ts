import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordsOf } from '../harness/audit-chain.ts';
import { keyseal } from '../harness/cli.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf } from '../harness/teams.ts';
import { exchange, jobToken, keyOfExchange } from '../harness/workloads.ts';

requires('postgres').describe('keyseal exchange-rules', () => {
  let issuer: HostileIssuer;
  let service: TestService;
  let ada: Person;
  let workspace: string;

  beforeAll(async () => {
    issuer = await startHostileIssuer();
    service = await startTestService({
      env: {
        DATABASE_URL: await freshPostgres(),
        KEYSEAL_DATA_DIR: await freshFolder(),
        KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
        KEYSEAL_ISSUERS: JSON.stringify([{ name: 'company', issuer: issuer.issuer, workload: true }]),
      },
    });
    ada = await signUp(service);
    workspace = await activeOf(service, ada);
  });
  afterAll(async () => {
    await service.stop();
    await issuer.stop();
  });

  const run = (...args: string[]) => keyseal(['exchange-rules', ...args, '--json'], { env: service.env });
  const create = (...more: string[]) =>
    run(
      ...['create', '--workspace', workspace, '--name', 'Nightly', '--issuer', 'company'],
      ...['--audience', 'https://cli.example.com', '--permissions', 'exemple:read', ...more],
    );

  it('makes a rule that exchanges tokens, lists it, and ends it with its keys', async () => {
    const claims = ['--claim', 'team=a=b', '--claim', 'tier=1', '--lifetime', '60'];
    const made = await create('--subject', 'repo:acme/*', ...claims);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(made.json).toMatchObject({ claims: { team: 'a=b', tier: '1' }, lifetimeSeconds: 60 });
    const token = { aud: 'https://cli.example.com', sub: 'repo:acme/shop', team: 'a=b', tier: 1 };
    const key = keyOfExchange(await exchange(service, jobToken(issuer, token)));
    expect((await query(service, key, 'exemple')).status).toBe(200);
    const { items } = (await run('list', '--workspace', workspace)).json;
    expect(items).toMatchObject([{ id: made.json.id, activeKeys: 1 }]);
    expect((await run('delete', made.json.id)).json).toEqual({ id: made.json.id });
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_REVOKED');
    expect((await run('list', '--workspace', workspace)).json.items).toEqual([]);
    const actions = (await recordsOf(service, workspace)).map(({ action, actorKind }) => [action, actorKind]);
    expect(actions).toContainEqual(['exchangeRules.create', 'system']);
    expect(actions).toContainEqual(['exchangeRules.delete', 'system']);
  });

  it('says what is wrong', async () => {
    const wrong = async (...args: string[]) => {
      const { code, err } = await create(...args);
      return [code, JSON.parse(err).error.message];
    };
    expect(await wrong('--subject', '*')).toEqual([64, expect.stringContaining('subject: must be')]);
    const issuers = ['--subject', 'x', '--issuer', 'nobody'];
    expect(await wrong(...issuers)).toEqual([1, expect.stringContaining('issuer is not an issuer')]);
    expect(await wrong('--subject', 'x', '--claim', 'x')).toEqual([64, expect.any(String)]);
    const twice = ['--subject', 'x', '--claim', 'ref=main', '--claim', 'ref=release'];
    expect(await wrong(...twice)).toEqual([64, expect.stringContaining('"ref" is given twice')]);
    const prototype = ['--subject', 'x', '--claim', '__proto__=x'];
    expect(await wrong(...prototype)).toEqual([64, expect.stringContaining('must not name __proto__')]);
    const gone = await run('delete', 'exr_zzzzzzzzzzzz');
    expect([gone.code, JSON.parse(gone.err).error.message]).toEqual([
      1,
      'There is no exchange rule "exr_zzzzzzzzzzzz".',
    ]);
  });
});
