import { AIMS, type AimName } from './aims.ts';
import { isReached, type Row } from './result.ts';
import { type Stats, statsOf } from './stats.ts';
import type { Unit } from './units.ts';

/** A row of measurements of one thing, one for each round. */
export function rowOf(name: string, unit: Unit, values: readonly number[], aim?: AimName): Row {
  return compareWithAim(name, unit, statsOf(values), aim);
}

/**
 * The ratio of two things: of their medians, with the least and the most of any round.
 * @param one and `other`, measured in turn: one value of each round
 */
export function ratioOf(name: string, one: readonly number[], other: readonly number[], aim?: AimName): Row {
  const { least, most } = statsOf(one.map((value, round) => value / (other[round] ?? Number.NaN)));
  const median = statsOf(one).median / statsOf(other).median;
  return compareWithAim(name, '×', { least, median, most }, aim);
}

function compareWithAim(name: string, unit: Unit, { least, median, most }: Stats, aim?: AimName): Row {
  const row = { name, unit, least: short(least), median: short(median), most: short(most) };
  return aim ? { ...row, aim, reached: isReached(row, AIMS[aim]) } : row;
}

/** Four digits: the rest is noise. */
const short = (value: number): number => Number(value.toPrecision(4));
