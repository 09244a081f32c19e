import { TRPCClientError } from '@trpc/client';
import type { Reason } from '../../shared/refusals.ts';
import type { KeysealRouter } from '../router.ts';

/**
 * What is wrong with a response: `unsigned` if it has no signature, `incomplete` if the signature does not cover what it
 * must, or is not of the required kind, `key` if its key is unknown, `signature` if it does not verify for this response to
 * this request, `content` if the body is not the signed one, `stream` if a subscription cannot be verified.
 */
export type ResponseProblem = 'unsigned' | 'incomplete' | 'key' | 'signature' | 'content' | 'stream';

/** What is known of a response besides its problem. Nothing of it is proven. */
interface UnprovenFacts {
  /** The HTTP status; 0 if there is none. */
  readonly status: number;
  /** The reason that an unsigned refusal claims; null for any other response. */
  readonly claimedReason: Reason | null;
}

/**
 * What a call of a client with `verifyResponses` rejects with if the response does not verify. The response itself is
 * never returned. Whether the call was carried out is not known.
 * @example
 * ```ts
 * import { type KeysealClient, ResponseUnverified } from '@keyseal/client';
 *
 * async function greet(client: KeysealClient, name: string): Promise<string | null> {
 *   try {
 *     return (await client.exemple.query({ name })).message;
 *   } catch (error) {
 *     if (!(error instanceof ResponseUnverified)) throw error;
 *     console.error(error.problem, error.message);
 *     return null;
 *   }
 * }
 * ```
 */
export class ResponseUnverified extends TRPCClientError<KeysealRouter> implements UnprovenFacts {
  readonly problem: ResponseProblem;
  readonly status: number;
  readonly claimedReason: Reason | null;

  constructor(message: string, problem: ResponseProblem, { status, claimedReason }: UnprovenFacts) {
    super(message);
    // The base constructor sets the prototype of every subclass to TRPCClientError's.
    Object.setPrototypeOf(this, ResponseUnverified.prototype);
    this.name = 'ResponseUnverified';
    this.problem = problem;
    this.status = status;
    this.claimedReason = claimedReason;
  }
}
