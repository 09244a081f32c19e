import { ONE_LINE } from '../../shared/one-line.ts';

/** Filters that are kept for one page. */
export const MAX_FILTERS = 20;
/** Characters of a filter's name. */
export const MAX_NAME = 60;

/** The filter of a list under the name that a user gave it. */
export interface SavedFilter<Search> {
  readonly name: string;
  readonly search: Search;
}

/** Reads the properties of a list's filter from any object, such as the parameters of a URL. */
export type ReadSearch<Search> = (members: Record<string, unknown>) => Search;

export const isFilterName = (name: string): boolean =>
  name !== '' && name.trim() === name && name.length <= MAX_NAME && ONE_LINE.test(name);

/**
 * Reads what a browser has kept. It leaves out what is not a filter: another version, an extension or a user may have
 * written there.
 */
export function readFilters<Search>(text: string | null, read: ReadSearch<Search>): SavedFilter<Search>[] {
  const filters = new Map<string, Search>();
  for (const entry of listOf(text)) {
    const { name, search } = Object(entry) as { name?: unknown; search?: unknown };
    if (typeof name !== 'string' || !isFilterName(name)) continue;
    if (typeof search !== 'object' || search === null || filters.size >= MAX_FILTERS) continue;
    if (!filters.has(name)) filters.set(name, read(search as Record<string, unknown>));
  }
  return [...filters].map(([name, search]) => ({ name, search }));
}

function listOf(text: string | null): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
