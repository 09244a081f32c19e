import type { inferProcedureInput, inferProcedureOutput } from '@trpc/server';
import { parseBase } from './base-url.ts';
import { abortedCall } from './calls/aborted-call.ts';
import type { CustomFetch } from './calls/transport.ts';
import { createPublicClient } from './public-client.ts';
import type { Routes } from './routes.ts';
import { CrossTabSession } from './sessions/cross-tab-session.ts';
import { type AnySession, isFinal, type SharedSession } from './sessions/session.ts';
import { importKey, webCrypto } from './signing/web-hashes.ts';

type Auth = Routes['auth'];
export type SignInFields = Omit<inferProcedureInput<Auth['signIn']>, 'cookie'>;
export type SignUpFields = Omit<inferProcedureInput<Auth['signUp']>, 'cookie'>;
type SignInCodeFields = Omit<inferProcedureInput<Auth['signInWithCode']>, 'cookie'>;
type PasskeyFields = Omit<inferProcedureInput<Auth['signInWithPasskey']>, 'cookie'>;
type SignInResult = inferProcedureOutput<Auth['signIn']>;
type SignedIn = inferProcedureOutput<Auth['signUp']>;

/** The password is right, and the account has a second factor: `signInWithCode` needs the challenge and a code. */
export class CodeRequired extends Error {
  override readonly name = 'CodeRequired';
  /** The challenge is valid for five minutes, and begins one session. */
  readonly challenge: string;

  constructor(challenge: string) {
    super('The account has a second factor: it needs a code.');
    this.challenge = challenge;
  }
}

/** The user who signed in with an identity provider, and the page that they wanted. */
export interface FinishedSignIn {
  readonly user: SignedIn['user'];
  readonly returnTo: string;
}

export interface BrowserSessionOptions {
  /** The service's URL, such as https://api.example.com or https://example.com/keyseal. */
  readonly url: string;
  /** Distinguishes several sessions with one service, on pages of one origin. */
  readonly name?: string;
  /** For pages on the service's own origin: stores the refresh token in a cookie that no script can read. */
  readonly cookie?: boolean;
  /** Replaces the global fetch. */
  readonly fetch?: CustomFetch;
}

/** The session of the user who is signed in to this browser, shared by all tabs of an origin. */
export interface BrowserSession extends SharedSession {
  /** The session's id; null if no one is signed in, undefined until that is known. */
  readonly id: string | null | undefined;
  /**
   * Whether the session outlives this page. It does not if the browser refuses to store keys, as some do in private
   * windows.
   */
  readonly lasting: boolean;
  /** Calls `listener` whenever `id` changes, in this tab or another. @returns a function that unsubscribes */
  readonly subscribe: (listener: () => void) => () => void;
  /** Rejects with a `CodeRequired` if the password is right and the account has a second factor. */
  readonly signIn: (input: SignInFields) => Promise<SignedIn['user']>;
  /** Finishes a sign-in that was rejected with a `CodeRequired`, by a code or a recovery code. */
  readonly signInWithCode: (input: SignInCodeFields) => Promise<SignedIn['user']>;
  /**
   * Finishes a sign-in by a passkey: with the challenge of `auth.startPasskeySignIn`, and what the browser returned for
   * its options (`PublicKeyCredential.toJSON`).
   */
  readonly signInWithPasskey: (input: PasskeyFields) => Promise<SignedIn['user']>;
  readonly signUp: (input: SignUpFields) => Promise<SignedIn['user']>;
  /**
   * Sends the browser to an identity provider. It comes back to the page `returnTo`, which calls `finishSignIn`.
   * @param issuer the provider's name in `KEYSEAL_ISSUERS`
   * @param returnTo by default this page, without query and fragment. With `cookie`, a path of the console
   */
  readonly signInWith: (issuer: string, returnTo?: string) => Promise<void>;
  /**
   * Finishes a sign-in on the page to which the provider sent the browser. Replace the page's URL afterwards: its code has
   * been used.
   * @param url by default that of this page
   * @returns null if the URL is not one to which a provider redirects
   */
  readonly finishSignIn: (url?: string) => Promise<FinishedSignIn | null>;
  /**
   * Ends the session. If the service cannot be reached, this browser still drops the session, and the promise
   * rejects.
   * @param returnTo a page that is registered at the identity provider: if the session began there, and the service is
   *   configured to end it there too, the browser goes to the provider, which sends it back to this page. With `cookie`, a
   *   path of the console
   */
  readonly signOut: (returnTo?: string) => Promise<void>;
  /**
   * Whether this page is the one to which an identity provider returned this tab after `signOut(returnTo)`. It says so
   * once; replace the page's URL afterwards.
   * @param url by default that of this page
   */
  readonly finishSignOut: (url?: string) => boolean;
}

/**
 * A session that all tabs of a browser share, for `createKeysealClient({ url, session })`. It signs with a private key that no
 * script can read, not even on this page, and whose public half the service has; if the browser has neither Ed25519 nor P-256, or
 * the service is older, it signs with the signing secret, imported as such a key. One tab refreshes the session for all.
 * @throws TypeError if `url` is not a URL
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
  const storageKey = ['keyseal', parseBase(url), ...(name ? [name] : [])].join(' ');
  const tabs = new CrossTabSession(storageKey);
  const flows = pendingFlow(`${storageKey} sign-in`);
  const options = { url, ...(fetch ? { fetch } : {}) };
  const { auth } = createPublicClient(options);
  const inCookie = cookie ? { cookie } : {};

  /** Drops the secret string with the result, and passes it to no other code. */
  const begin = async (output: SignInResult) => {
    if ('next' in output) throw new CodeRequired(output.challenge);
    const { user, session } = output;
    await tabs.begin(await withKeyPair(session, options));
    return user;
  };
  /** Fails before a password is sent from a page that could not sign. */
  const signInBy =
    <Input extends object>(procedure: { mutate: (input: Input) => Promise<SignInResult> }) =>
    async (input: Input) =>
      webCrypto() && begin(await procedure.mutate({ ...input, ...inCookie }));
  return {
    get id() {
      return tabs.id;
    },
    get lasting() {
      return tabs.lasting;
    },
    subscribe: (listener) => tabs.subscribe(listener),
    managerFor: (clock, refresh) => tabs.managerFor(clock, refresh),
    signIn: signInBy(auth.signIn),
    signInWithCode: signInBy(auth.signInWithCode),
    signInWithPasskey: signInBy(auth.signInWithPasskey),
    signUp: signInBy(auth.signUp),
    signInWith: async (issuer, returnTo = thisPage(cookie)) => {
      webCrypto();
      const started = await auth.startSignIn.mutate({ issuer, returnTo, ...inCookie });
      if (started.flow !== null) flows.keep(started.flow);
      location.assign(started.url);
    },
    finishSignIn: async (url = location.href) => {
      if (!new URL(url).searchParams.has('state')) return null;
      webCrypto();
      const flowInput = cookie ? inCookie : { flow: flows.take() };
      const { returnTo, ...output } = await auth.finishSignIn.mutate({ url, ...flowInput });
      return { user: await begin(output), returnTo };
    },
    ...createSignOut(tabs, storageKey, options),
  };
}

/** Imports the signing secret of a session that has just begun, and replaces it by a key pair if that is possible. */
async function withKeyPair(
  { signingSecret, ...begun }: SignedIn['session'],
  options: Pick<BrowserSessionOptions, 'url' | 'fetch'>,
): Promise<AnySession> {
  const session = { ...begun, signingSecret: await importKey(signingSecret) };
  const [{ createKeysealClient }, { registerSessionKey }] = await Promise.all([
    import('./create-client.ts'),
    import('./sessions/register-session-key.ts'),
  ]);
  // For one call, which must not use up the refresh token.
  const manager = { session, fresh: async () => session, renew: async () => null, end: () => {} };
  const { sessions } = createKeysealClient({ ...options, session: { managerFor: () => manager } });
  return registerSessionKey(session, (input) => sessions.setPublicKey.mutate(input));
}

/** Loads the code of signed calls, which a page without a session does not need. Rejects once the signal is aborted. */
function loadClient(signal: AbortSignal): Promise<typeof import('./create-client.ts')> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedCall(signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    // In Deno, a listener of `AbortSignal.timeout` keeps the program running until then.
    const stopListening = () => signal.removeEventListener('abort', abort);
    import('./create-client.ts').then(resolve, reject).finally(stopListening);
  });
}

interface SignedOut {
  /** Absent from an older version of the service. */
  readonly endSession?: { readonly url: string; readonly state: string } | null;
}

/** Ends the session and, if the service says so, sends the browser to the provider, which ends it there. */
function createSignOut(
  tabs: CrossTabSession,
  storageKey: string,
  options: Pick<BrowserSessionOptions, 'url' | 'fetch'>,
): Pick<BrowserSession, 'signOut' | 'finishSignOut'> {
  const leaving = pendingFlow(`${storageKey} sign-out`);
  const send = async (input: { returnTo: string } | undefined, signal: AbortSignal): Promise<SignedOut> => {
    const { createKeysealClient } = await loadClient(signal);
    return createKeysealClient({ ...options, session: tabs }).auth.signOut.mutate(input, { signal });
  };
  return {
    signOut: async (returnTo) => {
      const input = returnTo === undefined ? returnTo : { returnTo };
      const output = await signOut(tabs, (signal) => send(input, signal));
      if (!output?.endSession) return;
      leaving.keep(output.endSession.state);
      location.assign(output.endSession.url);
    },
    finishSignOut: (url = location.href) => {
      const state = new URL(url).searchParams.get('state');
      return state !== null && state !== '' && state === leaving.take();
    },
  };
}

/** Ends the session of all tabs, even if the service does not respond. */
async function signOut<T>(
  tabs: CrossTabSession,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const session = await tabs.readSession();
  if (!session) return null;
  try {
    return await send(AbortSignal.timeout(SIGN_OUT_MS));
  } catch (error) {
    if (!isFinal(error)) throw error;
    return null;
  } finally {
    await tabs.end(null, session.id);
  }
}

const thisPage = (cookie: boolean | undefined): string =>
  `${cookie ? '' : location.origin}${location.pathname}`;

/** The flow of a sign-in while the user is at the provider, stored only in this tab. */
function pendingFlow(name: string) {
  return {
    keep: (flow: string) => sessionStorage.setItem(name, flow),
    /** Empty if this tab began no sign-in: the service then refuses what the provider sent back. */
    take: () => {
      const flow = sessionStorage.getItem(name) ?? '';
      sessionStorage.removeItem(name);
      return flow;
    },
  };
}

/** Milliseconds: a service that does not respond must not keep anybody signed in. */
const SIGN_OUT_MS = 10_000;
