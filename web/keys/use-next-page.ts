import { useEffect } from 'react';
import type { KeysQuery } from '../key-model/keys-query.ts';

/** Fetches the next page when the reader nears the end; not by itself after a failure. */
export function useNextPage({ hasNextPage, isFetching, isError, fetchNextPage }: KeysQuery, isNear: boolean) {
  const asks = isNear && hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (asks) void fetchNextPage();
  }, [asks, fetchNextPage]);
}
