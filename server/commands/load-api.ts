import type { Api } from '../api.ts';

/** Gives what a service answers under `/api`, to the commands that need it: the others begin sooner without it. */
export type LoadApi = () => Promise<Api>;

/** Of Keyseal as it comes. */
export const loadOwnApi: LoadApi = async () => (await import('../router.ts')).ownApi;
