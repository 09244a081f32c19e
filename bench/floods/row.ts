import { quantile } from '../report/stats.ts';
import type { Flooded } from './flood-process.ts';
import type { FloodName } from './floods.ts';
import type { Heard, HeardAll } from './open-loop.ts';
import type { Outcomes } from './outcomes.ts';

export const DATABASES = ['pglite', 'postgres'] as const;
export type DatabaseName = (typeof DATABASES)[number];

interface Latency {
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** What one flood did to honest callers on one database. */
export interface FloodRow {
  readonly flood: FloodName;
  readonly database: DatabaseName;
  /** The honest calls that were answered with a 200, as a share of those before the flood. */
  readonly kept: number;
  readonly quiet: Latency;
  readonly under: Latency;
  /** Whether honest callers were slow or refused before the flood: something else keeps the machine busy. */
  readonly disturbed: boolean;
  /** Honest calls by what they got instead of a 200. */
  readonly refused: Outcomes;
  /** Right passwords, and how many of them were taken. */
  readonly signIns: { readonly due: number; readonly taken: number };
  readonly sent: number;
  /** Requests, or connections, of the flood in a second. */
  readonly perSecond: number;
  /** What the flood was answered. */
  readonly outcomes: Outcomes;
  /** Of one core, what the service used under the flood. */
  readonly cpu: number;
  /** Bytes by which the memory of a service behind a guard grew at most. */
  readonly grown?: number;
}

/** What honest callers keep at least of their rate, and how many times as long they wait at most. */
export const AIMS = { kept: 0.9, p99: 3 } as const;

/** By how much the 99th of a hundred calls waited longer. */
export const longer = ({ quiet, under }: FloodRow): number => under.p99 / quiet.p99;

export const holds = (row: FloodRow): boolean => row.kept >= AIMS.kept && longer(row) <= AIMS.p99;

/** What was measured of one flood. */
interface Measurement {
  readonly quiet: HeardAll;
  readonly under: HeardAll;
  readonly flooded: Flooded;
  readonly seconds: number;
  readonly cpu: number;
}

export function rowOf({
  quiet,
  under,
  flooded,
  seconds,
  cpu,
}: Measurement): Omit<FloodRow, 'flood' | 'database'> {
  return {
    kept: short(shareRight(under.calls) / shareRight(quiet.calls)),
    quiet: latencyOf(quiet.calls),
    under: latencyOf(under.calls),
    disturbed: isDisturbed(quiet.calls),
    refused: withoutRight(under.calls.outcomes),
    signIns: { due: under.signIns.due, taken: right(under.signIns) },
    sent: flooded.sent,
    perSecond: Math.round(flooded.sent / seconds),
    outcomes: flooded.outcomes,
    cpu: short(cpu),
  };
}

/** What honest callers keep, and wait, where nothing else happens: a share, and milliseconds. */
const QUIET = { right: 0.99, p99: 100 } as const;

const isDisturbed = (quiet: Heard): boolean =>
  shareRight(quiet) < QUIET.right || latencyOf(quiet).p99 > QUIET.p99;
const right = ({ outcomes }: Heard): number => outcomes['200'] ?? 0;
const shareRight = (heard: Heard): number => right(heard) / heard.due;
const withoutRight = ({ '200': _, ...others }: Outcomes): Outcomes => others;
const latencyOf = ({ waited }: Heard): Latency => ({
  p50: short(quantile(waited, 0.5)),
  p99: short(quantile(waited, 0.99)),
});
const short = (value: number): number => Number(value.toPrecision(3));
