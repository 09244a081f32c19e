import type { TailEvent } from '../../shared/tail.ts';

/** Calls that are kept to be seen; older ones go. */
export const MOST_ROWS = 200;

export interface TailRow {
  /** 1, 2, 3 … as they came. */
  readonly n: number;
  readonly event: TailEvent;
}

export interface TailState {
  /** Newest first. */
  readonly rows: readonly TailRow[];
  /** What stands still while it is paused. */
  readonly held: readonly TailRow[] | null;
  /** Calls that came meanwhile. */
  readonly behind: number;
}

export const NOTHING_YET: TailState = { rows: [], held: null, behind: 0 };

export type TailAct = { readonly told: readonly TailRow[] } | 'pause' | 'resume' | 'clear';

/** What is shown after something came, or somebody chose. */
export function nextTail(state: TailState, act: TailAct): TailState {
  switch (act) {
    case 'pause':
      return { ...state, held: state.rows, behind: 0 };
    case 'resume':
      return { ...state, held: null, behind: 0 };
    case 'clear':
      return { ...NOTHING_YET, held: state.held && [] };
    default: {
      const rows = [...act.told.toReversed(), ...state.rows].slice(0, MOST_ROWS);
      return { ...state, rows, behind: state.held ? state.behind + act.told.length : 0 };
    }
  }
}
