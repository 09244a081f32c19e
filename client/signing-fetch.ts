import type { RefusalData, RefusalShape } from '../shared/refusals.ts';
import type { Signature } from '../shared/signature.ts';
import type { ServerClock } from './clock.ts';
import { compareBases } from './compare-bases.ts';
import type { Credentials } from './credentials.ts';
import { readShape } from './refusal.ts';
import { type BufferedRequest, bufferRequest, signBuffered } from './sign-buffered.ts';

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** The credentials of the calls. */
export interface SigningCredentials {
  /** What signs now; null sends the request unsigned. */
  credentials(): Promise<Credentials | null>;
  /** Called if the server refused this token as expired; true if there is a new one. */
  renew(token: string | undefined): Promise<boolean>;
}

/**
 * A fetch that signs what it sends, after URL and body are complete. It sends a request again, with a new signature,
 * once for each of two refusals: SIGNATURE_EXPIRED with a clock that the server proved, and TOKEN_EXPIRED if the
 * session could be refreshed and the request is safe to repeat. If SIGNATURE_INVALID shows the base that the server
 * built, it adds both bases to the message. It passes every other answer on unchanged.
 */
export function createSigningFetch(fetch: Fetch, clock: ServerClock, signer: SigningCredentials): Fetch {
  return async (input, init) => {
    const unsigned = await bufferRequest(new Request(input, init));
    const tried = new Set<string>();
    for (;;) {
      const credentials = await signer.credentials();
      if (!credentials) return fetch(plain(unsigned));
      const { request, signature, base } = await signBuffered(unsigned, credentials, clock.now());
      const response = await fetch(request);
      const refusal = await refusalOf(response);
      if (!refusal) return response;
      const { reason, debug } = refusal.data;
      if (typeof debug?.base === 'string')
        return explained(response, refusal, compareBases(base, debug.base));
      if (tried.has(reason)) return response;
      tried.add(reason);
      const again = await remedy(refusal.data, unsigned, signature, credentials);
      if (!again) return response;
      // An unread body would hold the connection.
      await response.body?.cancel();
    }
  };

  async function remedy(
    { reason, clock: proof }: RefusalData,
    unsigned: BufferedRequest,
    signature: Signature,
    { signingSecret, userToken }: Credentials,
  ): Promise<boolean> {
    if (reason === 'SIGNATURE_EXPIRED' && proof) return clock.correct(proof, signature, signingSecret);
    return reason === 'TOKEN_EXPIRED' && mayBeRepeated(unsigned) && signer.renew(userToken);
  }
}

/** Queries, and mutations in which every call carries an idempotency key. */
function mayBeRepeated({ request, body }: BufferedRequest): boolean {
  if (request.method === 'GET') return true;
  const input = readJson(body);
  const calls = new URL(request.url).searchParams.has('batch') ? Object.values(input) : [input];
  return calls.length > 0 && calls.every((call) => typeof Object(call).idempotencyKey === 'string');
}

function readJson(body: BufferedRequest['body']): Record<string, unknown> {
  try {
    return Object(JSON.parse(new TextDecoder().decode(body ?? new Uint8Array())));
  } catch {
    return {};
  }
}

function plain({ request, body }: BufferedRequest): Request {
  return body ? new Request(request, { body }) : request;
}

/** The gate's refusal of a whole request, read from a copy of the answer. */
async function refusalOf(response: Response): Promise<RefusalShape | null> {
  if (response.status !== 401) return null;
  const json: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return readShape(json);
}

/** The same answer, with more in its message. */
async function explained(response: Response, refusal: RefusalShape, more: string): Promise<Response> {
  await response.body?.cancel();
  const error = { ...refusal, message: `${refusal.message} ${more}` };
  return new Response(JSON.stringify({ error }), response);
}
