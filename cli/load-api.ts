import type { Api } from '../server/rpc/procedure-registry.ts';

/** Gives what a service answers under `/api`, to the commands that need it: the others begin sooner without it. */
export type LoadApi = () => Promise<Api>;

/** Of Keyseal as it comes. */
export const loadOwnApi: LoadApi = async () => (await import('../server/app/router.ts')).builtInApi;
