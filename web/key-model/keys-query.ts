import {
  infiniteQueryOptions,
  keepPreviousData,
  type Query,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { api, client } from '../api/service.ts';
import type { ConsoleKey } from './key.ts';
import type { KeysSearch } from './keys-search.ts';

/** The keys of a workspace as React Query holds them, page after page. */
export type KeysQuery = UseInfiniteQueryResult<{
  readonly pages: readonly { readonly items: ConsoleKey[] }[];
}>;

/** Keys of one page, as many as the service answers at once. */
export const PAGE = 100;

/** Pages up to which a list is asked for anew as a whole: each takes a call of its own, one after the other. */
const MOST_ASKED_AGAIN = 5;

/** Whether a query is a list that has grown long. */
export const isLong = ({ state: { data } }: Pick<Query, 'state'>): boolean =>
  ((data as { pages?: readonly unknown[] } | undefined)?.pages?.length ?? 0) > MOST_ASKED_AGAIN;

const unlessLong = (query: Pick<Query, 'state'>) => !isLong(query);

/** The keys of the workspace, page after page. */
export function keysQuery({ search, status, environment, sort }: KeysSearch) {
  // By their names: whatever else stands in an address comes along.
  const asked = { search: search?.trim() || undefined, status, environment, sort, limit: PAGE };
  return infiniteQueryOptions({
    queryKey: api.keys.list.infiniteQueryKey(asked) as readonly unknown[],
    queryFn: ({ pageParam, signal }) =>
      client.keys.list.query({ ...asked, ...(pageParam === null ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // What was looked at before stays until what was asked for is there.
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: unlessLong as () => boolean,
    refetchOnMount: unlessLong as () => boolean,
    refetchOnReconnect: unlessLong as () => boolean,
  });
}
