import type { inferProcedureInput, inferProcedureOutput } from '@trpc/server';
import { createKeysealClient, parseOrigin } from './create-client.ts';
import { importKey, webCrypto } from './hmac.ts';
import type { Routes } from './routes.ts';
import { isFinal, type SharedSession } from './session.ts';
import { CrossTabSession } from './session-of-tabs.ts';
import type { Fetch } from './signing-fetch.ts';

type Auth = Routes['auth'];
export type SignInFields = Omit<inferProcedureInput<Auth['signIn']>, 'cookie'>;
export type SignUpFields = Omit<inferProcedureInput<Auth['signUp']>, 'cookie'>;
type SignedIn = inferProcedureOutput<Auth['signIn']>;

export interface BrowserSessionOptions {
  /** Where the service is, such as https://api.example.com. */
  readonly url: string;
  /** Tells sessions with one service apart, on pages of one origin. */
  readonly name?: string;
  /** On pages of the service's own origin: the refresh token goes into a cookie that no script reads. */
  readonly cookie?: boolean;
  /** In place of the global fetch. */
  readonly fetch?: Fetch;
}

/** The session of whoever is signed in in this browser, in all tabs of an origin. */
export interface BrowserSession extends SharedSession {
  /** The session's id, null where nobody is signed in, undefined until that is known. */
  readonly id: string | null | undefined;
  /** Whether it outlives this page. Not where a browser refuses to keep keys, as some do in private windows. */
  readonly lasting: boolean;
  /** Calls back whenever `id` is another, by this tab or one beside it. @returns what ends that */
  readonly subscribe: (listener: () => void) => () => void;
  readonly signIn: (input: SignInFields) => Promise<SignedIn['user']>;
  readonly signUp: (input: SignUpFields) => Promise<SignedIn['user']>;
  /** Ends the session. Where the service cannot be told it is forgotten here all the same, and this rejects. */
  readonly signOut: () => Promise<void>;
}

/**
 * A session that all tabs of a browser share, for `createKeysealClient({ url, session })`. Its signing secret is kept as
 * a key that signs and that nobody reads, not even this page; it is refreshed by one tab for all.
 * @throws TypeError where `url` is not one
 * @example
 * ```ts
 * import { createKeysealClient } from '@keyseal/client';
 * import { createBrowserSession } from '@keyseal/client/session';
 *
 * const url = 'https://api.example.com';
 * const session = createBrowserSession({ url });
 * const client = createKeysealClient({ url, session });
 *
 * async function signIn(email: string, password: string): Promise<string> {
 *   const { id } = await session.signIn({ email, password });
 *   return id;
 * }
 * ```
 */
export function createBrowserSession({ url, name, cookie, fetch }: BrowserSessionOptions): BrowserSession {
  const tabs = new CrossTabSession(['keyseal', parseOrigin(url), ...(name ? [name] : [])].join(' '));
  const { auth } = createKeysealClient({ url, session: tabs, ...(fetch ? { fetch } : {}) });
  const inCookie = cookie ? { cookie } : {};

  /** The secret's text is given to nobody, and forgotten with the answer. */
  const begin = async ({ user, session }: SignedIn) => {
    await tabs.begin({ ...session, signingSecret: await importKey(session.signingSecret) });
    return user;
  };
  return {
    get id() {
      return tabs.id;
    },
    get lasting() {
      return tabs.lasting;
    },
    subscribe: (listener) => tabs.subscribe(listener),
    keeperFor: (clock, refresh) => tabs.keeperFor(clock, refresh),
    // No password is sent from a page that could not sign.
    signIn: async (input) => webCrypto() && begin(await auth.signIn.mutate({ ...input, ...inCookie })),
    signUp: async (input) => webCrypto() && begin(await auth.signUp.mutate({ ...input, ...inCookie })),
    signOut: async () => {
      const session = await tabs.known();
      if (!session) return;
      try {
        await auth.signOut.mutate(undefined, { signal: AbortSignal.timeout(SIGN_OUT_MS) });
      } catch (error) {
        if (!isFinal(error)) throw error;
      } finally {
        await tabs.end(null, session.id);
      }
    },
  };
}

/** A service that does not answer keeps nobody signed in. */
const SIGN_OUT_MS = 10_000;
