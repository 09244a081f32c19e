import type { client } from '../api/service.ts';

/** A record as the service lists it. */
export type ListedRecord = Awaited<ReturnType<typeof client.audit.list.query>>['items'][number];
