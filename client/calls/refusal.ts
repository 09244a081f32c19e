import { TRPCClientError } from '@trpc/client';
import { docsOf } from '../../shared/refusal-form.ts';
import type { Reason, RefusalData, RefusalShape } from '../../shared/refusals.ts';
import type { KeysealRouter } from '../router.ts';

/**
 * What a refused call rejects with. `reason` is a union, so that a `switch` over it can be exhaustive;
 * `details` has its details (`missing`, `retryAfter`, `requestId` …). A call that got a response from something else
 * rejects with a KeysealHttpError, one that got none with a plain TRPCClientError.
 * @example
 * ```ts
 * import { type KeysealClient, KeysealRefusal } from '@keyseal/client';
 *
 * async function revoke(client: KeysealClient, id: string): Promise<void> {
 *   try {
 *     await client.keys.revoke.mutate({ id });
 *   } catch (error) {
 *     if (!(error instanceof KeysealRefusal)) throw error; // the network, or a bug
 *     if (error.reason !== 'KEY_NOT_FOUND') throw error;
 *   }
 * }
 * ```
 */
export class KeysealRefusal extends TRPCClientError<KeysealRouter> {
  readonly reason: Reason;
  readonly details: RefusalData;
  /** The HTTP status of the call; in a batch each call has its own. */
  readonly status: number;

  constructor(shape: RefusalShape, meta?: Record<string, unknown>) {
    super(shape.message, { result: { error: shape }, ...(meta ? { meta } : {}) });
    // The base constructor sets the prototype of every subclass to TRPCClientError's.
    Object.setPrototypeOf(this, KeysealRefusal.prototype);
    this.name = 'KeysealRefusal';
    this.reason = shape.data.reason;
    this.details = shape.data;
    this.status = shape.data.httpStatus;
  }
}

/**
 * The refusal of a user's call if no one is signed in. The client itself makes it, so it has no request id.
 * @param base the service's URL
 */
export function notSignedIn(base: string): KeysealRefusal {
  const reason = 'TOKEN_MISSING';
  const data = {
    code: 'UNAUTHORIZED',
    httpStatus: 401,
    reason,
    requestId: '',
    docs: docsOf(reason, base),
  } as const;
  return new KeysealRefusal({ message: 'Nobody is signed in.', code: -32001, data });
}

/** The syntax of a reason. A service newer than the client may send one that its types do not know. */
const REASON = /^[A-Z][A-Z_]{2,63}$/;

/** The refusal in a JSON response, or null. */
export function readShape(json: unknown): RefusalShape | null {
  const error = (json as { error?: RefusalShape } | null)?.error;
  return typeof error === 'object' && REASON.test(String(error?.data?.reason)) ? error : null;
}

/** Converts an error of a call to a KeysealRefusal if it is one. */
export function toKeysealRefusal(error: TRPCClientError<KeysealRouter>): TRPCClientError<KeysealRouter> {
  if (error instanceof KeysealRefusal) return error;
  const shape = readShape({ error: error.shape });
  return shape ? new KeysealRefusal(shape, error.meta) : error;
}
