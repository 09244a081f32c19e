import { ENVIRONMENTS, type Environment } from '../../shared/key-format.ts';
import { oneOf, type UsageSearch, usageSearch } from './usage-search.ts';

/** The state of the usage page that its URL keeps. */
export interface WorkspaceSearch extends UsageSearch {
  /** The id of the only key that counts. */
  readonly key?: string | undefined;
  /** That of the only keys that count. */
  readonly environment?: Environment | undefined;
}

const MAX_ID_LENGTH = 64;

export function workspaceSearch(search: Record<string, unknown>): WorkspaceSearch {
  // The router parses an id of digits as a number.
  const key = typeof search['key'] === 'number' ? String(search['key']) : search['key'];
  const isId = typeof key === 'string' && key !== '' && key.length <= MAX_ID_LENGTH;
  return {
    ...usageSearch(search),
    key: isId ? key : undefined,
    // A key has one environment, so that only one of the two is chosen.
    environment: isId ? undefined : oneOf(ENVIRONMENTS, search['environment']),
  };
}
