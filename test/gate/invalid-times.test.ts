import { describe, expect, it } from 'vitest';
import { keyState } from '../../server/gate/bearer/bearer.ts';
import type { GateStores } from '../../server/gate/bearer/credential-lookups.ts';
import { revalidateCaller } from '../../server/gate/revalidate.ts';
import { callerOf } from '../../server/gate/session.ts';
import { ageOf, readSignature } from '../../server/gate/signature/signature.ts';
import { isFuture } from '../../server/lib/clock.ts';
import type { Refusal } from '../../server/lib/refusal.ts';
import type { KeyRecord, SessionRecord } from '../../server/stores/credentials/credential-rows.ts';
import { hitAll, SlidingWindow } from '../../server/stores/limits/sliding-window.ts';

const NOW = 1_790_000_000_000;
const NEVER = [
  Number.NaN,
  null,
  undefined,
  '2999-01-01',
  Infinity,
  -Infinity,
  {},
  new Date(Number.NaN),
] as never[];
const NO_CLOCK = [Number.NaN, null, undefined, Infinity, -Infinity] as never[];

const session = { id: 'ses_1', userId: 'usr_1', workspaceId: 'wsp_1', ended: false, role: 'owner' };
const liveSession = { ...session, refreshedAt: NOW - 1, expiresAt: NOW + 1 } as SessionRecord;
const claims = { sub: 'usr_1', sid: 'ses_1', exp: 0 };
const secrets = { secretHash: 'new', signingSecret: 'kss_new' };
const key = { id: 'k', revoked: false, enabled: true, expiresAt: NOW + 1, ...secrets } as KeyRecord;

/** The reason of a refusal, or that there was none. */
const reasonOf = (run: () => unknown): string => {
  try {
    run();
    return 'admitted';
  } catch (error) {
    return (error as Refusal).reason;
  }
};

describe('A2: a comparison with an invalid time refuses', () => {
  it('in isFuture, with either argument invalid', () => {
    expect(isFuture(NOW + 1, NOW)).toBe(true);
    expect([NOW, NOW - 1].map((time) => isFuture(time, NOW))).toEqual([false, false]);
    expect(NEVER.map((time) => isFuture(time, NOW))).toEqual(NEVER.map(() => false));
    expect(NO_CLOCK.map((now) => isFuture(NOW, now))).toEqual(NO_CLOCK.map(() => false));
  });

  it('a key is expired', () => {
    expect(keyState(key, NOW)).toBeNull();
    expect(keyState({ ...key, expiresAt: null }, NOW)).toBeNull();
    for (const expiresAt of NEVER.filter((time) => time !== null))
      expect(keyState({ ...key, expiresAt }, NOW)).toBe('KEY_EXPIRED');
    for (const now of NO_CLOCK) expect(keyState(key, now)).toBe('KEY_EXPIRED');
  });

  it('a session is over', () => {
    const admit = (session: SessionRecord, now = NOW) =>
      reasonOf(() => callerOf(null, { session, account: null }, claims, now));
    expect(admit(liveSession)).toBe('admitted');
    for (const never of NEVER) {
      expect(admit({ ...liveSession, expiresAt: never })).toBe('SESSION_ENDED');
      expect(admit({ ...liveSession, refreshedAt: never })).toBe('SESSION_ENDED');
    }
    for (const now of NO_CLOCK.filter((never) => never !== undefined))
      expect(admit(liveSession, now)).toBe('SESSION_ENDED');
    expect(admit({ ...liveSession, ended: undefined as never })).toBe('SESSION_ENDED');
  });

  it('the secrets from before a rotation are no longer accepted', async () => {
    const rotated = (validUntil: never) =>
      ({
        ...key,
        previous: { secretHash: 'old', signingSecret: 'kss_old', validUntil },
      }) as unknown as KeyRecord;
    const again = (record: KeyRecord, unchanged = false) => {
      const credentials = { isUnchanged: async () => unchanged, rereadKey: async () => record };
      const stores = { credentials, clock: () => NOW } as unknown as GateStores;
      const pair = { secretHash: 'old', previous: true };
      return revalidateCaller({ kind: 'key', key: record, pair, workspaceId: 'wsp_1', user: null }, stores);
    };
    expect(await again(rotated((NOW + 1) as never))).toMatchObject({ kind: 'key' });
    for (const never of NEVER) {
      await expect(again(rotated(never))).rejects.toThrow();
      await expect(again(rotated(never), true)).rejects.toThrow();
    }
  });

  it('a signature is not fresh', () => {
    const signature = { k: 'k', t: NOW / 1000, nonce: 'n', mac: 'm' };
    expect(ageOf(signature, NOW / 1000)).toBe('fresh');
    for (const t of [Number.NaN, undefined, Infinity, {}] as never[])
      expect(ageOf({ ...signature, t }, NOW / 1000)).not.toBe('fresh');
    for (const now of [Number.NaN, undefined, Infinity] as never[])
      expect(ageOf(signature, now)).not.toBe('fresh');
    const header = `v1,k=abcdefghijkl,t=${NOW / 1000},n=${'n'.repeat(22)},s=${'0'.repeat(64)}`;
    expect(
      reasonOf(() => readSignature({ signature: header, fields: () => [] }, { kind: 'none' }, Number.NaN)),
    ).toBe('SIGNATURE_MALFORMED');
  });

  it('a window whose hits are not numbers is full', () => {
    const limit = { name: 'l', limit: 5, windowSeconds: 60 };
    const window = () => new SlidingWindow(60, { first: Math.floor(NOW / 1000), hits: [Number.NaN] });
    expect(hitAll([window()], [limit], NOW, true).allowed).toBe(false);
    expect(hitAll([new SlidingWindow(60)], [{ ...limit, limit: Number.NaN }], NOW, true).allowed).toBe(false);
  });
});
