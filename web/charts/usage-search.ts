import { RANGE_NAMES, type RangeName } from './ranges.ts';

export const VIEWS = ['chart', 'table'] as const;
export type UsageView = (typeof VIEWS)[number];

/** The state of a usage page that its address keeps. */
export interface UsageSearch {
  readonly range?: RangeName;
  readonly view?: UsageView;
}

/** A value if the list has it; undefined if the address says something else. */
export const oneOf = <T>(list: readonly T[], value: unknown): T | undefined =>
  list.find((one) => one === value);

export function usageSearch({ range, view }: Record<string, unknown>): UsageSearch {
  const [known, seen] = [oneOf(RANGE_NAMES, range), oneOf(VIEWS, view)];
  return { ...(known ? { range: known } : {}), ...(seen ? { view: seen } : {}) };
}
