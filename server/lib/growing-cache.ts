import { LRUCache } from 'lru-cache';

/**
 * A cache that drops the entry used longest ago beyond `max` entries, and grows with its entries. With the library's own `max` it
 * would reserve room for all of them at once: the caches that hold little took a tenth of the time of a start.
 * @param max entries
 */
export const growingCache = <Value extends NonNullable<unknown>, Key extends NonNullable<unknown> = string>(
  max: number,
): LRUCache<Key, Value> => new LRUCache<Key, Value>({ maxSize: max, sizeCalculation: () => 1 });
