import { hash } from 'node:crypto';
import { receiptedText } from '../../../shared/http-signature/receipt.ts';
import { parseSignature, signatureBase } from '../../../shared/signature.ts';
import type { Caller } from '../../gate/caller/caller.ts';
import type { SignedRequest, VerifiedSignature } from '../../gate/request/request.ts';
import { baseDigest } from '../../gate/signature/signature.ts';

/** A request that gets a receipt. */
export type ReceiptedRequest = Pick<
  SignedRequest,
  'method' | 'authority' | 'target' | 'contentType' | 'authorization' | 'signature' | 'userToken'
>;

/**
 * SHA-256 of everything that the request's signature covers (`receiptedText`), in lowercase hex. Token and body are included as
 * digests, so that a receipt can be checked without the token.
 */
export function receiptedDigest(
  request: ReceiptedRequest,
  { standard }: VerifiedSignature,
  caller: Caller,
  bodyDigest: string,
): string {
  const { method, authority, target, contentType, authorization, signature, userToken } = request;
  const { k, t, nonce } = standard ?? parseSignature(signature ?? '') ?? { k: '', t: 0, nonce: '' };
  // The gate has read it as a bearer token: one word, then the token.
  const token = caller.kind === 'key' ? userToken : (authorization?.split(' ').at(-1) ?? null);
  const tokenDigest = baseDigest(token);
  const base = signatureBase({
    k,
    t,
    nonce,
    method,
    authority,
    target,
    contentType,
    tokenDigest,
    bodyDigest,
  });
  return hash('sha256', receiptedText(base, standard && `${standard.label}=${standard.parameters}`), 'hex');
}
