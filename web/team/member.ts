import type { client } from '../service.ts';

/** Whoever belongs to a workspace. */
export type Member = Awaited<ReturnType<typeof client.members.list.query>>['items'][number];
