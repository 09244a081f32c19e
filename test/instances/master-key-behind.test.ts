import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { dbOf } from '../harness/audit-chain.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { callPublic, createKey, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { restart, sibling, startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

const masterKey = (version: number) => `${version}:${randomBytes(32).toString('base64')}`;
const [ONE, TWO] = [masterKey(1), masterKey(2)];

const ready = async ({ port }: TestService, path = '/readyz') =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).status;

requires('postgres').describe('an instance that was not given the newest master key', () => {
  let behind: TestService;
  let other: TestService;
  let ada: Person;
  let old: Credentials;

  async function start(): Promise<void> {
    const env = { DATABASE_URL: await freshPostgres(), KEYSEAL_MASTER_KEYS: ONE };
    behind = await startTestService({ env });
    ada = await signUp(behind);
    old = await createKey(behind, ada);
    other = await sibling(behind, { KEYSEAL_MASTER_KEYS: `${TWO},${ONE}` });
  }
  const stop = () => Promise.all([behind.stop(), other.stop()]);

  /** Its answer to any call, the same for every caller. */
  async function answersNobody(): Promise<void> {
    const unknown = { ...old, id: 'AAAAAAAAAAAA', apiKey: null };
    for (const who of [old, ada, unknown])
      expect(await query(behind, who, 'exemple')).toMatchObject({ status: 503, reason: 'UNAVAILABLE' });
    const { email, password } = ada;
    expect((await callPublic(behind, 'auth.signIn', { email, password })).status).toBe(503);
    expect([await ready(behind), await ready(behind, '/healthz')]).toEqual([503, 200]);
    for (const who of [old, ada]) expect((await query(other, who, 'whoami')).status).toBe(200);
    expect(await ready(other)).toBe(200);
  }

  it('never calls a key that was made under it wrong, and stops serving', async () => {
    await start();
    const key = await createKey(other, ada);
    expect(await ready(behind)).toBe(200);
    expect(await query(behind, key, 'exemple')).toMatchObject({ status: 503, reason: 'UNAVAILABLE' });
    expect(behind.log.join('\n')).toContain('master key version 2 is not loaded');
    await answersNobody();
    await expect(restart(behind, { KEYSEAL_MASTER_KEYS: ONE })).rejects.toThrow(/need version 2/);
    behind = await sibling(behind, { KEYSEAL_MASTER_KEYS: `${ONE},${TWO}` });
    for (const who of [key, old]) expect((await query(behind, who, 'exemple')).status).toBe(200);
    await stop();
  });

  it('never calls the signature of a session that began under it wrong', async () => {
    await start();
    const eve = await signUp(other);
    expect(await query(behind, eve, 'whoami')).toMatchObject({ status: 503, reason: 'UNAVAILABLE' });
    await answersNobody();
    await stop();
  });

  it('notices without a call, by the token keys that the other instance rewrapped', async () => {
    await start();
    await behind.running.service.stores.tokenKeys.maintain().catch(() => {});
    await answersNobody();
    await stop();
  });

  it('is not confused with one that lacks an older key: what is encrypted under that is unknown', async () => {
    await start();
    // A key that had expired when its master key went, and whose time was put off afterwards.
    const late = await createKey(behind, ada);
    for (const who of [ada, old, other.demo]) expect((await query(other, who, 'whoami')).status).toBe(200);
    const db = dbOf(other);
    await db.execute(sql`update keys set expires_at = now() where id = ${late.id}`);
    await db.execute(sql`delete from audit_records`);
    await db.execute(sql`delete from audit_heads`);
    await behind.stop();
    const newest = await restart(other, { KEYSEAL_MASTER_KEYS: TWO });
    await dbOf(newest).execute(sql`update keys set expires_at = null where id = ${late.id}`);
    expect(await query(newest, late, 'exemple')).toMatchObject({ status: 401, reason: 'KEY_INVALID' });
    expect([await ready(newest), (await query(newest, old, 'exemple')).status]).toEqual([200, 200]);
    await newest.stop();
  });
});
