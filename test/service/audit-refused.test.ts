import { afterAll, beforeAll, expect, it } from 'vitest';
import { logExtendedHeads } from '../../server/stores/audit/chain-heads.ts';
import { recordsOf, verifyChain, workspaceOf } from '../harness/audit-chain.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { queryTarget, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
/** Of the service alone: tests sign with the real time, which is near enough. */
let ahead = 0;

beforeAll(async () => {
  service = await startTestService({ clock: () => Date.now() + ahead });
  ada = await signUp(service);
});
afterAll(() => service.stop());

const stores = () => service.running.service.stores;
const refusedOf = async (workspaceId: string, id: string) =>
  (await recordsOf(service, workspaceId)).filter(
    ({ action, subject }) => action === 'admission.refused' && subject === id,
  );

it('refused admissions of a key are one record for each minute and reason, once the minute is over', async () => {
  const key = await createKey(service, ada);
  const workspaceId = await workspaceOf(service, key);
  // Away from the end of a minute, so that all of it is one.
  ahead = 60_000 - (Date.now() % 60_000);
  const draft = sign(key, queryTarget('exemple'), { authority: service.authority });
  await send(service.port, draft);
  for (let n = 0; n < 3; n++) await send(service.port, draft);
  for (let n = 0; n < 2; n++) await send(service.port, withHeader(draft, 'x-signature', null));
  // Not of an admission: the caller was admitted.
  await query(service, key, 'keys.list');
  await stores().rejectedAttempts.flush();
  expect(await refusedOf(workspaceId, key.id)).toEqual([]);

  const minute = new Date(Math.floor((Date.now() + ahead) / 60_000) * 60_000).toISOString();
  ahead += 60_000;
  await stores().rejectedAttempts.flush();
  const records = await refusedOf(workspaceId, key.id);
  expect(records.map(({ after }) => after)).toEqual(
    expect.arrayContaining([
      { minute, reason: 'SIGNATURE_REPLAYED', count: 3 },
      { minute, reason: 'SIGNATURE_MISSING', count: 2 },
    ]),
  );
  expect(records).toHaveLength(2);
  expect(records[0]).toMatchObject({ actorKind: 'system', actorId: null, address: null, requestId: null });
  ahead = 0;
  expect(await verifyChain(service, ada)).toMatchObject({ verified: true });
});

it('an anonymous caller causes no record with any number of calls', async () => {
  const key = await createKey(service, ada);
  const workspaceId = await workspaceOf(service, key);
  const forged = { ...key, apiKey: `${key.apiKey.slice(0, -1)}~` };
  for (let n = 0; n < 20; n++) expect((await query(service, forged, 'exemple')).reason).toBe('KEY_INVALID');
  await stores().rejectedAttempts.flush(true);
  expect(await refusedOf(workspaceId, key.id)).toEqual([]);
});

it('S7: pending counts are bounded, divided by workspace, and contain no outage', async () => {
  const key = await createKey(service, ada);
  const hers = { id: key.id, payer: ['Ada', await workspaceOf(service, key), key.id] };
  const { rejectedAttempts: refusedAdmissions } = stores();
  for (let n = 0; n < 20_000; n++) {
    refusedAdmissions.record(
      { id: `nobody ${n}`, payer: ['a person', 'another', `nobody ${n}`] },
      'IP_DENIED',
    );
  }
  expect(refusedAdmissions.occupancy.used).toBeLessThan(20_000);
  refusedAdmissions.record(hers, 'IP_DENIED');
  refusedAdmissions.record(hers, 'UNAVAILABLE');
  await refusedAdmissions.flush(true);
  expect(refusedAdmissions.occupancy.used).toBe(0);
  const records = await refusedOf(hers.payer[1] as string, key.id);
  expect(records.map(({ after }) => after)).toEqual([
    expect.objectContaining({ reason: 'IP_DENIED', count: 1 }),
  ]);
});

it('the service logs the heads of changed chains, on shutdown and at startup', async () => {
  const key = await createKey(service, ada);
  const workspaceId = await workspaceOf(service, key);
  const headsIn = (log: readonly string[]) =>
    log
      .filter((line) => line.includes('"audit head"') && line.includes(workspaceId))
      .map((line) => JSON.parse(line))
      .map(({ seq, mac, level }) => ({ seq, mac, level }));
  const last = async () => {
    const { seq, mac } = (await recordsOf(service, workspaceId)).at(-1) ?? {};
    return { seq, mac, level: 30 };
  };
  const { log } = service.running.service;
  const before = headsIn(service.log).length;
  await logExtendedHeads(stores(), log);
  const moved = await last();
  await logExtendedHeads(stores(), log);
  expect(headsIn(service.log).slice(before)).toEqual([moved]);

  await mutate(service, ada, 'keys.revoke', { id: key.id });
  const stopped = await last();
  const old = service;
  service = await restart(service);
  expect(headsIn(old.log).at(-1)).toEqual(stopped);
  expect(headsIn(service.log)).toEqual([stopped]);
  // What an operator holds against the chain.
  const { seq, mac } = moved;
  expect(await verifyChain(service, ada, { known: { seq, mac } })).toMatchObject({ verified: true });
});
