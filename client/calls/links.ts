import { httpBatchLink, httpLink, isNonJsonSerializable, type Operation, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { KeysealRouter } from '../router.ts';
import type { SessionManager } from '../sessions/session.ts';
import type { Fetch } from '../signing/signing-fetch.ts';
import { refusedStreamLink, streamLink } from '../streams/stream-link.ts';
import { linkOptions, PUBLIC, publicLink } from './public-link.ts';
import { KeysealRefusal } from './refusal.ts';
import { repeatAlone } from './repeat-alone.ts';
import type { Send } from './transport.ts';

type Link = TRPCLink<KeysealRouter>;

/** How a call is sent. */
type SendMode = 'public' | 'refresh' | 'alone' | 'stream' | 'single' | 'batch';

/**
 * Calls that never share a request: public ones, which are unsigned; the refresh, which a session signs without a token;
 * long work.
 */
export const UNBATCHED: Readonly<Record<string, SendMode>> = {
  ...Object.fromEntries(PUBLIC.map((name) => [name, 'public'])),
  'auth.refresh': 'refresh',
  'audit.verify': 'alone',
};

/** The server's limit of calls in one batch. */
const MAX_BATCH = 20;
/** Longer queries are split. It is well within the server's limit for a request line. */
const MAX_URL = 4000;

/** The fetches of a client, by how they prove the caller. */
interface Fetches {
  /** Proves nothing. */
  readonly send: Send;
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
  { send, signed, bySession, stream }: Fetches,
  timeout: number | false,
): Link {
  const inTime = linkOptions(url, signed, timeout);
  const links: Record<SendMode, Link> = {
    public: publicLink(url, send, timeout),
    refresh: httpLink(linkOptions(url, bySession, timeout)),
    alone: httpLink(linkOptions(url, signed, false)),
    stream: stream ? streamLink(url, stream) : refusedStreamLink,
    single: httpLink(inTime),
    batch: httpBatchLink({ ...inTime, maxItems: MAX_BATCH, maxURLLength: MAX_URL }),
  };
  return (runtime) => {
    const ready = Object.fromEntries(
      Object.entries(links).map(([mode, link]) => [mode, link(runtime)]),
    ) as Record<SendMode, ReturnType<Link>>;
    const modes = { ...ready, batch: repeatAlone(ready.batch, ready.single) };
    return (call) => modes[sendModeOf(call.op)](call);
  };
}

function sendModeOf({ type, path, input }: Operation): SendMode {
  if (type === 'subscription') return 'stream';
  const mode = UNBATCHED[path];
  if (mode !== undefined) return mode;
  if (isNonJsonSerializable(input)) return 'single';
  return type === 'mutation' && isLarge(path, input) ? 'single' : 'batch';
}

/**
 * The characters of JSON up to which an input shares a request, by procedure. The server limits the inputs of a batch together, to
 * 640 KiB for `verify` and 128 KiB for others: twenty inputs of this size stay within it, even at three bytes a character.
 */
const MAX_SHARED: Readonly<Record<string, number>> = { verify: 10_000 };
const MAX_SHARED_DEFAULT = 2_000;

const isLarge = (path: string, input: unknown): boolean =>
  (JSON.stringify(input)?.length ?? 0) > (MAX_SHARED[path] ?? MAX_SHARED_DEFAULT);

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
