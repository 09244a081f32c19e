import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  globalThis.addEventListener('online', listener, { signal });
  globalThis.addEventListener('offline', listener, { signal });
  return () => ended.abort();
}

/** Whether the browser has a connection, as far as it knows. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine);
