import { httpBatchLink, httpLink, isNonJsonSerializable, type Operation, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { KeysealRouter } from '../router.ts';
import type { SessionManager } from '../sessions/session.ts';
import type { Fetch } from '../signing/signing-fetch.ts';
import { refusedStreamLink, streamLink } from '../streams/stream-link.ts';
import { abortedCall, isAborted } from './aborted-call.ts';
import { withDeadline } from './deadline.ts';
import { rejectForeignResponses } from './read-response.ts';
import { KeysealRefusal, toKeysealRefusal } from './refusal.ts';

type Link = TRPCLink<KeysealRouter>;

/** tRPC's own type of fetch, which allows `undefined` in other places than the standard's. */
type LinkFetch = NonNullable<Parameters<typeof httpLink>[0]['fetch']>;

/** How a call is sent. */
type SendMode = 'public' | 'refresh' | 'alone' | 'stream' | 'bytes' | 'batch';

/**
 * Calls that never share a request: public ones, which are unsigned; the refresh, which a session signs without a token;
 * long work.
 */
export const UNBATCHED: Readonly<Record<string, SendMode>> = {
  'auth.signUp': 'public',
  'auth.signIn': 'public',
  'auth.signInWithCode': 'public',
  'auth.startSignIn': 'public',
  'auth.finishSignIn': 'public',
  'auth.reset': 'public',
  'auth.startPasskeySignIn': 'public',
  'auth.signInWithPasskey': 'public',
  'keys.exchange': 'public',
  health: 'public',
  'auth.refresh': 'refresh',
  'audit.verify': 'alone',
  'invitations.preview': 'public',
};

/** The server's limit of calls in one batch. */
const MAX_BATCH = 20;
/** Longer queries are split. It is well within the server's limit for a request line. */
const MAX_URL = 4000;

/** The fetches of a client, by how they prove the caller. */
interface Fetches {
  readonly plain: Fetch;
  readonly signed: Fetch;
  readonly bySession: Fetch;
  /** For subscriptions; null if every response must be verified, since the events of a subscription cannot be. */
  readonly stream: Fetch | null;
}

/**
 * The terminating link: chooses how each call is sent.
 * @param url of the API, such as https://host/api
 * @param timeout milliseconds; false for none
 */
export function routingLink(
  url: string,
  { plain, signed, bySession, stream }: Fetches,
  timeout: number | false,
): Link {
  const linkOptions = (fetch: Fetch, limit = timeout) => ({
    url,
    fetch: withDeadline(rejectForeignResponses(fetch), limit) as LinkFetch,
  });
  const links: Record<SendMode, Link> = {
    public: httpLink(linkOptions(plain)),
    refresh: httpLink(linkOptions(bySession)),
    alone: httpLink(linkOptions(signed, false)),
    stream: stream ? streamLink(url, stream) : refusedStreamLink,
    bytes: httpLink(linkOptions(signed)),
    batch: httpBatchLink({ ...linkOptions(signed), maxItems: MAX_BATCH, maxURLLength: MAX_URL }),
  };
  return (runtime) => {
    const ready = Object.fromEntries(Object.entries(links).map(([mode, link]) => [mode, link(runtime)]));
    return (call) => (ready[sendModeOf(call.op)] as ReturnType<Link>)(call);
  };
}

function sendModeOf({ type, path, input }: Operation): SendMode {
  if (type === 'subscription') return 'stream';
  return UNBATCHED[path] ?? (isNonJsonSerializable(input) ? 'bytes' : 'batch');
}

/** Turns refusals into KeysealRefusals, and gives aborted calls their error. */
export const errorLink: Link =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        ...observer,
        error: (error) =>
          observer.error(isAborted(error) ? abortedCall(error.cause) : toKeysealRefusal(error)),
      }),
    );

/** Ends the session of the client after a sign-out, and once a refusal says that it has ended. Goes before `errorLink`. */
export function sessionEndLink(manager: SessionManager | null): Link {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        // A response that arrives after another user has signed in says nothing about their session.
        const id = manager?.session?.id;
        return next(op).subscribe({
          ...observer,
          next: (value) => {
            if (op.path === 'auth.signOut') manager?.end(null, id);
            observer.next(value);
          },
          error: (error) => {
            const refusal: unknown = error;
            if (refusal instanceof KeysealRefusal && refusal.reason === 'SESSION_ENDED')
              manager?.end(refusal, id);
            observer.error(error);
          },
        });
      });
}
