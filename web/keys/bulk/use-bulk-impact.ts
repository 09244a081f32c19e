import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { DAY_MS } from '../../../shared/durations.ts';
import { api, client } from '../../api/service.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useMay } from '../../session/me.ts';

/** Keys of one call of `usage.keys`. */
const KEYS_PER_CALL = 100;

/** What the keys of a bulk action did in the last 24 hours. */
export interface BulkImpact {
  readonly calls: number;
  /** Keys with a call, and their number of calls, the busiest first. */
  readonly inUse: readonly { readonly key: ConsoleKey; readonly calls: number }[];
}

/** The calls of several keys in the last 24 hours, if the reader may see them. */
export function useBulkImpact(keys: readonly ConsoleKey[]) {
  const enabled = useMay('usage:read') && keys.length > 0;
  const [now] = useState(Date.now);
  return useQuery({
    queryKey: [...api.usage.pathKey(), 'bulk', now, keys.map(({ id }) => id)],
    queryFn: ({ signal }) => readImpact(keys, now, signal),
    enabled,
    retry: false,
    gcTime: 0,
  });
}

async function readImpact(
  keys: readonly ConsoleKey[],
  now: number,
  signal: AbortSignal,
): Promise<BulkImpact> {
  const range = { from: new Date(now - DAY_MS).toISOString(), to: new Date(now).toISOString() };
  const inUse: { key: ConsoleKey; calls: number }[] = [];
  for (let at = 0; at < keys.length; at += KEYS_PER_CALL) {
    const some = keys.slice(at, at + KEYS_PER_CALL);
    const ids = some.map(({ id }) => id);
    const { items } = await client.usage.keys.query({ ids, ...range, step: 'hour' }, { signal });
    some.forEach((key, index) => {
      const counts = items[index];
      const calls = counts ? counts.accepted + counts.refused : 0;
      if (calls > 0) inUse.push({ key, calls });
    });
  }
  inUse.sort((a, b) => b.calls - a.calls);
  return { inUse, calls: inUse.reduce((sum, { calls }) => sum + calls, 0) };
}
