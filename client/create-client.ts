import { createTRPCClient, createTRPCClientProxy, getUntypedClient, type TRPCClient } from '@trpc/client';
import type { TRPCRouterRecord } from '@trpc/server';
import { parseBase } from './base-url.ts';
import { abortLink } from './calls/aborted-call.ts';
import { DEFAULT_TIMEOUT_MS } from './calls/deadline.ts';
import { errorLink } from './calls/error-link.ts';
import { routingLink, sessionEndLink } from './calls/links.ts';
import { notSignedIn } from './calls/refusal.ts';
import { checkRetry, type RetryOptions, retryLink } from './calls/retry-link.ts';
import { type CustomFetch, createTransport } from './calls/transport.ts';
import type { Receipt } from './responses/receipt.ts';
import type { ResponseKey, ResponseKeySet } from './responses/response-key.ts';
import { keyVerifier, type ResponseVerifier, secretVerifier } from './responses/response-verifier.ts';
import { directoryKeys, pinnedKeys } from './responses/service-keys.ts';
import type { KeysealRouter, RouterOf } from './router.ts';
import type { Routes } from './routes.ts';
import { DefaultSessionManager } from './sessions/default-session-manager.ts';
import {
  type AnySession,
  credentialsOfSession,
  type KeysealSession,
  type Refresh,
  type SessionManager,
  type SharedSession,
} from './sessions/session.ts';
import { ServerClock } from './signing/clock.ts';
import {
  type AnyCredentials,
  checkCredentials,
  type KeyCredentials,
  type PrivateKeyCredentials,
} from './signing/credentials.ts';
import { signStandardLazily } from './signing/sign-standard-lazily.ts';
import { type SignParts, signParts } from './signing/signature-headers.ts';
import { createSigningFetch, isIdempotent, type SigningCredentials } from './signing/signing-fetch.ts';
import { checkUserToken, currentUserToken, type UserTokenSource } from './user-token.ts';

/** An API key always comes with its signing secret, or with the private key of its public key. */
type KeyOptions =
  | { readonly apiKey: string; readonly signingSecret: string; readonly privateKey?: never }
  | { readonly apiKey: string; readonly privateKey: CryptoKey; readonly signingSecret?: never }
  | { readonly apiKey?: never; readonly signingSecret?: never; readonly privateKey?: never };

export type KeysealClientOptions = KeyOptions & {
  /** The service's URL, such as https://api.example.com or https://example.com/keyseal; the client appends `/api`. */
  readonly url: string;
  /**
   * A signed-in user: as the caller, or as the user on whose behalf the API key calls. A shared session, such as
   * that of `createBrowserSession`, may have no one signed in.
   */
  readonly session?: KeysealSession | SharedSession | null;
  /**
   * The access token of a user on whose behalf the API key calls, issued by an identity provider that the service
   * trusts; instead of `session`. A function is called before each call, and again if its token has expired.
   */
  readonly userToken?: UserTokenSource;
  /**
   * Called after a refresh of a session that only this client uses, so that you can store it, and with null when the
   * session is over.
   */
  readonly onSessionChange?: (session: KeysealSession | null) => void;
  /** Replaces the global fetch. */
  readonly fetch?: CustomFetch;
  /**
   * Milliseconds within which each response must arrive, in addition to the time that the request's body takes at 8 KiB a second;
   * 30,000 by default, and `false` for no limit. Subscriptions and `audit.verify` have none.
   */
  readonly timeout?: number | false;
  /**
   * How requests are signed: with `x-signature` (`v1`), or with an RFC 9421 signature (`rfc9421`). By default `v1`; with a
   * `privateKey` always `rfc9421`, the only format in which a private key signs.
   */
  readonly signatures?: 'v1' | 'rfc9421';
  /**
   * Asks for a signature of each response to a signed call, and verifies it. A call whose response does not verify rejects with
   * ResponseUnverified, even if it is refused before its own signature is verified; subscriptions always reject.
   */
  readonly verifyResponses?: boolean;
  /**
   * The public keys of the service, from its directory `/.well-known/http-message-signatures-directory`, that you keep with
   * your code. With only these keys the client then verifies the service's signatures, and corrects its clock for a `privateKey`.
   * Without them it reads the directory over TLS, and with a `privateKey` it trusts no clock but its own.
   */
  readonly responseKeys?: ResponseKeySet;
  /**
   * Asks for a receipt of each signed call, which proves the call to others, and is called with it before the call resolves.
   * Every response is then verified with the service's keys, as with `verifyResponses`. A refusal before the request is accepted
   * has no receipt.
   */
  readonly onReceipt?: (receipt: Receipt) => void | Promise<void>;
  /** Sends a call again after a temporary failure; without it a call fails at once. */
  readonly retry?: RetryOptions;
};

/** A client of the service's procedures, or of those of another record. */
export type KeysealClient<R extends TRPCRouterRecord = Routes> = TRPCClient<RouterOf<R>>;

/**
 * Creates a typed client that signs every call. With a key it calls as the key, with a session as the user, with
 * both as the key on behalf of the user; with neither it can call only public procedures. A refused call rejects
 * with a KeysealRefusal.
 * @throws TypeError if `url` or a credential is malformed, or the name of a credential is misspelt. Nor may a credential,
 * `session`, `userToken`, `verifyResponses` or `onReceipt` be present and undefined: an undefined `apiKey` usually comes from a
 * missing environment variable, and the client must not silently call without a key.
 * @example
 * ```ts
 * import { createKeysealClient } from '@keyseal/client';
 *
 * const { KEYSEAL_API_KEY: apiKey = '', KEYSEAL_SIGNING_SECRET: signingSecret = '' } = process.env;
 * const client = createKeysealClient({ url: 'https://api.example.com', apiKey, signingSecret });
 * const { message } = await client.exemple.query({ name: 'Ada' });
 * ```
 */
export function createKeysealClient<R extends TRPCRouterRecord = Routes>(
  options: KeysealClientOptions,
): KeysealClient<R> {
  checkOptions(options);
  const base = parseBase(options.url);
  const { timeout = DEFAULT_TIMEOUT_MS, retry, userToken } = options;
  checkTimeout(timeout);
  checkUserToken(options);
  if (retry) checkRetry(retry);
  // Sign-in sends a password unsigned, so a redirect must not carry it elsewhere either.
  const send = createTransport(options.fetch);
  const clock = new ServerClock();
  const key = keyOf(options);
  const pinned = pinnedOf(options);
  const verifier = verifierOf(options, pinned ?? directoryKeys(base, send));
  const signingOptions = { sign: signOf(options), verifier, pinned };

  const manager = managerOf(options, clock, async ({ refreshToken }) => {
    const signal = AbortSignal.timeout(REFRESH_MS);
    const input = refreshToken === null ? {} : { refreshToken };
    return (await client.auth.refresh.mutate(input, { signal })).session;
  });

  const credentials: SigningCredentials = {
    credentials: async () => {
      if (key && userToken) return { ...key, userToken: await currentUserToken(userToken) };
      const credentials = withToken(key, manager && (await manager.fresh()));
      if (manager && !credentials) throw notSignedIn(base);
      return credentials;
    },
    renew: async (token) => {
      if (userToken) return typeof userToken === 'function' && (await currentUserToken(userToken)) !== token;
      return manager !== null && (await manager.renew(token)) !== null;
    },
    mayBeRepeated: isIdempotent,
  };
  const signed = createSigningFetch(send, clock, credentials, signingOptions);
  const bySession = createSigningFetch(send, clock, sessionAlone(manager), signingOptions);
  const client = createTRPCClient<KeysealRouter>({
    links: [
      abortLink(),
      ...(retry ? [retryLink(retry)] : []),
      sessionEndLink(manager),
      errorLink,
      routingLink(`${base}/api`, { send, signed, bySession, stream: verifier ? null : signed }, timeout),
    ],
  });
  return createTRPCClientProxy<RouterOf<R>>(getUntypedClient(client));
}

/** Options without which a client does less than requested. Credentials have their own check. */
const NEVER_UNDEFINED: readonly string[] = ['session', 'userToken', 'verifyResponses', 'onReceipt'];
/** Options without which a client calls without credentials, if untyped code misspells them. */
const CREDENTIALS = ['apiKey', 'signingSecret', 'privateKey', 'session', 'userToken'] as const;

/** @throws TypeError if such an option is undefined, or another name differs from it only in case and hyphenation */
function checkOptions(options: KeysealClientOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined && NEVER_UNDEFINED.includes(name))
      throw new TypeError(`${name} is undefined: leave it out`);
    const letters = name.replace(/[_-]/g, '').toLowerCase();
    const meant = CREDENTIALS.find((credential) => credential.toLowerCase() === letters);
    if (meant && meant !== name) throw new TypeError(`${name} is not an option: write ${meant}`);
  }
}

/** The session signs without its access token, as a refresh must. */
const sessionAlone = (manager: SessionManager | null): SigningCredentials => ({
  credentials: async () => (manager?.session ? credentialsOfSession(manager.session) : null),
  renew: async () => false,
  // For a refresh token that was used a moment ago, the service returns its successor.
  mayBeRepeated: () => true,
});

/** A refresh without a response by then is sent again. */
const REFRESH_MS = 10_000;

function managerOf(
  { session, onSessionChange = () => {} }: KeysealClientOptions,
  clock: ServerClock,
  refresh: Refresh,
): SessionManager | null {
  if (session === null || session === undefined) return null;
  if ('managerFor' in Object(session)) return (session as SharedSession).managerFor(clock, refresh);
  checkSession(session as KeysealSession);
  return new DefaultSessionManager(session as KeysealSession, clock, refresh, onSessionChange);
}

/** @throws TypeError if a session has no id or no signing secret */
function checkSession(session: KeysealSession): void {
  checkCredentials(credentialsOfSession(session));
  if (!session.accessToken) throw new TypeError('session.accessToken is missing');
}

type Key = KeyCredentials | PrivateKeyCredentials;

function keyOf(options: KeysealClientOptions): Key | null {
  if (!['apiKey', 'signingSecret', 'privateKey'].some((name) => name in options)) return null;
  const { apiKey, signingSecret, privateKey } = options;
  if (privateKey !== undefined && signingSecret !== undefined)
    throw new TypeError('signingSecret and privateKey are both given: a key has one of them');
  const key = (privateKey === undefined ? { apiKey, signingSecret } : { apiKey, privateKey }) as Key;
  checkCredentials(key);
  return key;
}

/** @throws TypeError if the format is unknown, or is not one in which a private key signs */
function signOf({ signatures, privateKey }: KeysealClientOptions): SignParts {
  const form = signatures ?? (privateKey ? 'rfc9421' : 'v1');
  if (form !== 'v1' && form !== 'rfc9421') throw new TypeError('signatures is neither v1 nor rfc9421');
  if (form === 'rfc9421') return signStandardLazily;
  if (privateKey) throw new TypeError('signatures is v1, and a private key makes only RFC 9421 signatures');
  return signParts;
}

/** @throws TypeError if `responseKeys` is not a key set */
function pinnedOf(options: KeysealClientOptions): ResponseKey | null {
  const { responseKeys } = options;
  if (responseKeys === undefined && !('responseKeys' in options)) return null;
  if (!Array.isArray(Object(responseKeys).keys))
    throw new TypeError('responseKeys is not a key set such as { keys: [{ kty, crv, kid, x }] }');
  return pinnedKeys(responseKeys as ResponseKeySet);
}

function verifierOf(
  { verifyResponses, privateKey, onReceipt }: KeysealClientOptions,
  keys: ResponseKey,
): ResponseVerifier | null {
  if (!verifyResponses && !onReceipt) return null;
  // A MAC proves nothing to others.
  return privateKey || onReceipt ? keyVerifier(keys, onReceipt) : secretVerifier(keys);
}

/** @throws TypeError if it is neither false nor a number of milliseconds */
function checkTimeout(timeout: number | false): void {
  if (timeout !== false && !(Number.isFinite(timeout) && timeout > 0)) {
    throw new TypeError('timeout is neither false nor a number of milliseconds above 0');
  }
}

/** The credentials of a call: the key's if there is one, else the session's. */
function withToken(key: Key | null, session: AnySession | null): AnyCredentials | null {
  if (!session) return key;
  return { ...(key ?? credentialsOfSession(session)), userToken: session.accessToken };
}
