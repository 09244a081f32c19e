import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';
import { type HeaderValues, proofsIn } from '../../shared/request-rules.ts';
import type { ThrottledSource } from './throttle.ts';

/** What the gate is shown of a request: everything as it travelled, nothing decoded. */
export interface SignedRequest {
  readonly id: string;
  readonly method: string;
  /** The allowed public origin's host and port. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  /** Empty where none was sent. */
  readonly contentType: string;
  readonly authorization: string | null;
  readonly signature: string | null;
  readonly userToken: string | null;
  /** The client's address, behind trusted proxies too; null where a service that asks does not tell. */
  readonly address: string | null;
  /** Where failed guesses are counted. */
  readonly suspect: ThrottledSource;
  /** Whom work is charged to that is done before anything is proven: an address, or a key that asks `verify`. */
  readonly asker: FairnessKey;
  /** What is called, by the names under which the calls are counted. */
  readonly procedures: readonly string[];
  /** When it was read, by `performance.now()`. */
  readonly begun: number;
  /**
   * Reads the body, once, however often it is called: refused where it is too large or too slow.
   * @param payer whose share of memory it takes; null for a caller who has proven nothing, whose address is charged
   */
  body(payer: FairnessKey | null): Promise<Pick<Body, 'digest'>>;
}

/** What a well-formed header list has of proofs, and what is signed of it. An empty signature is none. */
export function readCredentials(
  values: HeaderValues,
): Pick<SignedRequest, 'authorization' | 'signature' | 'userToken' | 'contentType'> {
  return {
    ...proofsIn(values),
    contentType: values('content-type')[0] ?? '',
  };
}

/** The whole body and its SHA-256 in lowercase hex, taken as the bytes arrived. */
export interface Body {
  readonly bytes: Uint8Array;
  readonly digest: string;
}
