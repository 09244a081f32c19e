import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { rewrapHeads, storeAuditKeys } from '../../server/stores/audit/mac-keys.ts';
import { recordsOf, verifyChain, workspaceOf } from '../harness/audit-chain.ts';
import { callPublic, createKey, mutate, query, signUp } from '../harness/people.ts';
import { restart, sibling, startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

const masterKey = (version: number) => `${version}:${randomBytes(32).toString('base64')}`;

it('stored secrets move to a new master key on use, and the old one can be removed once its audit key is stored', async () => {
  const [one, two] = [masterKey(1), masterKey(2)];
  const first = await startTestService({ env: { KEYSEAL_MASTER_KEYS: one } });
  const ada = await signUp(first);
  const key = await createKey(first, ada);
  const [revoked, gone] = [await createKey(first, ada), await signUp(first)];
  await mutate(first, ada, 'keys.revoke', { id: revoked.id });
  await mutate(first, gone, 'auth.signOut');

  const both = await restart(first, { KEYSEAL_MASTER_KEYS: `${two},${one}` });
  const refreshed = await refresh(both);
  expect(refreshed.status, 'a refresh token of the old key').toBe(200);
  for (const who of [key, both.demo]) expect((await query(both, who, 'exemple')).status).toBe(200);
  expect((await query(both, ada, 'whoami')).status).toBe(200);
  await both.running.service.stores.tokenKeys.maintain();

  // The audit log continues under the new key, and needs the old one for what was written under it.
  await createKey(both, ada);
  const records = await recordsOf(both, await workspaceOf(both, key));
  expect(records.map(({ keyVersion }) => keyVersion)).toEqual([1, 1, 1, 1, 2]);
  expect(await verifyChain(both, ada)).toMatchObject({ verified: true, records: 5 });
  await both.stop();
  await expect(sibling(both, { KEYSEAL_MASTER_KEYS: two })).rejects.toThrow(/: 7 need version 1\./);
  const again = await sibling(both);
  const { database, vault, audit } = again.running.service.stores;
  await storeAuditKeys(database.db, vault);
  expect(await rewrapHeads(database, vault, audit)).toMatchObject({ broken: [] });

  const newest = await restart(again, { KEYSEAL_MASTER_KEYS: two });
  for (const who of [key, both.demo]) expect((await query(newest, who, 'exemple')).status).toBe(200);
  expect((await query(newest, ada, 'whoami')).status).toBe(200);
  expect(await verifyChain(newest, ada)).toMatchObject({ verified: true, records: 5 });
  const signedIn = await callPublic(newest, 'auth.signIn', { email: ada.email, password: ada.password });
  expect(signedIn.status).toBe(200);
  // What ended under the old key holds it no longer, and is as if it had never been.
  expect((await query(newest, revoked, 'exemple')).reason).toBe('KEY_INVALID');
  expect((await query(newest, gone, 'whoami')).reason).toBe('SIGNATURE_INVALID');
  await newest.stop();

  function refresh(at: TestService) {
    const body = JSON.stringify({ refreshToken: ada.refreshToken });
    return send(at.port, sign(ada, '/api/auth.refresh', { authority: at.authority, body }));
  }
  // Five starts, each of which opens PGlite.
}, 120_000);
