import { api, client, queryClient } from '../api/service.ts';
import type { ConsoleKey } from './key.ts';
import { isLong } from './keys-query.ts';

type Page = { readonly items: readonly ConsoleKey[] };
type Pages = { readonly pages: readonly Page[] };

/** Shows a key as the service has just told it wherever it stands, and has asked anew what else it may have changed. */
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

/** Shows a key as somebody who has just called with it left it. */
export async function keyUsed(id: string): Promise<void> {
  void queryClient.invalidateQueries(api.usage.pathFilter());
  await client.keys.get.query({ id }).then(keyChanged, () => {});
}
