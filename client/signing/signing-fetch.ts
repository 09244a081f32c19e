import type { RefusalData, RefusalShape } from '../../shared/refusals.ts';
import { readShape } from '../calls/refusal.ts';
import type { Send } from '../calls/transport.ts';
import type { ResponseKey } from '../responses/response-key.ts';
import type { ResponseVerifier } from '../responses/response-verifier.ts';
import { type ServerClock, startStopwatch, wasNeverValid } from './clock.ts';
import type { AnyCredentials } from './credentials.ts';
import { type OutgoingRequest, readOutgoingRequest } from './outgoing-request.ts';
import { signStandardLazily } from './sign-standard-lazily.ts';
import { type MadeSignature, type SignParts, signParts } from './signature-headers.ts';

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** The credentials of the calls. */
export interface SigningCredentials {
  /** The credentials that sign now; null sends the request unsigned. */
  credentials(): Promise<AnyCredentials | null>;
  /** Called if the server refused this token as expired; true if there is a new one. */
  renew(token: string | undefined): Promise<boolean>;
  /** Whether a request may be sent again that the server may have carried out. */
  mayBeRepeated(request: OutgoingRequest): boolean;
}

/** A signature that was refused, and what it was made with. */
interface Attempt {
  readonly signature: MadeSignature;
  readonly credentials: AnyCredentials;
  /** See ServerClock. */
  readonly correction: number;
  /** The time of the signature, in unix seconds. */
  readonly t: number;
  /** Milliseconds since it was made. */
  readonly elapsed: () => number;
}

/** How a fetch signs requests, and verifies responses. */
interface SigningOptions {
  /** How to sign; with `x-signature` by default. */
  readonly sign?: SignParts;
  /**
   * Verifies each response before it is returned; without it no response is verified. Sending again needs no verified
   * refusal: it is safe after any response.
   */
  readonly verifier?: ResponseVerifier | null;
  /** The keys of the service that the client was given: they prove its clock to a private key. */
  readonly pinned?: ResponseKey | null;
}

/**
 * A fetch that signs what it sends, after URL and body are complete. It sends a request again, with a new signature,
 * once for each of four refusals, if the request is safe to repeat: SIGNATURE_EXPIRED with a clock that the server proved,
 * TOKEN_EXPIRED if the session could be refreshed, SIGNATURE_MALFORMED if it was signed for a corrected time, and
 * SIGNATURE_REPLAYED, since something between client and service sent the request twice. Any request is safe to repeat whose
 * signature was outside its window when it was sent, as the clock of SIGNATURE_EXPIRED shows.
 * If SIGNATURE_INVALID shows the base that the server built, it adds both bases to the message. It returns every other
 * response unchanged.
 */
export function createSigningFetch(
  send: Send,
  clock: ServerClock,
  signer: SigningCredentials,
  { sign = signParts, verifier = null, pinned = null }: SigningOptions = {},
): Fetch {
  const verifyAndReturn = async (
    response: Response,
    sent: OutgoingRequest,
    credentials: AnyCredentials | null,
  ) => (verifier ? verifier.verify(response, sent, credentials) : response);
  const remedy = remedyFor(clock, signer, pinned);
  return async (input, init) => {
    const unsigned = await readOutgoingRequest(input, init);
    const contentType = unsigned.headers['content-type'] ?? '';
    const tried = new Set<string>();
    for (;;) {
      const credentials = await signer.credentials();
      if (!credentials) return verifyAndReturn(await send(unsigned), unsigned, null);
      const { correction } = clock;
      // A private key makes only RFC 9421 signatures, and a session may have one.
      const signBy = 'privateKey' in credentials ? signStandardLazily : sign;
      const [elapsed, t] = [startStopwatch(), clock.now()];
      const { proofs, signature, base } = await signBy({ ...unsigned, contentType }, credentials, t);
      const acceptSignature = verifier ? { 'accept-signature': verifier.acceptSignature } : {};
      const sent = { ...unsigned, headers: { ...unsigned.headers, ...proofs, ...acceptSignature } };
      const response = await send(sent);
      const verify = () => verifyAndReturn(response, sent, credentials);
      const refusal = await refusalOf(response);
      if (!refusal) return verify();
      const { reason, debug } = refusal.data;
      if (typeof debug?.base === 'string') {
        // Only a service in development shows its base: the code that compares loads with the first difference.
        const { compareBases } = await import('./compare-signature-bases.ts');
        return explainRefusal(await verify(), refusal, compareBases(base, debug.base));
      }
      if (tried.has(reason)) return verify();
      tried.add(reason);
      const attempt = { signature, credentials, correction, t, elapsed };
      const mayRetry = await remedy(refusal.data, unsigned, attempt);
      if (!mayRetry) return verify();
      // An unread body would hold the connection.
      await response.body?.cancel();
    }
  };
}

type Remedy = (refusal: RefusalData, unsigned: OutgoingRequest, attempt: Attempt) => Promise<boolean>;

/** Corrects the cause of a refusal; true if the request may then be sent again, with a new signature. */
function remedyFor(clock: ServerClock, signer: SigningCredentials, pinned: ResponseKey | null): Remedy {
  return async ({ reason, clock: proof }, unsigned, { signature, credentials, correction, t, elapsed }) => {
    const { userToken } = credentials;
    switch (reason) {
      case 'SIGNATURE_EXPIRED':
        // The right time helps later calls even if this one may not be repeated.
        if (!proof || !(await clock.correct(proof, signature, credentials, pinned))) return false;
        return wasNeverValid(t, proof.now, elapsed()) || signer.mayBeRepeated(unsigned);
      case 'SIGNATURE_MALFORMED':
        // Nothing proves this response: it may follow a call that was carried out.
        return clock.undo(correction) && signer.mayBeRepeated(unsigned);
      case 'SIGNATURE_REPLAYED':
        // A browser or a proxy sends a request again if its connection breaks: the first copy was accepted, its response lost.
        return signer.mayBeRepeated(unsigned);
      case 'TOKEN_EXPIRED':
        return signer.mayBeRepeated(unsigned) && signer.renew(userToken);
      default:
        return false;
    }
  };
}

/** Queries, and mutations in which every call carries an idempotency key. */
export function isIdempotent({ method, url, body }: OutgoingRequest): boolean {
  if (method === 'GET') return true;
  const input = readJson(body);
  const calls = new URL(url).searchParams.has('batch') ? Object.values(input) : [input];
  return calls.length > 0 && calls.every((call) => typeof Object(call).idempotencyKey === 'string');
}

function readJson(body: OutgoingRequest['body']): Record<string, unknown> {
  try {
    return Object(JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body ?? undefined)));
  } catch {
    return {};
  }
}

/** The gate's refusal of a whole request, read from a copy of the response. */
async function refusalOf(response: Response): Promise<RefusalShape | null> {
  if (response.status !== 401) return null;
  const json: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return readShape(json);
}

/** The same response, with more in its message. */
async function explainRefusal(response: Response, refusal: RefusalShape, more: string): Promise<Response> {
  await response.body?.cancel();
  const error = { ...refusal, message: `${refusal.message} ${more}` };
  return new Response(JSON.stringify({ error }), response);
}
