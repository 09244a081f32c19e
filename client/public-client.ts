import { createTRPCClient, type TRPCClient } from '@trpc/client';
import { parseBase } from './base-url.ts';
import { DEFAULT_TIMEOUT_MS } from './calls/deadline.ts';
import { errorLink } from './calls/error-link.ts';
import { type PUBLIC, publicLink } from './calls/public-link.ts';
import { type CustomFetch, createTransport } from './calls/transport.ts';
import type { KeysealRouter } from './router.ts';

interface PublicClientOptions {
  /** The service's URL. */
  readonly url: string;
  /** Replaces the global fetch. */
  readonly fetch?: CustomFetch;
}

type Auth = TRPCClient<KeysealRouter>['auth'];
type NameInAuth<Path> = Path extends `auth.${infer Name extends keyof Auth}` ? Name : never;

/** The procedures of `auth` that need no credentials. */
export interface PublicClient {
  readonly auth: Pick<Auth, NameInAuth<(typeof PUBLIC)[number]>>;
}

/**
 * Creates a client for everything before a sign-in. It is the part of a Keyseal client that makes public calls: a page that only
 * signs in loads no code that signs.
 */
export function createPublicClient({ url, fetch }: PublicClientOptions): PublicClient {
  const link = publicLink(`${parseBase(url)}/api`, createTransport(fetch), DEFAULT_TIMEOUT_MS);
  return createTRPCClient<KeysealRouter>({ links: [errorLink, link] });
}
