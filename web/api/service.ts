import { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { createBrowserSession } from '../../client/browser-session.ts';
import { createKeysealClient } from '../../client/create-client.ts';
import { KeysealRefusal } from '../../client/refusal.ts';
import type { KeysealRouter } from '../../client/router.ts';

/** The service that this page came from. */
export const SERVICE_URL: string = globalThis.location.origin;

/** Whoever is signed in, in all tabs: the key that signs is read by nobody, the refresh token is in a cookie. */
export const session = createBrowserSession({ url: SERVICE_URL, cookie: true });

/** What the service has refused it refuses again, unless it could not answer. */
const retry = (times: number, error: unknown) =>
  times < 2 && !(error instanceof KeysealRefusal && error.details.httpStatus < 500);

export const queryClient = new QueryClient({
  defaultOptions: {
    // Without a connection a call fails, and says so: nothing waits unseen, and nothing is sent later by itself.
    queries: { retry, staleTime: 10_000, networkMode: 'always', refetchOnReconnect: true },
    // What a call answers is forgotten with whoever asked: it may hold what is shown once.
    mutations: { gcTime: 0, networkMode: 'always' },
  },
});

/** Calls as whoever is signed in. */
export const client = createKeysealClient({ url: SERVICE_URL, session });

/** The same for TanStack Query: `api.keys.list.queryOptions()`. */
export const api = createTRPCOptionsProxy<KeysealRouter>({ client, queryClient });
