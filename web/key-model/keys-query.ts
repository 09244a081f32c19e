import {
  infiniteQueryOptions,
  keepPreviousData,
  type Query,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { readFilledPage } from '../api/filled-page.ts';
import { api, client } from '../api/service.ts';
import type { ConsoleKey } from './key.ts';
import type { KeysSearch } from './keys-search.ts';

/** The keys of a workspace in React Query's cache, page after page. */
export type KeysQuery = UseInfiniteQueryResult<{
  readonly pages: readonly { readonly items: ConsoleKey[] }[];
}>;

/** Keys of one page: the service's maximum. */
export const PAGE = 100;

/**
 * A list up to this many pages is fetched again as a whole: each page takes one call, one after the other.
 */
const MAX_REFETCHED_PAGES = 5;

/** Whether a query is a long list. */
export const isLong = ({ state: { data } }: Pick<Query, 'state'>): boolean =>
  ((data as { pages?: readonly unknown[] } | undefined)?.pages?.length ?? 0) > MAX_REFETCHED_PAGES;

const unlessLong = (query: Pick<Query, 'state'>) => !isLong(query);

/** The keys of the workspace, page after page. */
export function keysQuery({ search, status, environment, sort }: KeysSearch) {
  // Pick the properties by name: a URL may contain others.
  const input = { search: search?.trim() || undefined, status, environment, sort, limit: PAGE };
  return infiniteQueryOptions({
    queryKey: api.keys.list.infiniteQueryKey(input) as readonly unknown[],
    queryFn: ({ pageParam, signal }) =>
      readFilledPage(pageParam, (position) => client.keys.list.query({ ...input, ...position }, { signal })),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // The previous keys stay visible until the new ones arrive.
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: unlessLong as () => boolean,
    refetchOnMount: unlessLong as () => boolean,
    refetchOnReconnect: unlessLong as () => boolean,
  });
}
