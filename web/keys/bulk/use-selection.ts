import { useCallback, useMemo, useState } from 'react';
import type { ConsoleKey } from '../../key-model/key.ts';
import { MAX_SELECTED } from './bulk-action.ts';

/** The keys of the list that are selected. */
export interface Selection {
  /** Those of them that the list still shows, in its order. */
  readonly selected: readonly ConsoleKey[];
  readonly isSelected: (id: string) => boolean;
  readonly toggle: (id: string) => void;
  readonly selectAll: () => void;
  readonly clear: () => void;
}

const NONE: ReadonlySet<string> = new Set();

/** The selection in a list. A key that the list no longer shows is not selected: nobody sees what would happen to it. */
export function useSelection(keys: readonly ConsoleKey[]): Selection {
  const [ids, setIds] = useState(NONE);
  const selected = useMemo(() => keys.filter(({ id }) => ids.has(id)).slice(0, MAX_SELECTED), [keys, ids]);
  const toggle = useCallback((id: string) => setIds((before) => withToggled(before, id)), []);
  return {
    selected,
    isSelected: (id) => ids.has(id),
    toggle,
    selectAll: () => setIds(new Set(keys.slice(0, MAX_SELECTED).map(({ id }) => id))),
    clear: () => setIds(NONE),
  };
}

function withToggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id) && after.size < MAX_SELECTED) after.add(id);
  return after;
}
