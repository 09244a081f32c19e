import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Counter, counterOf, type RateStore } from '../../server/stores/limits/rates.ts';

/** Rate stores that share their counts, on a clock of their own. */
export interface RatesWorld {
  readonly store: RateStore;
  /** Another instance if several may share a database; otherwise the same store. */
  readonly other: RateStore;
  /** Milliseconds, as the stores see them. */
  now(): number;
  /** Advances the clock of the stores. */
  step(ms: number): void;
  close(): Promise<void>;
}

let subjects = 0;

/** A limit of a new caller. */
export function counter(limit: number, windowSeconds: number, name = 'calls'): Counter {
  return counterOf(['workspace', 'workspace'], `subject${++subjects}`, { name, limit, windowSeconds });
}

const MINUTE = 60_000;
/** A sixtieth of a minute: a hit may count for so much longer than the window. */
const SLICE = MINUTE / 60;

/** The behaviour of every rate store. */
export function ratesContract(name: string, makeWorld: () => Promise<RatesWorld>): void {
  describe(`${name}, as every rate store`, () => {
    let world: RatesWorld;

    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world.close());

    const allowed = async (...counters: Counter[]) => (await world.store.hit(counters)).allowed;
    const times = async (count: number, ...counters: Counter[]) => {
      const hits = await Promise.all(
        Array.from({ length: count }, (_, i) => (i % 2 ? world.other : world.store).hit(counters)),
      );
      return hits.filter((hit) => hit.allowed).length;
    };

    test('allows exactly as many as the limit, of many at once', async () => {
      expect(await times(1_200, counter(500, 60))).toBe(500);
    });

    test('allows no more within any span of the window, wherever it begins', async () => {
      const limited = counter(10, 60);
      const accepted: number[] = [];
      // One call every second and a half for five minutes: a window that restarted would admit a burst.
      for (let call = 0; call < 200; call++) {
        if (await allowed(limited)) accepted.push(world.now());
        world.step(1_500);
      }
      const most = Math.max(
        ...accepted.map((at) => accepted.filter((other) => other >= at && other < at + MINUTE).length),
      );
      expect(most).toBe(10);
      // Under steady traffic it continues to allow: no denied call prolongs the wait.
      expect(accepted.length).toBeGreaterThanOrEqual(45);
    });

    test('frees what was taken when its window is over, and says when that is', async () => {
      const limited = counter(1, 60);
      const begun = world.now();
      expect((await world.store.hit([limited])).states).toMatchObject([{ remaining: 0, limit: 1 }]);
      const [state] = (await world.store.hit([limited])).states;
      expect(state?.resetAt).toBeGreaterThanOrEqual(begun + MINUTE);
      expect(state?.resetAt).toBeLessThanOrEqual(begun + MINUTE + SLICE);
      world.step((state?.resetAt ?? 0) - world.now() - 1);
      expect(await allowed(limited)).toBe(false);
      world.step(1);
      expect(await allowed(limited)).toBe(true);
    });

    test('counts a call in all of its limits or in none', async () => {
      const [wide, narrow] = [counter(100, 60, 'wide'), counter(3, 3_600, 'narrow')];
      expect(await times(50, wide, narrow)).toBe(3);
      expect((await world.store.peek([wide])).states).toMatchObject([{ remaining: 97 }]);
    });

    test('counts the calls of many in a limit that they share', async () => {
      const shared = counter(40, 60, 'shared');
      const keys = Array.from({ length: 8 }, () => counter(30, 60));
      const calls = keys.flatMap((key) => Array.from({ length: 10 }, () => [key, shared]));
      const hits = await Promise.all(calls.map((one, i) => (i % 2 ? world.other : world.store).hit(one)));
      expect(hits.filter((hit) => hit.allowed)).toHaveLength(40);
      const left = await Promise.all(keys.map(async (key) => (await world.store.peek([key])).states[0]));
      expect(left.reduce((sum, state) => sum + 30 - (state?.remaining ?? 0), 0)).toBe(40);
    });

    test('can be read without counting', async () => {
      const limited = counter(1, 60);
      for (let i = 0; i < 5; i++) expect((await world.store.peek([limited])).allowed).toBe(true);
      expect(await allowed(limited)).toBe(true);
      expect((await world.store.peek([limited])).allowed).toBe(false);
    });

    test('distinguishes subjects, names and windows', async () => {
      const limit = { name: 'calls', limit: 1, windowSeconds: 60 };
      const one = counterOf(['workspace', 'workspace'], 'somebody', limit);
      expect(await allowed(one)).toBe(true);
      for (const other of [
        counterOf(['workspace', 'workspace'], 'somebody else', limit),
        counterOf(['workspace', 'workspace'], 'somebody', { ...limit, name: 'other' }),
        counterOf(['workspace', 'workspace'], 'somebody', { ...limit, windowSeconds: 61 }),
      ]) {
        expect(await allowed(other)).toBe(true);
      }
      expect(await allowed(one)).toBe(false);
    });

    test('keeps the counts if the limit is changed', async () => {
      const limited = counter(5, 60);
      expect(await times(3, limited)).toBe(3);
      const narrowed = { ...limited, limit: { ...limited.limit, limit: 3 } };
      expect(await allowed(narrowed)).toBe(false);
      expect(await allowed({ ...limited, limit: { ...limited.limit, limit: 4 } })).toBe(true);
    });

    test.each([1, 60, 3_600, 2_592_000])(
      'in a window of %d seconds forgets nothing too early',
      async (seconds) => {
        const limited = counter(2, seconds);
        expect(await times(3, limited)).toBe(2);
        world.step(seconds * 1_000 - 1);
        expect(await allowed(limited)).toBe(false);
        world.step(1 + Math.ceil((seconds * 1_000) / 60));
        expect(await allowed(limited)).toBe(true);
      },
    );

    test('a clock that is set back locks out no caller, and forgets no hit', async () => {
      const limited = counter(2, 60);
      expect(await times(2, limited)).toBe(2);
      world.step(-86_400_000);
      expect(await allowed(limited)).toBe(false);
      world.step(MINUTE + SLICE);
      expect(await times(3, limited)).toBe(2);
      world.step(86_400_000);
    });

    test('clocks of instances that differ by seconds make no hit older', async () => {
      const limited = counter(10, 60);
      let accepted = 0;
      for (let call = 0; call < 30; call++) {
        // One instance is ahead by four seconds, then the other answers again.
        world.step(call % 2 ? -4_000 : 4_000);
        if (await allowed(limited)) accepted++;
      }
      expect(accepted).toBe(10);
    });

    test('never admits more than the limit, with calls at any times', async () => {
      const steps = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 20, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 8 }),
          fc.integer({ min: 1, max: 5 }),
          steps,
          async (most, seconds, gaps) => {
            const limited = counter(most, seconds);
            const accepted: number[] = [];
            for (const gap of gaps) {
              world.step(gap);
              if (await allowed(limited)) accepted.push(world.now());
            }
            for (const at of accepted) {
              const within = accepted.filter((other) => other >= at && other < at + seconds * 1_000);
              expect(within.length).toBeLessThanOrEqual(most);
            }
          },
        ),
        { numRuns: 30 },
      );
    });

    test('forgets windows that are empty, and no others', async () => {
      const [old, young] = [counter(1, 1), counter(1, 3_600)];
      expect([await allowed(old), await allowed(young)]).toEqual([true, true]);
      world.step(120_000);
      await world.store.purge();
      expect([await allowed(old), await allowed(young)]).toEqual([true, false]);
    });
  });
}
