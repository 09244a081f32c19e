import { api, client, queryClient } from '../api/service.ts';
import type { ConsoleKey } from './key.ts';
import { isLong } from './keys-query.ts';

type Page = { readonly items: readonly ConsoleKey[] };
type Pages = { readonly pages: readonly Page[] };

/**
 * Updates a key wherever it is shown, with what the service just returned, and fetches again what else the change may
 * affect.
 */
export function keyChanged(key: ConsoleKey): void {
  const now = (page: Page) => ({
    ...page,
    items: page.items.map((item) => (item.id === key.id ? key : item)),
  });
  queryClient.setQueryData(api.keys.get.queryKey({ id: key.id }), key);
  queryClient.setQueriesData<Page | Pages | object>(
    api.keys.list.pathFilter() as { queryKey: readonly unknown[] },
    (data) => {
      if (data && 'pages' in data) return { ...data, pages: data.pages.map(now) };
      // The overview keeps its own summary there, which is fetched again below.
      return data && 'items' in data ? now(data) : data;
    },
  );
  void queryClient.invalidateQueries({ queryKey: api.keys.pathKey(), predicate: (query) => !isLong(query) });
  void queryClient.invalidateQueries(api.audit.pathFilter());
}

/** Notes when a key was used, as its stream says: the service writes it seconds later. @param at ISO 8601 */
export function noteUse(id: string, at: string): void {
  queryClient.setQueryData(api.keys.get.queryKey({ id }), (key) =>
    key && (key.lastUsedAt ?? '') < at ? { ...key, lastUsedAt: at } : key,
  );
}

/** Fetches a key again after a call with it. */
export async function keyUsed(id: string): Promise<void> {
  void queryClient.invalidateQueries(api.usage.pathFilter());
  await client.keys.get.query({ id }).then(keyChanged, () => {});
}
