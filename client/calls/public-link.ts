import { httpLink, type TRPCLink } from '@trpc/client';
import type { KeysealRouter } from '../router.ts';
import { readOutgoingRequest } from '../signing/outgoing-request.ts';
import type { Fetch } from '../signing/signing-fetch.ts';
import { withDeadline } from './deadline.ts';
import { rejectForeignResponses } from './read-response.ts';
import type { Send } from './transport.ts';

/** The procedures that anybody may call: their calls are unsigned. */
export const PUBLIC = [
  'auth.signUp',
  'auth.signIn',
  'auth.signInWithCode',
  'auth.startSignIn',
  'auth.finishSignIn',
  'auth.reset',
  'auth.startPasskeySignIn',
  'auth.signInWithPasskey',
  'keys.exchange',
  'health',
  'invitations.preview',
] as const;

/** tRPC's own type of fetch, which allows `undefined` in other places than the standard's. */
type LinkFetch = NonNullable<Parameters<typeof httpLink>[0]['fetch']>;

/**
 * The options of a link over HTTP: a response must arrive in time, and come from Keyseal.
 * @param url of the API, such as https://host/api
 * @param timeout milliseconds; false for none
 */
export const linkOptions = (url: string, fetch: Fetch, timeout: number | false) => ({
  url,
  fetch: withDeadline(rejectForeignResponses(fetch), timeout) as LinkFetch,
});

/** Sends each call unsigned, in a request of its own. */
export function publicLink(url: string, send: Send, timeout: number | false): TRPCLink<KeysealRouter> {
  const plain: Fetch = async (input, init) => send(await readOutgoingRequest(input, init));
  return httpLink(linkOptions(url, plain, timeout));
}
