import { queryOptions } from '@tanstack/react-query';
import { MINUTE_MS } from '../../shared/durations.ts';
import { readFilledPage } from '../api/filled-page.ts';
import { api, client, queryClient } from '../api/service.ts';
import type { ConsoleKey } from './key.ts';
import type { KeysSearch } from './keys-search.ts';
import { isInUse, isOldEnough, needsQuery, readUnused } from './permission-use.ts';

/** Keys whose calls are read at most: each takes a call of its own, and the client sends twenty in one request. */
export const MAX_CHECKED = 20;

/** The keys that hold permissions which they did not need in 90 days. */
export interface UnusedKeys {
  readonly items: readonly ConsoleKey[];
  /** Whether other keys were not checked, since more are in use than are checked. */
  readonly isPartial: boolean;
}

/** Checks the keys that were used last, of those that match a search. */
export const unusedKeysQuery = ({ search, environment }: Pick<KeysSearch, 'search' | 'environment'>) =>
  queryOptions({
    queryKey: [...api.keys.pathKey(), 'unused', search?.trim() ?? '', environment],
    queryFn: ({ signal }) => readUnusedKeys({ search: search?.trim() || undefined, environment }, signal),
    staleTime: 5 * MINUTE_MS,
  });

async function readUnusedKeys(
  searched: Pick<KeysSearch, 'search' | 'environment'>,
  signal: AbortSignal,
): Promise<UnusedKeys> {
  const now = Date.now();
  const { items, nextCursor } = await readFilledPage(null, (position) =>
    client.keys.list.query(
      { ...searched, ...position, status: 'active', sort: 'lastUsed', limit: 100 },
      { signal },
    ),
  );
  const candidates = items.filter((key) => isOldEnough(key, now) && isInUse(key, now));
  const checked = candidates.slice(0, MAX_CHECKED);
  const needs = checked.length > 0 ? await queryClient.fetchQuery(needsQuery) : new Map();
  const unused = await Promise.all(checked.map((key) => readUnused(key, needs, now)));
  const last = items.at(-1);
  const isRead = nextCursor === null || (last !== undefined && !isInUse(last, now));
  return {
    items: checked.filter((_, at) => (unused[at]?.length ?? 0) > 0),
    isPartial: candidates.length > checked.length || !isRead,
  };
}
