import { type Brand, withKeyPrefix } from '../../shared/brand.ts';

/** An example of JSON whose keys begin as those of the service. */
export function brandedExample(example: unknown, brand: Brand): unknown {
  if (typeof example === 'string') return withKeyPrefix(example, brand);
  if (Array.isArray(example)) return example.map((item) => brandedExample(item, brand));
  if (typeof example !== 'object' || example === null) return example;
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => [name, brandedExample(value, brand)]),
  );
}
