import type { Key } from './fastify-keys.ts';

interface Window {
  count: number;
  endsAt: number;
}

/** Calls of each key in its window: fixed windows, counted in memory. */
const windows = new Map<string, Window>();

/** Counts a call. @returns how many remain, negative if there was none, and in how many seconds the window resets */
export function takeFromLimit({ id, limit, windowSeconds }: Key): { remaining: number; resetsIn: number } {
  const now = Date.now();
  let window = windows.get(id);
  if (!window || window.endsAt <= now) {
    window = { count: 0, endsAt: now + windowSeconds * 1000 };
    windows.set(id, window);
  }
  window.count++;
  return { remaining: limit - window.count, resetsIn: Math.ceil((window.endsAt - now) / 1000) };
}
