import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { HOUR_MS } from '../../../shared/durations.ts';
import { readFilledPage } from '../../api/filled-page.ts';
import { api, client, queryClient } from '../../api/service.ts';
import { useMay } from '../../session/me.ts';
import { type Evidence, evidenceOf } from './evidence.ts';

/** Records that are read: one response of the service. */
export const MAX_RECORDS = 100;

/** What the audit log says about a key, if the reader may read it. */
export function useEvidence(id: string) {
  return useQuery({
    queryKey: [...api.audit.list.pathKey(), 'leak', id],
    queryFn: ({ signal }) => readEvidence(id, signal),
    enabled: useMay('audit:read'),
    staleTime: 0,
  });
}

async function readEvidence(id: string, signal: AbortSignal): Promise<Evidence> {
  const { items, nextCursor } = await readFilledPage(null, (position) =>
    client.audit.list.query({ actorId: id, limit: MAX_RECORDS, ...position }, { signal }),
  );
  return { ...evidenceOf(items), isPartial: nextCursor !== null };
}

/**
 * The calls of a key in the last hour and in the last 24, and how many of the latter were refused, as Usage counts them;
 * if the reader may read it.
 */
export function useCallsAtStake(id: string, now: number) {
  const enabled = useMay('usage:read');
  return useQuery({
    queryKey: [...api.usage.pathKey(), id, 'leak', now],
    queryFn: async ({ signal }) => {
      const to = new Date(now).toISOString();
      const count = async (hours: number, step: 'minute' | 'hour') => {
        const from = new Date(now - hours * HOUR_MS).toISOString();
        const { accepted, refused } = await client.usage.key.query({ id, from, to, step }, { signal });
        return { all: accepted + refused, refused };
      };
      const [hour, day] = await Promise.all([count(1, 'minute'), count(24, 'hour')]);
      return { hour: hour.all, day: day.all, refused: day.refused };
    },
    enabled,
    retry: false,
    gcTime: 0,
  });
}

/** Fetches the key again when the dialog opens: it may have been used since the page asked. */
export function useFreshKey(id: string): void {
  useEffect(() => void queryClient.invalidateQueries(api.keys.get.queryFilter({ id })), [id]);
}
