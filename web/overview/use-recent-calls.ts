import { useQuery } from '@tanstack/react-query';
import { HOUR_MS } from '../../shared/durations.ts';
import { api, client } from '../api/service.ts';
import type { UsageSeries } from '../charts/ranges.ts';
import { useMay, useMe } from '../session/me.ts';

/** How often the calls are fetched again, in milliseconds. */
const REFETCH_MS = 30_000;

/** The calls of the last 24 hours, hour by hour, and the sums of the 24 hours before. */
export interface CallsOfTwoDays {
  readonly day: UsageSeries;
  readonly before: Pick<UsageSeries, 'accepted' | 'refused'>;
}

/** The workspace's calls of the last two days. */
export function useRecentCalls() {
  const { workspace } = useMe();
  return useQuery({
    queryKey: [...api.usage.pathKey(), workspace.id, 'overview'],
    queryFn: () => readRecent(Date.now()),
    enabled: useMay('usage:read'),
    refetchInterval: REFETCH_MS,
    staleTime: 0,
  });
}

async function readRecent(now: number): Promise<CallsOfTwoDays> {
  const end = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
  const ask = (from: number, to: number) =>
    client.usage.workspace.query({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      step: 'hour',
      top: 0,
    });
  const [day, before] = await Promise.all([
    ask(end - 24 * HOUR_MS, end),
    ask(end - 48 * HOUR_MS, end - 24 * HOUR_MS),
  ]);
  return { day, before };
}
