import { describe, expect, it } from 'vitest';
import { type Stage, simulate, type World } from '../../bench/simulation/calls.ts';
import { hottest, zipf } from '../../bench/simulation/skew.ts';

/** A statement for each call, one at a time, a millisecond each, on one core: a queue that is known. */
const ONE: Stage = { perStatement: 1, perQuestion: 0, size: 1, atOnce: 1 };
const ALONE: World = {
  ...{ instances: 1, cores: 1, stages: [ONE], latency: 0 },
  ...{ load: { arrivals: 0.5 }, seed: 1, calls: 200_000 },
};
const SHARED = { ...ALONE, stages: [{ perStatement: 0.5, perQuestion: 0.015, size: 500, atOnce: 3 }] };

describe('the simulation of calls', () => {
  it.each([0.5, 0.8])('has the waits of an M/D/1 queue at a load of %d (Pollaczek and Khinchine)', (load) => {
    const { mean, used } = simulate({ ...ALONE, load: { arrivals: load } });
    const known = 1 + load / (2 * (1 - load));
    expect(Math.abs(mean / known - 1)).toBeLessThan(0.03);
    expect(used).toBeCloseTo(load, 2);
  });

  it('shares the cores evenly, so that the mean is that of M/M/1 for any distribution of work (processor sharing)', () => {
    const { mean } = simulate({ ...ALONE, stages: [{ ...ONE, atOnce: 10_000 }] });
    expect(Math.abs(mean / 2 - 1)).toBeLessThan(0.03);
  });

  it('has the capacity of full statements', () => {
    const { perSecond, together } = simulate({ ...SHARED, load: { inFlight: 10_000, perAsk: 0 } });
    expect(together).toBeGreaterThan(490);
    expect(perSecond / (500_000 / (0.5 + 0.015 * 500))).toBeCloseTo(1, 2);
  });

  it('shares statements among more calls as the load rises', () => {
    const [few, many] = [1, 8].map((arrivals) => simulate({ ...SHARED, load: { arrivals } }));
    expect(many?.together).toBeGreaterThan(3 * (few?.together ?? 0));
    expect(many?.cpu).toBeLessThan((few?.cpu ?? 0) / 2);
  });

  it('lets a call wait for each of its statements, one after the other', () => {
    const { mean } = simulate({
      ...ALONE,
      stages: [ONE, ONE],
      latency: 1,
      load: { arrivals: 0.001 },
      calls: 2_000,
    });
    expect(mean).toBeCloseTo(4, 1);
  });

  it('gives the same result for the same seed, and another for another seed', () => {
    const short = { ...ALONE, calls: 1_000 };
    expect(simulate(short)).toEqual(simulate(short));
    expect(simulate({ ...short, seed: 2 }).mean).not.toBe(simulate(short).mean);
  });
});

describe('the hottest shard', () => {
  it('has the load of the first caller if it is the only one', () => {
    expect(hottest(new Float64Array([1]), 10, 1)).toBeCloseTo(10);
  });

  it('has an even share if there are many equal callers', () => {
    expect(hottest(zipf(100_000, 0), 10, 1)).toBeLessThan(1.05);
  });

  it("gives Zipf's law its shares: the second has half of the first", () => {
    const shares = zipf(1_000, 1);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect((shares[0] as number) / (shares[1] as number)).toBeCloseTo(2);
  });
});
