import type { Plan } from './plan.ts';
import { keysDatabase } from './postgres.ts';
import type { Took } from './rounds.ts';
import { count, megabytes } from './spread.ts';
import { startVerifier } from './verifiers.ts';

const IN_FLIGHT = 256;
const STEPS = 10;
/** In MB: what it may hold. */
const AIM = 512;

/** How much memory a process holds once so many of the keys in its database have been used. */
export async function watchActive({ many: { total, active } }: Plan): Promise<void> {
  const verifier = await startVerifier(await keysDatabase({ usable: active, total }), 0);
  console.log(`\nmemory with ${count(total)} keys, each call of another one (aim: under ${AIM} MB)\n`);
  for (let step = 1; step <= STEPS; step++) {
    const round = { kind: 'once', calls: active / STEPS, inFlight: IN_FLIGHT };
    const { calls, wall, peak } = await verifier.ask<Took>(round);
    const used = count(calls * step).padStart(9);
    console.log(
      `${used} used  ${count(calls / wall).padStart(7)} a second  rss ${megabytes(peak)} MB at most`,
    );
  }
  await verifier.stop();
}
