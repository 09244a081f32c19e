import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nonces } from '../../drizzle/schema/replay.ts';
import { REPLAY_MARGIN, type ReplayStore } from '../../server/stores/replay/replay.ts';
import { SIGNATURE_MAX_AGE } from '../../shared/signature.ts';
import { CURRENT, claimOf, NO_LIMITS, type ReplayFixture, ROWS, SESSION } from './replay-fixture.ts';

const FORGOTTEN_AFTER = SIGNATURE_MAX_AGE + REPLAY_MARGIN;

/** The behaviour of every replay store. */
export function replayContract(name: string, makeWorld: () => Promise<ReplayFixture>): void {
  describe(`${name}, as every replay store`, () => {
    let world: ReplayFixture;
    let store: ReplayStore;

    beforeAll(async () => {
      world = await makeWorld();
      store = await world.open();
    });
    afterAll(async () => {
      await store.close();
      await world.close();
    });

    test('lets a claim win once', async () => {
      const claim = claimOf(world.now(), 'once');
      expect(await store.claim(claim)).toBe('won');
      expect(await store.claim(claim)).toBe('seen');
    });

    test('distinguishes k, t and nonce', async () => {
      const t = world.now();
      const claims = [
        claimOf(t, 'apart'),
        claimOf(t, 'apart', { k: SESSION }),
        claimOf(t - 1, 'apart'),
        claimOf(t, 'Apart'),
      ];
      for (const claim of claims) expect(await store.claim(claim)).toBe('won');
      for (const claim of claims) expect(await store.claim(claim)).toBe('seen');
    });

    test('gives one win to 100 concurrent copies, among others that all win', async () => {
      const t = world.now();
      const copies = Array.from({ length: 100 }, () => store.claim(claimOf(t, 'copied')));
      const others = Array.from({ length: 100 }, (_, i) => store.claim(claimOf(t, `other${i}`)));
      const outcomes = await Promise.all(copies);
      expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'seen')).toHaveLength(99);
      expect(new Set(await Promise.all(others))).toEqual(new Set(['won']));
    });

    test('gives one win to copies of a claim that is far ahead', async () => {
      const claim = claimOf(world.now() + 3_600, 'ahead');
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.claim(claim)));
      expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
      expect(await store.claim(claim)).toBe('seen');
    });

    test('claims on a key alone, and on a session alone', async () => {
      const t = world.now();
      expect(await store.claim(claimOf(t, 'key', { revisions: { ...CURRENT, session: null } }))).toBe('won');
      expect(await store.claim(claimOf(t, 'ses', { revisions: { ...CURRENT, key: null } }))).toBe('won');
    });

    test('claims nothing for an unknown key or session', async () => {
      const t = world.now();
      const key = { id: 'nobodysKey00', workspaceId: 'w1', payer: ['w1', 'w1', 'nobodysKey00'], rev: 0 };
      const session = {
        id: 'ses_nobodys00000',
        workspaceId: 'w1',
        payer: ['w1', 'w1', 'ses_nobodys00000'],
        rev: 0,
      };
      expect(await store.claim(claimOf(t, 'none', { revisions: { ...CURRENT, key } }))).toBe('stale');
      expect(await store.claim(claimOf(t, 'none', { revisions: { ...CURRENT, session } }))).toBe('stale');
      expect(await store.claim(claimOf(t, 'none'))).toBe('won');
    });
  });

  describe.each(ROWS)(`${name}, once the %s has changed`, (row) => {
    test('claims nothing with the revisions from before', async () => {
      const world = await makeWorld();
      const store = await world.open();
      const claim = claimOf(world.now(), 'revoked');
      expect(await store.claim(claimOf(world.now(), 'before'))).toBe('won');
      await world.change(row);
      expect(await store.claim(claim)).toBe('stale');

      // Both contain the person's rows: the sums of the key and of the session rise together.
      const { key, session } = CURRENT;
      const seen = {
        key: key && { ...key, rev: row === 'session' ? 0 : 1 },
        session: session && { ...session, rev: row === 'key' ? 0 : 1 },
      };
      expect(await store.claim({ ...claim, revisions: seen })).toBe('won');
      await store.close();
      await world.close();
    });
  });

  describe(`${name}, after a purge`, () => {
    test('knows recent claims, and refuses those of a forgotten time, even if the clock steps back', async () => {
      const world = await makeWorld();
      const store = await world.open();
      const old = claimOf(world.now(), 'old');
      const young = claimOf(world.now() + FORGOTTEN_AFTER, 'young');
      expect(await store.claim(old)).toBe('won');
      world.step(FORGOTTEN_AFTER);
      expect(await store.claim(young)).toBe('won');
      await purgeTwice(store, world);

      expect(await store.claim(young)).toBe('seen');
      expect(await store.claim(old)).toBe('behind');
      const kept = await world.database.db.select().from(nonces);
      expect(kept.map(({ nonce }) => nonce)).not.toContain('old');

      world.step(-FORGOTTEN_AFTER);
      expect(await store.claim(old)).toBe('behind');
      expect(await store.claim(claimOf(world.now(), 'another'))).toBe('behind');
      expect(await store.claim(claimOf(world.now() + 1, 'after it'))).toBe('won');
      await store.purge();
      expect(await store.claim(old)).toBe('behind');
      await store.close();
      await world.close();
    });
  });

  describe(`${name}, after a clock was ahead for a while`, () => {
    test('refuses the claims from before and from meanwhile, and no other', async () => {
      const world = await makeWorld();
      const store = await world.open();
      const before = claimOf(world.now(), 'before');
      expect(await store.claim(before)).toBe('won');
      const DAYS = 3 * 86_400;
      world.step(DAYS);
      const meanwhile = claimOf(world.now(), 'meanwhile');
      expect(await store.claim(meanwhile)).toBe('won');
      await purgeTwice(store, world);
      world.step(-DAYS);
      expect(['seen', 'behind']).toContain(await store.claim(before));
      expect(await store.claim(meanwhile)).toBe('seen');
      expect(await store.claim(claimOf(world.now() + 1, 'after'))).toBe('won');
      await store.close();
      await world.close();
    });
  });

  describe(`${name}, when it is full`, () => {
    test('refuses claims without room, evicts nothing, and has room again after a purge', async () => {
      const world = await makeWorld();
      const store = await world.open({ ...NO_LIMITS, perKey: 3 });
      const t = world.now();
      for (const nonce of ['one', 'two', 'three']) expect(await store.claim(claimOf(t, nonce))).toBe('won');
      expect(await store.claim(claimOf(t, 'four'))).toBe('full');
      expect(await store.claim(claimOf(t, 'four', { k: SESSION }))).toBe('won');
      expect(['seen', 'full']).toContain(await store.claim(claimOf(t, 'one')));

      world.step(FORGOTTEN_AFTER + 60);
      await purgeTwice(store, world);
      expect(await store.claim(claimOf(world.now(), 'four'))).toBe('won');
      await store.close();
      await world.close();
    });

    test('limits all keys together too, and counts only claims that were won', async () => {
      const world = await makeWorld();
      // The only workspace that claims gets half.
      const store = await world.open({ ...NO_LIMITS, perKey: 10, total: 4 });
      const t = world.now();
      expect(await store.claim(claimOf(t, 'one'))).toBe('won');
      for (let i = 0; i < 5; i++) expect(await store.claim(claimOf(t, 'one'))).toBe('seen');
      expect(await store.claim(claimOf(t, 'two', { k: SESSION }))).toBe('won');
      expect(await store.claim(claimOf(t, 'three'))).toBe('full');
      await store.close();
      await world.close();
    });
  });

  describe(`${name}, with nonces ahead (S6)`, () => {
    const FEW = { ...NO_LIMITS, ahead: { perKey: 3, total: 8 } };

    test('has a separate limit for them: a key that has reached it keeps claiming present ones', async () => {
      const world = await makeWorld();
      const store = await world.open(FEW);
      const t = world.now() + 600;
      for (const nonce of ['one', 'two', 'three']) expect(await store.claim(claimOf(t, nonce))).toBe('won');
      expect(await store.claim(claimOf(t, 'four'))).toBe('full');
      expect(await store.claim(claimOf(world.now() + 60, 'five'))).toBe('won');
      expect(await store.claim(claimOf(t, 'of another', { k: SESSION }))).toBe('won');
      expect(await store.claim(claimOf(t, 'too many of the workspace', { k: SESSION }))).toBe('full');
      await store.close();
      await world.close();
    });

    test('still counts them after a restart', async () => {
      const world = await makeWorld();
      const before = await world.open(FEW);
      const t = world.now() + 600;
      for (const nonce of ['one', 'two', 'three']) expect(await before.claim(claimOf(t, nonce))).toBe('won');
      await before.close();
      const after = await world.open(FEW);
      expect(await after.claim(claimOf(t, 'four'))).toBe('full');
      expect(await after.claim(claimOf(t, 'one'))).not.toBe('won');
      await after.close();
      await world.close();
    });
  });

  describe(`${name}, when it cannot answer`, () => {
    test('throws once it is closed', async () => {
      const world = await makeWorld();
      const store = await world.open();
      await store.close();
      await expect(store.claim(claimOf(world.now(), 'late'))).rejects.toMatchObject({
        code: 'CONNECTION_ENDED',
      });
      await world.close();
    });

    test('throws, and no claim wins, if the database is gone', async () => {
      const world = await makeWorld();
      const store = await world.open();
      await world.database.close();
      await expect(store.claim(claimOf(world.now(), 'gone'))).rejects.toThrow();
    });
  });
}

/**
 * Rows that a watermark covers are deleted once the watermark is old enough: the second purge deletes what the first
 * covered.
 */
async function purgeTwice(store: ReplayStore, world: ReplayFixture): Promise<void> {
  await store.purge();
  await world.settle();
  await store.purge();
}
