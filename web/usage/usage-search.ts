import { RANGE_NAMES, type RangeName } from '../charts/range-names.ts';

export const VIEWS = ['chart', 'table'] as const;
export type UsageView = (typeof VIEWS)[number];

/** The state of a usage page that its URL keeps. */
export interface UsageSearch {
  /** `days` for those from `from` to `to`. */
  readonly range?: RangeName | 'days' | undefined;
  readonly view?: UsageView | undefined;
  /** The first and the last day, in UTC, such as 2026-11-25. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The only procedure that counts. */
  readonly procedure?: string | undefined;
}

/** A value if the list has it; undefined if the URL has another one. */
export const oneOf = <T>(list: readonly T[], value: unknown): T | undefined =>
  list.find((item) => item === value);

const MAX_PROCEDURE_LENGTH = 300;

export function usageSearch({ range, view, from, to, procedure }: Record<string, unknown>): UsageSearch {
  const isProcedure =
    typeof procedure === 'string' && procedure !== '' && procedure.length <= MAX_PROCEDURE_LENGTH;
  return {
    range: oneOf([...RANGE_NAMES, 'days' as const], range),
    view: oneOf(VIEWS, view),
    procedure: isProcedure ? procedure : undefined,
    // The page checks that they are days.
    ...(typeof from === 'string' && typeof to === 'string' ? { from, to } : {}),
  };
}
