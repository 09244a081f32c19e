/** The tag of a signature of a response, in `accept-signature` and in `signature-input`. */
export const RESPONSE_TAG = 'keyseal-response';
/** The label under which the client asks for it. */
export const RESPONSE_LABEL = 'keyseal';
/** The response header that carries the receipt. */
export const RECEIPT_FIELD = 'x-keyseal-receipt';
/** Where the service publishes the keys that sign its responses. */
export const RESPONSE_KEYS_PATH = '/.well-known/http-message-signatures-directory';

/** A MAC under the signing secret that signed the request, or a signature by the service's own key. */
export type ResponseAlgorithm = 'hmac-sha256' | 'ed25519';

/**
 * The components that a signature of a response covers, each with its parameters. Those with `req` bind it to the request
 * (RFC 9421 §2.4): its signature covers the nonce, so no other request has the same.
 * @param label of the request's RFC 9421 signature; null if it has `x-signature`
 * @param hasReceipt whether the response has a receipt
 */
export const responseComponents = (label: string | null, hasReceipt = false): readonly string[] => [
  '"@status"',
  '"content-digest"',
  '"content-type"',
  '"x-request-id"',
  ...(hasReceipt ? [`"${RECEIPT_FIELD}"`] : []),
  '"@method";req',
  '"@target-uri";req',
  requestSignatureComponent(label),
];

/** The request's own signature, as a component of the response. */
export const requestSignatureComponent = (label: string | null): string =>
  label === null ? '"x-signature";req' : `"signature";req;key="${label}"`;
