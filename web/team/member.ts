import type { client } from '../api/service.ts';

/** A member of the workspace. */
export type Member = Awaited<ReturnType<typeof client.members.list.query>>['items'][number];
