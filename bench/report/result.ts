import type { Disturbance } from '../processes/foreign-load.ts';
import { AIMS, type Aim, type AimName } from './aims.ts';
import type { Machine } from './machine.ts';
import type { Unit } from './units.ts';

/** One measured value. */
export interface Row {
  /** Unique within its part. */
  readonly name: string;
  readonly unit: Unit;
  /**
   * Of several rounds. A ratio's median is the ratio of both medians; its bounds are the least and the most of any
   * round.
   */
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** The value that it should reach. */
  readonly aim?: AimName;
  readonly reached?: boolean;
}

/** The measurements of one part of the run. */
export interface Part {
  /** What was done, and under which conditions. */
  readonly title: string;
  readonly rows: readonly Row[];
}

/** A part, and where and when it ran: a part that is run again on its own stays next to older ones. */
export interface Measured extends Part {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  /** Missing in records from before rounds were watched. */
  readonly disturbance?: Disturbance;
}

/** Parts by their names. */
export type Result = Readonly<Record<string, Measured>>;

/** How many days a published range is from. */
export const DAYS = 3;

/** What was recorded of each part: one run a day, the newest first, at most `DAYS`. */
export type Recorded = Readonly<Record<string, readonly Measured[]>>;

/** The rows that miss their target. */
export const missedIn = (result: Result): readonly Row[] =>
  Object.values(result)
    .flatMap(({ rows }) => rows)
    .filter((row) => row.aim !== undefined && !isReached(row, AIMS[row.aim]));

/** Whether a row reaches its target. */
export function isReached({ median }: Pick<Row, 'median'>, { at, is }: Aim): boolean {
  return at === 'least' ? median >= is : median <= is;
}
