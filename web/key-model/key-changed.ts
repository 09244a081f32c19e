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
  const now = (page: Page) => ({ ...page, items: page.items.map((one) => (one.id === key.id ? key : one)) });
  queryClient.setQueryData(api.keys.get.queryKey({ id: key.id }), key);
  queryClient.setQueriesData<Page | Pages>(
    api.keys.list.pathFilter() as { queryKey: readonly unknown[] },
    (data) => (data && 'pages' in data ? { ...data, pages: data.pages.map(now) } : data && now(data)),
  );
  void queryClient.invalidateQueries({ queryKey: api.keys.pathKey(), predicate: (query) => !isLong(query) });
  void queryClient.invalidateQueries(api.audit.pathFilter());
}

/** Fetches a key again after a call with it. */
export async function keyUsed(id: string): Promise<void> {
  void queryClient.invalidateQueries(api.usage.pathFilter());
  await client.keys.get.query({ id }).then(keyChanged, () => {});
}
