import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';

/** Milliseconds after which the remaining calls are fetched again: every call changes them. */
const REFETCH_REMAINING_MS = 5_000;

/** What is left of a limit. */
interface RemainingOfLimit {
  readonly remaining: number;
  /** When the next used call becomes free. */
  readonly resetAt: string;
}

/** What is left of each limit by its name; a limit is absent if the service does not report it. */
export type RemainingCalls = ReadonlyMap<string, RemainingOfLimit>;

/** The remaining calls of a key's limits, including its external owner's. */
export function useRemainingCalls({ id, limits, externalId }: ConsoleKey): RemainingCalls {
  const { data } = useQuery({
    ...api.keys.limits.queryOptions({ id }, { refetchInterval: REFETCH_REMAINING_MS, staleTime: 0 }),
    enabled: limits.length > 0 || externalId !== null,
  });
  return useMemo(() => new Map(data?.items.map(({ name, ...left }) => [name, left])), [data]);
}
