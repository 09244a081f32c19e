import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { DAY_MS, MINUTE_MS } from '../../shared/durations.ts';
import { api, type client } from '../api/service.ts';
import { useMay } from '../session/me.ts';
import { hasProperties } from '../ui/feedback/section-boundary.tsx';

/** How the calls of one key ended, day by day. */
export type UsageOfKey = Awaited<ReturnType<typeof client.usage.keys.query>>['items'][number];

/** The last seven days, including the whole of today: the same range all day, so that it is fetched once. */
function week() {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return {
    from: new Date(today - 6 * DAY_MS).toISOString(),
    to: new Date(today + DAY_MS).toISOString(),
    step: 'day' as const,
  };
}

/**
 * The usage of keys, fetched page by page. Without the permission or a response it is unknown, and no error appears.
 * @param pages ids of the keys of each visible page
 */
export function useKeysUsage(pages: readonly (readonly string[])[]): ReadonlyMap<string, UsageOfKey> {
  const may = useMay('usage:read');
  const [range] = useState(week);
  return useQueries({
    queries: pages.map((ids) => ({
      ...api.usage.keys.queryOptions({ ids: [...ids], ...range }),
      enabled: may && ids.length > 0,
      staleTime: MINUTE_MS,
      retry: false,
    })),
    combine: byId,
  });
}

const byId = (results: readonly { data?: { items: UsageOfKey[] } | undefined }[]) =>
  new Map(
    results
      .flatMap(({ data }) => (data && hasProperties(data, ['items']) ? data.items : []))
      .map((item) => [item.id, item] as const),
  );
