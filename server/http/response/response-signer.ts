import { hash } from 'node:crypto';
import { type Fault, formFault } from '../../../shared/form-rules.ts';
import { formatReceipt, type ReceiptPosition } from '../../../shared/http-signature/receipt.ts';
import {
  RECEIPT_FIELD,
  RESPONSE_TAG,
  requestSignatureComponent,
  responseComponents,
} from '../../../shared/http-signature/response.ts';
import { serializeItem } from '../../../shared/structured-fields/serialize.ts';
import type { Caller } from '../../gate/caller/caller.ts';
import { payerOfCaller } from '../../gate/caller/caller-payer.ts';
import type { SignedBody, SignedRequest, VerifiedSignature } from '../../gate/request/request.ts';
import { seconds } from '../../lib/clock.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { refusalOfFault } from '../../lib/refusal.ts';
import type { ReceiptChains } from '../../stores/audit/receipt-chains.ts';
import type { Stores } from '../../stores/stores.ts';
import { type RequestedSignature, readAcceptSignature } from './accept-signature.ts';
import { type ReceiptedRequest, receiptedDigest } from './receipted-request.ts';
import type { Fields, WholeResponse } from './response.ts';

/** The request that a response is bound to. */
type BoundRequest = Pick<SignedRequest, 'id' | 'method' | 'authority' | 'target' | 'signature' | 'fields'> &
  ReceiptedRequest;
type CoveredRequestSignature = NonNullable<VerifiedSignature['standard']>;
type SigningStores = Pick<Stores, 'responseKeys' | 'clock'>;

const STREAMED = formFault('accept-signature-stream', 'headers.accept-signature');
const NO_SECRET = formFault(
  'accept-signature',
  'headers.accept-signature',
  'REQUEST_MALFORMED',
  'must have ed25519 as alg, or none: the key of this request has no signing secret',
);

/** Signs the response to one request that requires it (RFC 9421 §5), once the request's own signature has verified. */
export class ResponseSigner {
  readonly #request: BoundRequest;
  #verified: VerifiedSignature | null = null;
  #position: ReceiptPosition | null = null;

  constructor(request: BoundRequest) {
    this.#request = request;
  }

  /** Records that the request's signature has verified. Before that nothing is parsed or signed. */
  readonly begin = (verified: VerifiedSignature): void => {
    this.#verified = verified;
  };

  /**
   * Checks that the response can be signed as requested, before any call is carried out.
   * @param isStream whether the response may be a stream: its digest is not known when its headers are sent
   * @throws Refusal REQUEST_MALFORMED
   */
  check(isStream: boolean): void {
    const fault = this.#verified && faultOf(this.#requested(), this.#verified, isStream);
    if (fault) throw refusalOfFault(fault);
  }

  /**
   * Reserves the request's position in its workspace's chain of receipts, if it requests a receipt, before any call is carried
   * out.
   * @throws if the store fails
   */
  takePosition(caller: Caller, { digest }: SignedBody, chains: ReceiptChains): MaybePromise<void> {
    const requested = this.#requested();
    if (!this.#verified || !requested || 'issue' in requested || !requested.receipt) return;
    const request = receiptedDigest(this.#request, this.#verified, caller, digest);
    return chains.take(caller.workspaceId, request, payerOfCaller(caller)).then((position) => {
      this.#position = position;
    });
  }

  /**
   * The fields that sign a response; none if it is not requested, or cannot be. The response must be sent with this body and
   * this content type, and with the request's id as `x-request-id`.
   */
  fieldsOf({ status, contentType, body }: WholeResponse, { responseKeys, clock }: SigningStores): Fields {
    const [verified, requested] = [this.#verified, this.#requested()];
    if (!verified || !requested || 'issue' in requested) return {};
    const { id, method, authority, target, signature } = this.#request;
    const { standard, secret, scheme } = verified;
    const key = requested.algorithm === 'ed25519' || secret === null ? responseKeys.signer() : null;
    const digest = `sha-256=:${hash('sha256', body, 'base64')}:`;
    const receipt = this.#position && formatReceipt(this.#position);
    const parameters =
      `(${listFor(standard, receipt !== null)});created=${seconds(clock)};keyid="${key?.kid ?? verified.id}"` +
      `;alg="${key ? 'ed25519' : 'hmac-sha256'}";tag="${RESPONSE_TAG}"`;
    const requestSignature = standard ? writtenSignature(standard) : signature;
    // RFC 9421 §2.5, in the order of `responseComponents`. Written out in full: joining lines takes three times as long.
    const base =
      `"@status": ${status}\n"content-digest": ${digest}\n"content-type": ${contentType}\n"x-request-id": ${id}\n` +
      (receipt === null ? '' : `"${RECEIPT_FIELD}": ${receipt}\n`) +
      `"@method";req: ${method}\n"@target-uri";req: ${scheme}://${authority}${target}\n` +
      `${requestSignatureComponent(standard?.label ?? null)}: ${requestSignature}\n"@signature-params": ${parameters}`;
    const bytes = key ? key.sign(base) : secret?.mac(base, 'base64');
    return {
      'content-digest': digest,
      ...(receipt === null ? {} : { [RECEIPT_FIELD]: receipt }),
      'signature-input': `${requested.label}=${parameters}`,
      signature: `${requested.label}=:${bytes}:`,
    };
  }

  #requested(): RequestedSignature | Fault | null {
    return this.#verified && readAcceptSignature(this.#request.fields('accept-signature'));
  }
}

/** The dictionary member of `signature`, as a component of the response (RFC 9421 §2.1.2). */
const writtenSignature = ({ value, valueParameters: parameters }: CoveredRequestSignature): string =>
  serializeItem({ value: { type: 'bytes', value }, parameters });

/** The components that a response covers, as `signature-input` lists them. */
const listFor = (standard: CoveredRequestSignature | null, hasReceipt: boolean): string =>
  standard || hasReceipt ? responseComponents(standard?.label ?? null, hasReceipt).join(' ') : LIST_OF_V1;
const LIST_OF_V1 = responseComponents(null).join(' ');

function faultOf(
  requested: RequestedSignature | Fault | null,
  { secret }: VerifiedSignature,
  isStream: boolean,
): Fault | null {
  if (requested === null) return null;
  if ('issue' in requested) return requested;
  if (isStream) return STREAMED;
  return requested.algorithm === 'hmac-sha256' && secret === null ? NO_SECRET : null;
}
