import { LRUCache } from 'lru-cache';

/**
 * A cache of at most `max` entries: beyond that, it drops the least recently used entry. Its memory grows with its entries.
 * With the library's own `max` it would reserve memory for all of them at once, which took a tenth of the startup time.
 * @param max the maximum number of entries
 */
export const lruCache = <Value extends NonNullable<unknown>, Key extends NonNullable<unknown> = string>(
  max: number,
): LRUCache<Key, Value> => new LRUCache<Key, Value>({ maxSize: max, sizeCalculation: () => 1 });
