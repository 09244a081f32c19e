import { quantile } from '../report/stats.ts';
import type { Flooded } from './flood-process.ts';
import type { FloodName } from './floods.ts';
import type { CallResults, HonestResults } from './open-loop.ts';
import type { Outcomes } from './outcomes.ts';

export const DATABASES = ['pglite', 'postgres'] as const;
export type DatabaseName = (typeof DATABASES)[number];

interface Latency {
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** The effect of one flood on honest callers, on one database. */
export interface FloodRow {
  readonly flood: FloodName;
  readonly database: DatabaseName;
  /** The honest calls that got a 200, as a share of those before the flood. */
  readonly kept: number;
  readonly quiet: Latency;
  readonly under: Latency;
  /** Whether honest callers were slow or refused before the flood: something else keeps the machine busy. */
  readonly disturbed: boolean;
  /** Honest calls by what they got instead of a 200. */
  readonly refused: Outcomes;
  /** Attempts with the right password, and how many succeeded. */
  readonly signIns: { readonly due: number; readonly taken: number };
  readonly sent: number;
  /** Requests, or connections, of the flood per second. */
  readonly perSecond: number;
  /** The responses to the flood. */
  readonly outcomes: Outcomes;
  /** The service's CPU use under the flood, as a share of one core. */
  readonly cpu: number;
  /** Bytes by which the memory of a service behind a guard grew at most. */
  readonly grown?: number;
}

/** The targets: honest callers keep at least this share of their rate, and wait at most this many times as long. */
export const AIMS = { kept: 0.9, p99: 3 } as const;

/** By what factor the 99th percentile of the latency grew. */
export const longer = ({ quiet, under }: FloodRow): number => under.p99 / quiet.p99;

export const holds = (row: FloodRow): boolean => row.kept >= AIMS.kept && longer(row) <= AIMS.p99;

/** The measurements of one flood. */
interface Measurement {
  readonly quiet: HonestResults;
  readonly under: HonestResults;
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

/** Success rate and latency of honest callers on a quiet machine: a share, and milliseconds. */
const QUIET = { right: 0.99, p99: 100 } as const;

const isDisturbed = (quiet: CallResults): boolean =>
  shareRight(quiet) < QUIET.right || latencyOf(quiet).p99 > QUIET.p99;
const right = ({ outcomes }: CallResults): number => outcomes['200'] ?? 0;
const shareRight = (result: CallResults): number => right(result) / result.due;
const withoutRight = ({ '200': _, ...others }: Outcomes): Outcomes => others;
const latencyOf = ({ waited }: CallResults): Latency => ({
  p50: short(quantile(waited, 0.5)),
  p99: short(quantile(waited, 0.99)),
});
const short = (value: number): number => Number(value.toPrecision(3));
