import { RESPONSE_LABEL, RESPONSE_TAG } from '../shared/http-signature/response.ts';
import type { AnyCredentials } from './credentials.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import type { Send } from './transport.ts';
import type { ResponseKey } from './verify-response.ts';

/** Asks for signed responses, and verifies them. */
export interface ResponseVerifier {
  /** The value of `accept-signature` (RFC 9421 §5.1). */
  readonly asks: string;
  /**
   * @param sent the request with the headers that it was sent with
   * @param credentials that signed it; null if it was sent unsigned
   * @returns the same response, read whole; rejects with ResponseUnverified
   */
  verify(response: Response, sent: OutgoingRequest, credentials: AnyCredentials | null): Promise<Response>;
}

/**
 * Verifies signatures of the service by the keys of its directory, for a client that shares no secret with it.
 * @param base the service's URL
 */
export function directoryVerifier(base: string, send: Send): ResponseVerifier {
  let loading: Promise<ResponseKey> | undefined;
  const load = async () => new (await import('./response-directory.ts')).ResponseDirectory(base, send);
  return {
    asks: `${RESPONSE_LABEL}=();alg="ed25519";tag="${RESPONSE_TAG}"`,
    verify: async (response, sent, credentials) => {
      loading ??= load();
      const [{ verifyResponse }, key] = await Promise.all([import('./verify-response.ts'), loading]);
      return verifyResponse(response, sent, credentials && key);
    },
  };
}

/** Verifies MACs by the secret that signed the request. It loads its code with the first response: most clients do not verify. */
export const macVerifier: ResponseVerifier = {
  asks: `${RESPONSE_LABEL}=();tag="${RESPONSE_TAG}"`,
  verify: async (response, sent, credentials) => {
    const { macKeyOf, verifyResponse } = await import('./verify-response.ts');
    const secret = credentials && !('privateKey' in credentials) ? macKeyOf(credentials) : null;
    return verifyResponse(response, sent, secret);
  },
};
