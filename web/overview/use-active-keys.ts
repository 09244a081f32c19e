import { useQuery } from '@tanstack/react-query';
import { MINUTE_MS } from '../../shared/durations.ts';
import { readFilledPage } from '../api/filled-page.ts';
import { api, client } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { useMay } from '../session/me.ts';

/** Pages of a hundred keys that are read at most: a workspace may have ten thousand. */
const MAX_PAGES = 3;

/** The newest active keys of a workspace. */
export interface ActiveKeys {
  readonly keys: readonly ConsoleKey[];
  /** Whether the workspace has more. */
  readonly isPartial: boolean;
}

/** The newest active keys, a few hundred at most. */
export function useActiveKeys() {
  return useQuery({
    queryKey: [...api.keys.list.queryKey(), 'overview'],
    queryFn: ({ signal }) => readActive(signal),
    enabled: useMay('keys:read'),
    staleTime: MINUTE_MS,
  });
}

type KeysPage = Awaited<ReturnType<typeof client.keys.list.query>>;

async function readActive(signal: AbortSignal): Promise<ActiveKeys> {
  const keys: ConsoleKey[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, nextCursor }: KeysPage = await readFilledPage(cursor, (position) =>
      client.keys.list.query({ status: 'active', limit: 100, ...position }, { signal }),
    );
    keys.push(...items);
    cursor = nextCursor;
    if (cursor === null) break;
  }
  return { keys, isPartial: cursor !== null };
}
