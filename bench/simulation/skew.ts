import { randomOf } from './random.ts';

/** The share of all calls of each caller, the largest first: Zipf's law, the n-th in proportion to 1/n^s. */
export function zipf(count: number, s: number): Float64Array {
  const shares = Float64Array.from({ length: count }, (_, i) => (i + 1) ** -s);
  const all = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / all);
}

/**
 * The load of the hottest of a number of shards, as a multiple of an even share, if the hash of each caller determines
 * its shard: the mean of several placements.
 */
export function hottest(shares: Float64Array, shards: number, seed: number, placements = 20): number {
  const random = randomOf(seed);
  let sum = 0;
  for (let i = 0; i < placements; i++) {
    const loads = new Float64Array(shards);
    for (const share of shares) {
      const home = Math.floor(random() * shards);
      loads[home] = (loads[home] as number) + share;
    }
    sum += loads.reduce((most, load) => Math.max(most, load), 0);
  }
  return (sum / placements) * shards;
}
