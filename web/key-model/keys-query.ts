import {
  infiniteQueryOptions,
  keepPreviousData,
  type Query,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { readFilledPage } from '../api/filled-page.ts';
import { api, client, queryClient } from '../api/service.ts';
import { findingOf } from './findings.ts';
import type { ConsoleKey } from './key.ts';
import type { KeysSearch } from './keys-search.ts';
import { applies, type KeyFinding } from './safety.ts';
import { unusedKeysQuery } from './unused-keys.ts';

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
export function keysQuery(wanted: KeysSearch) {
  const { search, status, environment, sort } = wanted;
  const finding = findingOf(wanted);
  // Pick the properties by name: a URL may contain others.
  const asked = { search: search?.trim() || undefined, status, environment, sort, limit: PAGE };
  // A finding is about active keys.
  const input = finding ? { ...asked, status: 'active' as const } : asked;
  const key = api.keys.list.infiniteQueryKey(input) as readonly unknown[];
  return infiniteQueryOptions({
    queryKey: finding ? [...key, finding] : key,
    queryFn: ({ pageParam, signal }) =>
      finding === 'unused'
        ? readUnusedPage(input)
        : readFilledPage(pageParam, async (position) => {
            const page = await client.keys.list.query({ ...input, ...position }, { signal });
            return finding ? withFinding(page, finding) : page;
          }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // The previous keys stay visible until the new ones arrive.
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: unlessLong as () => boolean,
    refetchOnMount: unlessLong as () => boolean,
    refetchOnReconnect: unlessLong as () => boolean,
  });
}

type KeysPage = Awaited<ReturnType<typeof client.keys.list.query>>;

/** The service does not know the findings: the page picks the keys. */
const withFinding = ({ items, nextCursor }: KeysPage, finding: KeyFinding): KeysPage => ({
  items: items.filter((key) => applies(finding, key, Date.now())),
  nextCursor,
});

/** The keys with unused permissions, which are few. */
async function readUnusedPage({ search, environment, sort = 'newest' }: KeysSearch): Promise<KeysPage> {
  const { items } = await queryClient.fetchQuery(unusedKeysQuery({ search, environment }));
  return { items: items.toSorted(ORDERS[sort]), nextCursor: null };
}

/** The orders in which the service lists keys. */
const ORDERS: Readonly<Record<NonNullable<KeysSearch['sort']>, (a: ConsoleKey, b: ConsoleKey) => number>> = {
  newest: (a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt),
  oldest: (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt),
  name: (a, b) => a.name.localeCompare(b.name),
  lastUsed: (a, b) => Date.parse(b.lastUsedAt ?? b.createdAt) - Date.parse(a.lastUsedAt ?? a.createdAt),
};
