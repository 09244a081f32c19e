import { oneOf, type UsageSearch, usageSearch } from '../usage/usage-search.ts';

export const KEY_TABS = ['usage', 'live', 'policy', 'audit', 'settings'] as const;
export type KeyTab = (typeof KEY_TABS)[number];

/** The state of a key's page that its URL keeps: the tab, and what is chosen on it. */
export interface KeySearch extends UsageSearch {
  readonly tab?: KeyTab | undefined;
}

export function keySearch(search: Record<string, unknown>): KeySearch {
  return { ...usageSearch(search), tab: oneOf(KEY_TABS, search['tab']) };
}
