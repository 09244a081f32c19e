import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenKeys } from '../../server/stores/secrets/token-keys.ts';
import { partsOf } from '../harness/forge.ts';
import { callPublic, type Person, signUp } from '../harness/people.ts';
import { queriesOf } from '../harness/queries.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

const MINUTE = 60_000;
const NINETY_DAYS = 90 * 24 * 60 * MINUTE;
let service: TestService;
let ahead = 0;

beforeAll(async () => {
  service = await startTestService({ clock: () => Date.now() + ahead });
});
afterAll(() => service.stop());

const kidOf = ({ token }: Person) => partsOf(token).header['kid'];
const published = async () =>
  (await (await fetch(`${service.url}/.well-known/jwks.json`)).json()).keys.map(
    ({ kid }: { kid: string }) => kid,
  );
const isTaken = async (person: Person) => {
  const t = Math.floor((Date.now() + ahead) / 1000);
  const options = { authority: service.authority, token: person.token, t };
  return (await send(service.port, sign(person, '/api/whoami', options))).reason ?? 'taken';
};
/** The job that a running service does every minute. */
const maintain = () => service.running.service.stores.tokenKeys.maintain();

it('token keys are rotated: published before they sign, accepted after', async () => {
  const first = await signUp(service);
  expect(await published()).toEqual([kidOf(first)]);

  ahead = NINETY_DAYS;
  await maintain();
  const both = await published();
  expect(both).toHaveLength(2);
  expect(both).toContain(kidOf(first));
  const before = await signUp(service);
  expect(kidOf(before), 'a new key does not sign at once').toBe(kidOf(first));

  ahead += 11 * MINUTE;
  await maintain();
  const after = await signUp(service);
  expect(kidOf(after)).toBe(both.find((kid: string) => kid !== kidOf(first)));
  expect(await isTaken(after)).toBe('taken');
  expect(await published(), 'the old one is honoured still').toEqual(expect.arrayContaining(both));

  ahead += 13 * MINUTE;
  await maintain();
  expect(await published()).toEqual([kidOf(after)]);
  expect(await isTaken(before)).toMatch(/^TOKEN_(INVALID|EXPIRED)$/);
});

it('S3: many tokens of a key that another instance made wait for one reading of the keys', async () => {
  const { tokenKeys, database, vault } = service.running.service.stores;
  const elsewhere = await TokenKeys.open(database.db, vault, () => Date.now() + ahead);
  await elsewhere.rotate();
  const kid = elsewhere.jwks().keys.at(-1)?.['kid'] as string;
  ahead += MINUTE;
  const queries = await queriesOf(service, async () => {
    const found = await Promise.all([1, 2, 3].map(() => tokenKeys.verifier(kid)));
    expect(found.every((key) => key !== null)).toBe(true);
    // Others cause no further reading.
    expect(await tokenKeys.verifier('unknown')).toBeNull();
  });
  expect(queries).toBe(1);
});

it('S3: while the keys cannot be read, a token of an unknown key is an outage each time', async () => {
  const { tokenKeys, database } = service.running.service.stores;
  ahead += MINUTE;
  const { select } = database.db;
  const failing = () => {
    throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
  };
  Object.assign(database.db, { select: failing });
  try {
    for (let call = 0; call < 3; call++) await expect(tokenKeys.verifier('unknown')).rejects.toThrow('gone');
  } finally {
    Object.assign(database.db, { select });
  }
  ahead += MINUTE;
  expect(await tokenKeys.verifier('unknown')).toBeNull();
});

describe('A2: a token key with a time that cannot be read', () => {
  const times = ['infinity', '-infinity', '294276-12-31 00:00:00+00', '4713-01-01 00:00:00+00 BC'];
  const cases = times.flatMap((time) =>
    (['signs_from', 'retires_at'] as const).map((column) => [column, time]),
  );

  it.each(cases)('%s = %s: it neither signs nor verifies, and stops no start', async (column, time) => {
    const { database, vault } = service.running.service.stores;
    const now = () => Date.now() + ahead;
    const open = () => TokenKeys.open(database.db, vault, now);
    const before = await open();
    const odd = before.signer().kid;
    const set = sql`update token_keys set ${sql.identifier(column as string)} = ${time}::timestamptz`;
    await database.query(sql`${set} where kid = ${odd}`);
    await database.query(sql`delete from token_keys where kid <> ${odd}`);

    // The only key: startup creates another one.
    const keys = await open();
    const { kid } = keys.signer();
    expect(kid).not.toBe(odd);
    expect(await keys.verifier(odd)).toBeNull();
    expect(await keys.verifier(kid)).not.toBeNull();
    expect(keys.jwks().keys.map((key) => key['kid'])).toEqual([kid]);

    // With another one: a rotation retires that one, and not the newest.
    await keys.maintain();
    await keys.rotate();
    const published = keys.jwks().keys.map((key) => key['kid']);
    expect(published).toHaveLength(2);
    expect(published).not.toContain(odd);
    const [newest] = await database.query<{ retires_at: unknown }>(
      sql`select retires_at from token_keys where kid = ${published.find((one) => one !== kid) as string}`,
    );
    expect(newest?.retires_at).toBeNull();
    expect(keys.signer().kid).toBe(kid);
    await database.query(sql`delete from token_keys where kid = ${odd}`);
    await maintain();
    const email = `after-${randomUUID()}@example.com`;
    expect(
      (await callPublic(service, 'auth.signUp', { email, password: 'correct horse battery' })).status,
    ).toBe(200);
  });
});
