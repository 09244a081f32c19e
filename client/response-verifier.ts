import { RESPONSE_LABEL, RESPONSE_TAG } from '../shared/http-signature/response.ts';
import type { Credentials } from './credentials.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

/** Asks for signed responses, and verifies them. */
export interface ResponseVerifier {
  /** The value of `accept-signature` (RFC 9421 §5.1). */
  readonly asks: string;
  /**
   * @param sent the request with the headers that it was sent with
   * @param credentials that signed it; null if it was sent unsigned
   * @returns the same response, read whole; rejects with ResponseUnverified
   */
  verify(response: Response, sent: OutgoingRequest, credentials: Credentials | null): Promise<Response>;
}

/** Verifies MACs by the secret that signed the request. It loads its code with the first response: most clients do not verify. */
export const macVerifier: ResponseVerifier = {
  asks: `${RESPONSE_LABEL}=();tag="${RESPONSE_TAG}"`,
  verify: async (response, sent, credentials) => {
    const { macKeyOf, verifyResponse } = await import('./verify-response.ts');
    return verifyResponse(response, sent, credentials && macKeyOf(credentials));
  },
};
