import { useSyncExternalStore } from 'react';

const media = window.matchMedia('print');
let isPrinting = media.matches;

function subscribe(listener: () => void): () => void {
  const set = (value: boolean) => {
    isPrinting = value;
    listener();
  };
  const ended = new AbortController();
  const { signal } = ended;
  // A browser says it by the one or the other.
  window.addEventListener('beforeprint', () => set(true), { signal });
  window.addEventListener('afterprint', () => set(false), { signal });
  media.addEventListener('change', ({ matches }) => set(matches), { signal });
  return () => ended.abort();
}

/** Whether the page is being printed. */
export const usePrinting = (): boolean => useSyncExternalStore(subscribe, () => isPrinting);
