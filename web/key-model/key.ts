import type { client } from '../api/service.ts';

/** A key as the service returns it, without its secrets. */
export type ConsoleKey = Awaited<ReturnType<typeof client.keys.get.query>>;
