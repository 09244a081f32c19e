import { describe, expect, test } from 'vitest';
import { MemoryRateStore } from '../../server/stores/rates-memory.ts';
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

ratesContract('the memory store', async () => memoryWorld());

describe('the memory store that is full', () => {
  test('lets nobody through that it cannot count, forgets nothing, and has room again', async () => {
    const world = memoryWorld(10);
    const [first, ...others] = Array.from({ length: 10 }, () => counter(1, 60));
    for (const one of [first, ...others]) if (one) await world.store.hit([one]);
    await expect(world.store.hit([counter(1, 60)])).rejects.toThrow('no room');
    expect((await world.store.hit(first ? [first] : [])).allowed).toBe(false);
    world.step(120_000);
    expect((await world.store.hit([counter(1, 60)])).allowed).toBe(true);
  });

  test('is not filled by those who only look, or who are over their limit', async () => {
    const world = memoryWorld(1);
    const full = counter(1, 60);
    await world.store.hit([full]);
    for (let i = 0; i < 20; i++) await world.store.look([counter(1, 60)]);
    for (let i = 0; i < 20; i++) expect((await world.store.hit([full, counter(1, 60)])).allowed).toBe(false);
  });
});
