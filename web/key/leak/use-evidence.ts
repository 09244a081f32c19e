import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { HOUR_MS } from '../../../shared/durations.ts';
import { readFilledPage } from '../../api/filled-page.ts';
import { api, client } from '../../api/service.ts';
import { useMay } from '../../session/me.ts';
import { type Evidence, evidenceOf } from './evidence.ts';

/** Records that are read of each kind: one response of the service. */
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
  const refusal = { subject: id, action: 'admission.refused' };
  const records = (filter: Parameters<typeof client.audit.list.query>[0]) =>
    readFilledPage(null, (position) =>
      client.audit.list.query({ ...filter, limit: MAX_RECORDS, ...position }, { signal }),
    );
  const [changes, refusals] = await Promise.all([records({ actorId: id }), records(refusal)]);
  const isPartial = changes.nextCursor !== null || refusals.nextCursor !== null;
  return { ...evidenceOf(changes.items, refusals.items), isPartial };
}

/** The number of calls of a key in the last hour and in the last 24, if the reader may read usage. */
export function useCallsAtStake(id: string) {
  const enabled = useMay('usage:read');
  const [now] = useState(Date.now);
  return useQuery({
    queryKey: [...api.usage.pathKey(), id, 'leak', now],
    queryFn: async ({ signal }) => {
      const to = new Date(now).toISOString();
      const count = async (hours: number, step: 'minute' | 'hour') => {
        const from = new Date(now - hours * HOUR_MS).toISOString();
        const { accepted, refused } = await client.usage.key.query({ id, from, to, step }, { signal });
        return accepted + refused;
      };
      const [hour, day] = await Promise.all([count(1, 'minute'), count(24, 'hour')]);
      return { hour, day };
    },
    enabled,
    retry: false,
    gcTime: 0,
  });
}
