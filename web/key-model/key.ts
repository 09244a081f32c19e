import type { client } from '../api/service.ts';

/** A key as the service tells it: never its secrets. */
export type ConsoleKey = Awaited<ReturnType<typeof client.keys.get.query>>;
