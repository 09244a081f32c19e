import { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { createKeysealClient } from '../../client/create-client.ts';
import type { KeysealRouter } from '../../client/router.ts';
import { SERVICE_URL, session } from './browser-session.ts';

/** Retries only calls that the service could not handle: what it refused once, it would refuse again. */
const retry = (times: number, error: unknown) =>
  times < 2 && !(error instanceof KeysealRefusal && error.details.httpStatus < 500);

export const queryClient = new QueryClient({
  defaultOptions: {
    // Without a connection a call fails visibly: no call waits unseen, and none is sent later automatically.
    queries: { retry, staleTime: 10_000, networkMode: 'always', refetchOnReconnect: true },
    // A mutation's response is dropped with the component that made it: it may contain a secret that is shown once.
    mutations: { gcTime: 0, networkMode: 'always' },
  },
});

/** The typed client, which calls as the signed-in user. */
export const client = createKeysealClient({ url: SERVICE_URL, session });

/** The same for TanStack Query: `api.keys.list.queryOptions()`. */
export const api = createTRPCOptionsProxy<KeysealRouter>({ client, queryClient });
