import { figure } from '../units.ts';
import type { FloodName } from './floods.ts';
import { AIMS, type DatabaseName, type FloodRow } from './row.ts';
import { runFlood } from './run.ts';
import type { Stretch } from './stretch.ts';

interface Step {
  readonly perSecond: number;
  readonly networks: number;
}

/** The floods that grow, and by what it shows that they hurt. */
const RAMPS: readonly { readonly flood: FloodName; readonly keptOf: (row: FloodRow) => number }[] = [
  { flood: 'unknown-keys-many-24', keptOf: ({ kept }) => kept },
  { flood: 'sign-in-many-24', keptOf: ({ kept, signIns }) => Math.min(kept, signIns.taken / signIns.due) },
];

/** Each step is a larger flood of more networks; beyond the last one machine is no measure any more. */
const STEPS: readonly Step[] = [
  { perSecond: 50, networks: 1 },
  { perSecond: 100, networks: 4 },
  { perSecond: 200, networks: 16 },
  { perSecond: 400, networks: 64 },
  { perSecond: 800, networks: 256 },
  { perSecond: 1_600, networks: 1_024 },
  { perSecond: 3_200, networks: 4_096 },
  { perSecond: 6_400, networks: 65_536 },
];

/** Lets floods of many networks grow until honest callers lose more than a tenth, and prints where that is. */
export async function ramp(databases: readonly DatabaseName[], stretch: Stretch): Promise<void> {
  for (const { flood, keptOf } of RAMPS) {
    for (const database of databases) {
      console.log(`\n${flood} on ${database}`);
      const last = await grow(flood, database, stretch, keptOf);
      console.log(last ?? 'It never hurt.');
    }
  }
}

/** @returns where it hurt; null where it never did */
async function grow(
  flood: FloodName,
  database: DatabaseName,
  stretch: Stretch,
  keptOf: (row: FloodRow) => number,
): Promise<string | null> {
  for (const step of STEPS) {
    const row = await runFlood(flood, database, stretch, step);
    const kept = Math.round(keptOf(row) * 100);
    const rate = `${figure(row.perSecond)} requests a second from ${step.networks} networks`;
    console.log(`  ${rate}: ${kept} % kept, p99 ${figure(row.under.p99)} ms`);
    if (keptOf(row) < AIMS.kept) return `It hurts from ${rate} on.`;
  }
  return null;
}
