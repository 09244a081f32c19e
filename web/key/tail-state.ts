import type { TailEvent } from '../../shared/live-tail.ts';

/** Calls that stay visible; older ones are dropped. */
export const MAX_ROWS = 200;

export interface TailRow {
  /** 1, 2, 3 … in order of arrival. */
  readonly n: number;
  readonly event: TailEvent;
}

export interface TailState {
  /** Newest first. */
  readonly rows: readonly TailRow[];
  /** The rows that stay on screen while the list is paused. */
  readonly pausedRows: readonly TailRow[] | null;
  /** Calls that arrived during the pause. */
  readonly pausedCount: number;
}

export const NOTHING_YET: TailState = { rows: [], pausedRows: null, pausedCount: 0 };

export type TailAction = { readonly arrived: readonly TailRow[] } | 'pause' | 'resume' | 'clear';

/** The state after an event or a click. */
export function tailReducer(state: TailState, action: TailAction): TailState {
  switch (action) {
    case 'pause':
      return { ...state, pausedRows: state.rows, pausedCount: 0 };
    case 'resume':
      return { ...state, pausedRows: null, pausedCount: 0 };
    case 'clear':
      return { ...NOTHING_YET, pausedRows: state.pausedRows && [] };
    default: {
      const rows = [...action.arrived.toReversed(), ...state.rows].slice(0, MAX_ROWS);
      return {
        ...state,
        rows,
        pausedCount: state.pausedRows ? state.pausedCount + action.arrived.length : 0,
      };
    }
  }
}
