import { RESPONSE_LABEL, RESPONSE_TAG } from '../../shared/http-signature/response.ts';
import type { AnyCredentials } from '../signing/credentials.ts';
import type { OutgoingRequest } from '../signing/outgoing-request.ts';
import type { Receipt } from './receipt.ts';
import type { ResponseKey } from './response-key.ts';

/** Keeps a receipt. A call whose receipt cannot be kept rejects with the error. */
export type OnReceipt = (receipt: Receipt) => void | Promise<void>;

/** Requests signed responses, and verifies them. */
export interface ResponseVerifier {
  /** The value of `accept-signature` (RFC 9421 §5.1). */
  readonly acceptSignature: string;
  /**
   * @param sent the request with the headers that it was sent with
   * @param credentials that signed it; null if it was sent unsigned
   * @returns the same response, read whole; rejects with ResponseUnverified
   */
  verify(response: Response, sent: OutgoingRequest, credentials: AnyCredentials | null): Promise<Response>;
}

/**
 * Verifies the service's signatures with its public keys.
 * @param keys that the client was given, or those of the directory
 * @param onReceipt requests receipts, and gets each before the response is handed on
 */
export const keyVerifier = (keys: ResponseKey, onReceipt: OnReceipt | undefined): ResponseVerifier => ({
  acceptSignature: `${RESPONSE_LABEL}=();alg="ed25519"${onReceipt ? ';receipt' : ''};tag="${RESPONSE_TAG}"`,
  verify: async (received, sent, credentials) => {
    const { verifyResponse } = await import('./verify-response.ts');
    const required = { label: RESPONSE_LABEL, hasReceipt: onReceipt !== undefined };
    const { response, bytes } = await verifyResponse(received, sent, credentials && keys, required);
    if (onReceipt && credentials) {
      const { receiptOf } = await import('./receipt.ts');
      const receipt = await receiptOf(response, bytes, sent, credentials);
      if (receipt) await onReceipt(receipt);
    }
    return response;
  },
});

/**
 * Verifies MACs with the secret that signed the request; for a session with a private key, the service's signatures. It loads its
 * code with the first response: most clients do not verify.
 * @param keys that the client was given, or those of the directory
 */
export const secretVerifier = (keys: ResponseKey): ResponseVerifier => ({
  acceptSignature: `${RESPONSE_LABEL}=();tag="${RESPONSE_TAG}"`,
  verify: async (response, sent, credentials) => {
    const { macKeyOf, verifyResponse } = await import('./verify-response.ts');
    const keyOf = (signer: AnyCredentials) => ('privateKey' in signer ? keys : macKeyOf(signer));
    return (await verifyResponse(response, sent, credentials && keyOf(credentials))).response;
  },
});
