import type { Api } from '../server/rpc/procedure-registry.ts';

/** Loads a service's API for the commands that need it: the others start faster without it. */
export type LoadApi = () => Promise<Api>;

/** Keyseal's built-in API. */
export const loadBuiltInApi: LoadApi = async () => (await import('../server/app/router.ts')).builtInApi;
