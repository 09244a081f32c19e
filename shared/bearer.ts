import { type Fault, formFault } from './form-rules.ts';
import { keyIdsOf } from './http-signature/read.ts';
import { type KeyText, parseKey } from './key-format.ts';
import type { Reason } from './refusals.ts';
import type { HeaderValues } from './request-rules.ts';
import { isSessionId } from './signature.ts';

/** The credential in the `authorization` header. */
export type Bearer =
  | { readonly kind: 'key'; readonly text: string; readonly parsed: KeyText }
  | { readonly kind: 'token'; readonly text: string }
  | { readonly kind: 'none' };

/** The headers with a request's proofs; null if one was not sent. */
export interface Proofs {
  readonly authorization: string | null;
  readonly signature: string | null;
  readonly userToken: string | null;
  /** Every header: an RFC 9421 signature is in two of them, and covers others. */
  readonly fields: HeaderValues;
}

/** Reads the proofs from a well-formed header list. An empty signature or user token counts as absent. */
export function proofsIn(values: HeaderValues): Proofs {
  return {
    authorization: values('authorization')[0] ?? null,
    signature: values('x-signature')[0] || null,
    userToken: values('x-user-token')[0] || null,
    fields: values,
  };
}

/** The broken rule if `parseBearer` returns REQUEST_MALFORMED. */
export const TOKEN_BESIDE_TOKEN: Fault = formFault('token-beside-token', 'headers.x-user-token');

/** RFC 6750 §2.1: `Bearer` in any case, a space, and one token68 (RFC 9110 §11.2). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Parses the bearer token without a database query: a key with a wrong checksum fails here.
 * @returns the reason KEY_MISSING, KEY_INVALID or REQUEST_MALFORMED if there is no valid credential; TOKEN_MISSING if a session
 * signs without its token
 */
export function parseBearer(proofs: Proofs, brand: string): Bearer | Reason {
  const { authorization, userToken } = proofs;
  if (authorization === null) return isSignedBySession(proofs) ? 'TOKEN_MISSING' : 'KEY_MISSING';
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined) return 'KEY_INVALID';
  if (!text.startsWith(`${brand}_`)) {
    return userToken === null ? { kind: 'token', text } : 'REQUEST_MALFORMED';
  }
  const parsed = parseKey(brand, text);
  return parsed ? { kind: 'key', text, parsed } : 'KEY_INVALID';
}

/** Whether the request seems to be signed by a session. Nothing is verified: this only chooses between two reasons. */
function isSignedBySession({ signature, fields }: Proofs): boolean {
  if (signature !== null) return isSessionId(/^v1,k=([^,]*),/.exec(signature)?.[1] ?? '');
  return keyIdsOf(fields).some(isSessionId);
}
