import type { SecondaryStorage } from 'better-auth';

/** Replaces Redis at no cost. It shares nothing with other instances, and persists nothing. */
export function memoryStorage(): SecondaryStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
    getAndDelete: (key) => {
      const value = values.get(key) ?? null;
      values.delete(key);
      return value;
    },
    increment: (key) => {
      const value = Number(values.get(key) ?? 0) + 1;
      values.set(key, String(value));
      return value;
    },
  };
}
