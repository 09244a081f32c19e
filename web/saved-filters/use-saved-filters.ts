import { useMemo, useState, useSyncExternalStore } from 'react';
import { identityKey, useMe } from '../session/me.ts';
import { type ReadSearch, readFilters, type SavedFilter } from './stored-filters.ts';

/** Called when this tab changed what is kept; other tabs send a `storage` event. */
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  globalThis.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    globalThis.removeEventListener('storage', listener);
  };
}

/** Null if nothing is kept, or if the browser lets no page keep anything. */
function storedAt(storageKey: string): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

/**
 * The saved filters of a page, for the signed-in user in their workspace, in this browser.
 * @param page its name in the browser's storage
 * @param read must be the same function at each call
 */
export function useSavedFilters<Search>(page: string, read: ReadSearch<Search>) {
  const storageKey = `keyseal-filters ${page} ${identityKey(useMe())}`;
  const [refused, setRefused] = useState(false);
  const text = useSyncExternalStore(subscribe, () => storedAt(storageKey));
  const filters = useMemo(() => readFilters(text, read), [text, read]);
  /** Reads the stored filters again, since another tab may have changed them. */
  const change = (next: (now: SavedFilter<Search>[]) => readonly SavedFilter<Search>[]) => {
    try {
      localStorage.setItem(storageKey, JSON.stringify(next(readFilters(storedAt(storageKey), read))));
      setRefused(false);
    } catch {
      setRefused(true);
    }
    for (const listener of listeners) listener();
  };
  return { filters, change, refused };
}
