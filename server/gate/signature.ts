import { hash } from 'node:crypto';
import {
  clockBase,
  EMPTY_SHA256,
  parseSignature,
  SIGNATURE_MAX_AGE,
  SIGNATURE_MAX_AHEAD,
  type Signature,
  signatureBase,
} from '../../shared/signature.ts';
import { hmacSha256, verifyHmac } from '../lib/hmac.ts';
import { Refusal } from '../lib/refusal.ts';
import type { SignedRequest } from './request.ts';
import type { Signer } from './signer.ts';

/** A clock that is further ahead than this, in seconds, is not wrong by accident: its nonces would be kept too long. */
const MAX_CLOCK_ERROR = 600;

/** Refuses with SIGNATURE_MISSING or SIGNATURE_MALFORMED. @param now unix seconds */
export function readSignature(header: string | null, now: number): Signature {
  if (header === null) throw new Refusal('SIGNATURE_MISSING');
  const signature = parseSignature(header);
  if (!signature || !(signature.t <= now + MAX_CLOCK_ERROR)) throw new Refusal('SIGNATURE_MALFORMED');
  return signature;
}

/** SHA-256 of a user token, lowercase hex, as it is signed; that of nothing where there is none. */
export const baseDigest = (token: string | null): string =>
  token === null ? EMPTY_SHA256 : hash('sha256', token, 'hex');

/**
 * Checks that the signer is the one that `k` names, and the MAC over the request as it arrived.
 * Refuses with SIGNATURE_INVALID.
 * @param tokenDigest of the user token that was sent, in either header
 * @param payer whose share of memory the body takes
 * @param tell whether the refusal carries the base that was built (never the expected MAC)
 */
export async function checkSignature(
  signature: Signature,
  signer: Signer,
  request: SignedRequest,
  tokenDigest: string,
  tell: boolean,
): Promise<void> {
  if (signature.k !== signer.id) throw new Refusal('SIGNATURE_INVALID');
  const base = signatureBase({
    k: signature.k,
    t: signature.t,
    nonce: signature.nonce,
    method: request.method,
    authority: request.authority,
    target: request.target,
    contentType: request.contentType,
    tokenDigest,
    bodyDigest: (await request.body(signer.payer)).digest,
  });
  if (verifyHmac(signer.signingSecret, base, signature.mac)) return;
  throw new Refusal('SIGNATURE_INVALID', tell ? { debug: { base } } : {});
}

/** Whether `t` lies within the window, too far back, or too far ahead. @param now unix seconds */
export function ageOf(signature: Signature, now: number): 'fresh' | 'old' | 'ahead' {
  if (!(signature.t >= now - SIGNATURE_MAX_AGE)) return 'old';
  return signature.t <= now + SIGNATURE_MAX_AHEAD ? 'fresh' : 'ahead';
}

/** SIGNATURE_EXPIRED with a clock that the holder of the secret, and nobody else, can check. */
export function expired(signature: Signature, secret: string, now: number): Refusal {
  const mac = hmacSha256(secret, clockBase(signature.k, signature.nonce, now));
  return new Refusal('SIGNATURE_EXPIRED', { clock: { now, mac } });
}
