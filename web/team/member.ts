import type { client } from '../api/service.ts';

/** Whoever belongs to a workspace. */
export type Member = Awaited<ReturnType<typeof client.members.list.query>>['items'][number];
