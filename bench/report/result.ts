import type { Aim, AimName } from './aims.ts';
import type { Machine } from './machine.ts';
import type { Unit } from './units.ts';

/** One thing that was measured. */
export interface Row {
  /** Unique within its part. */
  readonly name: string;
  readonly unit: Unit;
  /** Of several rounds; of a ratio the ratio of both medians, and the least and the most of any round. */
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** What it should reach, and whether it did. */
  readonly aim?: AimName;
  readonly reached?: boolean;
}

/** What a part of the run measured. */
export interface Part {
  /** What was done, and under which conditions. */
  readonly title: string;
  readonly rows: readonly Row[];
}

/** A part, and where and when it was run: parts that are run again alone stand beside older ones. */
export interface Measured extends Part {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
}

/** Parts by their names. */
export type Result = Readonly<Record<string, Measured>>;

/** Whether a row is within what it should reach. */
export function isReached({ median }: Pick<Row, 'median'>, { at, is }: Aim): boolean {
  return at === 'least' ? median >= is : median <= is;
}
