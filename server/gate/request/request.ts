import { proofsIn } from '../../../shared/bearer.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { StandardSignature } from '../../../shared/http-signature/read.ts';
import type { HeaderValues } from '../../../shared/request-rules.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import type { HmacKey } from '../../lib/hmac.ts';
import type { FailureCounterKey } from './throttle.ts';

/** The request as the gate sees it: as it arrived, with nothing decoded. */
export interface SignedRequest {
  readonly id: string;
  readonly method: string;
  /** Host and port of the allowed public origin. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  /** Other spellings of the target: a service that calls `verify` may see a rewritten one. The signature covers one of them. */
  readonly otherTargets?: readonly string[];
  /** Empty if the client sent none. */
  readonly contentType: string;
  readonly authorization: string | null;
  readonly signature: string | null;
  readonly userToken: string | null;
  /** The lines of each header, unchanged and in order. */
  readonly fields: HeaderValues;
  /** The schemes that the client may have used: one, unless a service that calls `verify` did not name it. */
  readonly schemes: readonly string[];
  /** The client's IP address, even behind trusted proxies; null if a service that calls `verify` does not report it. */
  readonly address: string | null;
  /** Where failed attempts are counted. */
  readonly failureCounterKey: FailureCounterKey;
  /** The fairness path that pays for work before authentication: an IP address, or the key that calls `verify`. */
  readonly payer: FairnessPath;
  /** The called procedures, by the names under which calls are counted. */
  readonly procedures: readonly string[];
  /** When the service read the request, by `performance.now()`. */
  readonly startedAt: number;
  /**
   * Reads the body once, however often it is called. Refuses a body that is too large or too slow.
   * @param payer whose share of memory the body uses; null charges the IP address of an unauthenticated caller
   */
  body(payer: BodyPayer | null): MaybePromise<SignedBody>;
  /** Called when the signature has verified, before anything else is checked: once it has run, a refusal can be signed. */
  readonly onVerified?: ((signature: VerifiedSignature) => void) | undefined;
}

/** A verified signature, and what signs the response to its request. */
export interface VerifiedSignature {
  /** The id of the key or the session. */
  readonly id: string;
  /** The signing secret that made it; null if a public key verified it. */
  readonly secret: HmacKey | null;
  /** The RFC 9421 signature; null for `x-signature`. */
  readonly standard: Pick<
    StandardSignature,
    'label' | 'value' | 'valueParameters' | 'k' | 't' | 'nonce' | 'parameters'
  > | null;
  /** The scheme of the target as the client has it. */
  readonly scheme: string;
}

/** The credential that a body is charged to, before its MAC is checked. */
export interface BodyPayer {
  readonly credential: FairnessPath;
  /** Whether the request has a valid bearer token: the secret or a token of the credential, and not only its id. */
  readonly hasValidBearer: boolean;
}

/** Reads the credentials and the signed headers from a well-formed header list. An empty signature counts as none. */
export function readCredentials(
  values: HeaderValues,
): Pick<SignedRequest, 'authorization' | 'signature' | 'userToken' | 'fields' | 'contentType'> {
  const { authorization, signature, userToken, fields } = proofsIn(values);
  return { authorization, signature, userToken, fields, contentType: values('content-type')[0] ?? '' };
}

/** The digests of a body that its signature covers. */
export interface SignedBody {
  /** SHA-256 in lowercase hex. */
  readonly digest: string;
  /** The bytes; without them a service that calls `verify` reports the digests. */
  readonly bytes?: Uint8Array;
  /** SHA-512 in lowercase hex, if a service reports it. */
  readonly sha512?: string | null;
}

/** The whole body and its SHA-256 in lowercase hex, computed while the bytes arrive. */
export interface Body extends SignedBody {
  readonly bytes: Uint8Array;
}
