import { eq } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { base62 } from '../../server/stores/secrets/random-ids.ts';
import { formatKey } from '../../shared/key-format.ts';
import { dbOf } from '../harness/audit-chain.ts';
import { flood, from } from '../harness/flood.ts';
import { b64, partsOf } from '../harness/forge.ts';
import { createKey, mutate, signUp } from '../harness/people.ts';
import { queriesOf } from '../harness/queries.ts';
import { setUp } from '../harness/setup.ts';
import { ORDERS, reportOf, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const FLOOD = 400;
/** Lookups of an address or an asking key, and of one row: at once, and in a second. */
const OF_ONE = [100, 20] as const;
const OF_ROW = [10, 5] as const;

const at = setUp({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });

const stores = () => at.service.running.service.stores;
const SECRET = `kss_${'x'.repeat(43)}`;
const unknownSession = (id = `ses_${base62(12)}`): Credentials => ({
  id,
  apiKey: null,
  signingSecret: SECRET,
});
const whoami = (who: Credentials, token?: string) =>
  sign(who, '/api/whoami', { authority: at.service.authority, ...(token === undefined ? {} : { token }) });
const refresh = (who: Credentials, refreshToken = 'x') =>
  sign(who, '/api/auth.refresh', { authority: at.service.authority, body: JSON.stringify({ refreshToken }) });
/** A token that names a session, with a forged signature. */
function forgedFor(sid: string): string {
  const { header, claims } = partsOf(at.ada.token);
  return `${b64(JSON.stringify(header))}.${b64(JSON.stringify({ ...claims, sid }))}.${b64('no signature')}`;
}
const reasonOf = async (draft: ReturnType<typeof whoami>, address = '203.0.113.9') =>
  (await send(at.service.port, from(draft, address))).reason ?? 'OK';

describe('S3: sessions that were never issued', () => {
  it.each<[string, (n: number) => ReturnType<typeof whoami>, string]>([
    ['with a forged token', () => whoami(unknownSession(), forgedFor('ses_000000000000')), '192.0.2.11'],
    ['without one, for a refresh', () => refresh(unknownSession()), '192.0.2.12'],
  ])(
    '%s use the look-ups of one address, and a person who is not cached is admitted',
    async (_, draftOf, address) => {
      const bob = await signUp(at.service);
      stores().credentials.changed({ session: bob.id });
      const running = flood(at.service, FLOOD, draftOf, () => address);
      expect(await reasonOf(whoami(bob, bob.token), address)).toBe('OK');
      stores().credentials.changed({ session: bob.id });
      expect(await reasonOf(refresh(bob, bob.refreshToken), address)).toBe('OK');
      const { reasons, queries, allowed } = await running;
      expect(queries).toBeLessThanOrEqual(allowed(...OF_ONE) + 20);
      expect((reasons['SIGNATURE_INVALID'] ?? 0) + (reasons['TOO_MANY_FAILURES'] ?? 0)).toBe(FLOOD);
    },
  );

  it('cause no lookup if they name one that is known to have ended', async () => {
    const bob = await signUp(at.service);
    await mutate(at.service, bob, 'auth.signOut');
    await reasonOf(whoami(bob, bob.token));
    const forged = await flood(
      at.service,
      FLOOD,
      () => whoami(unknownSession(bob.id), forgedFor(bob.id)),
      () => '192.0.2.13',
    );
    expect([forged.reasons['OK'], forged.queries]).toEqual([undefined, 0]);
    const right = await flood(
      at.service,
      FLOOD,
      () => whoami(bob, bob.token),
      () => '192.0.2.14',
    );
    expect(right.reasons).toEqual({ SESSION_ENDED: FLOOD });
    expect(right.queries).toBeLessThanOrEqual(right.allowed(...OF_ROW));
  });
});

it('S3: a forged token is not verified, unless its signature names a session', async () => {
  const verified = vi.spyOn(crypto.subtle, 'verify');
  const made = () => whoami(unknownSession(), forgedFor('ses_000000000000'));
  await flood(at.service, 50, made, () => '192.0.2.16');
  expect(verified).toHaveBeenCalledTimes(0);
  expect(await reasonOf(whoami(at.ada, forgedFor(at.ada.id)))).toBe('TOKEN_INVALID');
  expect(verified).toHaveBeenCalled();
  verified.mockRestore();
});

it('S3: a session from before ids had a MAC keeps working', async () => {
  const bob = await signUp(at.service);
  const old = `ses_${base62(12)}`;
  const sealed = stores().vault.encrypt(bob.signingSecret, {
    table: 'sessions',
    column: 'signing',
    row: old,
  });
  await dbOf(at.service)
    .update(sessions)
    .set({ id: old, signingSealed: sealed.text })
    .where(eq(sessions.id, bob.id));
  expect(await reasonOf(refresh({ ...bob, id: old }), '192.0.2.15')).toBe('TOKEN_INVALID');
  expect(await queriesOf(at.service, async () => void (await reasonOf(refresh({ ...bob, id: old }))))).toBe(
    0,
  );
});

describe('S3: requests that a service reports', () => {
  const madeUp = () => {
    const id = base62(12);
    const apiKey = formatKey('ks', 'live', id, base62(32));
    return sign({ id, apiKey, signingSecret: SECRET }, '/orders', { authority: ORDERS });
  };
  const report = (asking: Credentials, n: number) =>
    sign(asking, '/api/verify', {
      authority: at.service.authority,
      body: JSON.stringify(reportOf(madeUp(), { address: `10.${n >> 8}.${n & 255}.1` })),
    });

  it('use the lookups of the key that verifies, for any reported address; another workspace is served', async () => {
    const bob = await signUp(at.service);
    const [asking, other] = [await verifyingKey(at.service, at.ada), await verifyingKey(at.service, bob)];
    const [mine, his] = [await createKey(at.service, at.ada), await createKey(at.service, bob)];
    const running = flood(at.service, FLOOD, (n) => report(asking, n));
    for (const [who, key] of [
      [asking, mine],
      [other, his],
    ] as const) {
      const { verdict } = await verdictOn(at.service, who, sign(key, '/orders', { authority: ORDERS }));
      expect(verdict).toMatchObject({ valid: true });
    }
    const { reasons, queries, allowed } = await running;
    expect(reasons).toEqual({ OK: FLOOD });
    expect(queries).toBeLessThanOrEqual(allowed(...OF_ONE) + 40);
  });

  it('do not evict failures of requests to this service', () => {
    const { failedAttempts: failures } = stores();
    failures.add('address 192.0.2.99');
    for (let n = 0; n < 60_000; n++) failures.add(`address ${n}`, 'wsp_flooding');
    expect(failures.count('address 192.0.2.99')).toBe(1);
    expect(failures.count('address 192.0.2.99', 'wsp_flooding')).toBe(0);
  });
});
