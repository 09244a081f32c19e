import { describe, expect, test } from 'vitest';
import { type Counter, counterOf } from '../../server/stores/limits/rates.ts';
import { MemoryRateStore } from '../../server/stores/limits/rates-memory.ts';
import { counter, type RatesWorld, ratesContract } from './rates-contract.ts';

function memoryWorld(most?: number): RatesWorld {
  let time = 1_800_000_000_000;
  const store = new MemoryRateStore(() => time, most);
  return {
    store,
    other: store,
    now: () => time,
    step: (ms) => {
      time += ms;
    },
    close: () => store.close(),
  };
}

/** A hit as a promise: the store returns a value where it need not wait. */
const hitting = async ({ store }: RatesWorld, one: Counter) => store.hit([one]);

ratesContract('the memory store', async () => memoryWorld());

describe('S7: the memory store, once a workspace has used up its share', () => {
  test('refuses calls that it cannot count, evicts nothing, and has room again later', async () => {
    const world = memoryWorld(80);
    const first = counter(1, 60);
    const hits = [first, ...Array.from({ length: 30 }, () => counter(1, 60))].map((one) =>
      hitting(world, one).then(
        ({ allowed }) => allowed,
        (error: Error) => error.message,
      ),
    );
    // A quarter of the windows, less the remainder: half of its sponsor's half, which is divided among its keys.
    const outcomes = await Promise.all(hits);
    expect(outcomes.filter((outcome) => outcome === true)).toHaveLength(19);
    expect(outcomes.at(-1)).toBe('no room for another rate window');
    expect((await world.store.hit([first])).allowed).toBe(false);
    world.step(120_000);
    expect((await world.store.hit([counter(1, 60)])).allowed).toBe(true);
  });

  test('counts the calls of another', async () => {
    const world = memoryWorld(80);
    for (let n = 0; n < 100; n++) await hitting(world, counter(1, 60)).catch(() => {});
    const limited = counterOf(['another', 'another'], 'key', { name: 'calls', limit: 1, windowSeconds: 60 });
    expect([await world.store.hit([limited]), await world.store.hit([limited])]).toMatchObject([
      { allowed: true },
      { allowed: false },
    ]);
  });

  test('loses no hit of a call that needs another window', async () => {
    const world = memoryWorld(80);
    const own = counter(5, 60);
    for (const one of [own, counter(1, 60), counter(1, 60)]) await world.store.hit([one]);
    for (let n = 0; n < 100; n++) await hitting(world, counter(1, 3_600)).catch(() => {});
    world.step(120_000);
    // It frees space by dropping empty windows, that of `own` among them.
    expect((await world.store.hit([own, counter(1, 60)])).allowed).toBe(true);
    expect((await world.store.peek([own])).states).toMatchObject([{ remaining: 4 }]);
  });

  test('is not filled by reads, or by calls over their limit', async () => {
    const world = memoryWorld(8);
    const full = counter(1, 60);
    await world.store.hit([full]);
    for (let i = 0; i < 20; i++) await world.store.peek([counter(1, 60)]);
    for (let i = 0; i < 20; i++) expect((await world.store.hit([full, counter(1, 60)])).allowed).toBe(false);
    expect(world.store.windows.used).toBe(1);
  });
});
