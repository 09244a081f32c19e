import { useQuery } from '@tanstack/react-query';
import { MINUTE_MS } from '../../shared/durations.ts';
import { api, queryClient } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { isOldEnough, needsQuery, readUnused } from '../key-model/permission-use.ts';
import { useMay } from '../session/me.ts';

/** The permissions that a key did not need in 90 days; undefined if it is younger, or while that is unknown. */
export function useUnusedPermissions(key: ConsoleKey): readonly string[] | undefined {
  const now = Date.now();
  const enabled = useMay('usage:read') && isOldEnough(key, now);
  const unused = useQuery({
    queryKey: [...api.usage.pathKey(), key.id, 'permissions', key.permissions],
    queryFn: async () => readUnused(key, await queryClient.fetchQuery(needsQuery), now),
    enabled,
    staleTime: MINUTE_MS,
  }).data;
  return unused ?? undefined;
}
