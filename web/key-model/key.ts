import type { client } from '../api/service.ts';

/** A key as the service tells it: never its secrets. */
export type Key = Awaited<ReturnType<typeof client.keys.get.query>>;
