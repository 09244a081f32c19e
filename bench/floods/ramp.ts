import { figure } from '../report/units.ts';
import { AIMS, type DatabaseName, type FloodRow } from './flood-row.ts';
import type { FloodName } from './floods.ts';
import type { PhaseSeconds } from './phases.ts';
import { runFlood } from './run-flood.ts';

interface Step {
  readonly perSecond: number;
  readonly networks: number;
}

/** The effect of one step of a ramp on honest callers. */
export interface RampRow {
  readonly flood: FloodName;
  readonly database: DatabaseName;
  readonly networks: number;
  /** Requests of the flood per second, as many as it reached. */
  readonly perSecond: number;
  /** The share of calls that honest callers kept, or of sign-ins if the flood attacks those. */
  readonly kept: number;
  /** In milliseconds. */
  readonly p99: number;
}

/** The floods that increase, and which honest calls each one displaces. */
const RAMPS: readonly { readonly flood: FloodName; readonly keptOf: (row: FloodRow) => number }[] = [
  { flood: 'unknown-keys-many-24', keptOf: ({ kept }) => kept },
  { flood: 'sign-in-many-24', keptOf: ({ kept, signIns }) => Math.min(kept, signIns.taken / signIns.due) },
];

/** Each step is a larger flood from more networks. Beyond the last, the flood takes the machine from the service. */
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

/**
 * Increases floods from many networks until honest callers lose more than a tenth. @param onStep called after each step
 */
export async function ramp(
  databases: readonly DatabaseName[],
  phases: PhaseSeconds,
  onStep: (row: RampRow) => void,
): Promise<RampRow[]> {
  const rows: RampRow[] = [];
  for (const { flood, keptOf } of RAMPS) {
    for (const database of databases) {
      for (const step of STEPS) {
        const row = await runFlood(flood, database, phases, step);
        const { perSecond, under } = row;
        const kept = keptOf(row);
        rows.push({ flood, database, networks: step.networks, perSecond, kept, p99: under.p99 });
        onStep(rows.at(-1) as RampRow);
        if (kept < AIMS.kept) break;
      }
    }
  }
  return rows;
}

const HEAD = ['flood', 'database', 'networks', 'requests a second', 'kept', 'p99'];
const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The first two lines of the table, in Markdown. */
export const RAMP_HEAD = `${lineOf(HEAD)}\n${lineOf(HEAD.map(() => '---'))}`;

/** A line of the table. */
export const rampLine = ({ flood, database, networks, perSecond, kept, p99 }: RampRow): string =>
  lineOf([
    `\`${flood}\``,
    database,
    new Intl.NumberFormat('en').format(networks),
    figure(perSecond),
    `${Math.round(kept * 100)} %`,
    `${figure(p99)} ms`,
  ]);
