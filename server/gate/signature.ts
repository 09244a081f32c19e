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

/**
 * A clock ahead by more than this, in seconds, is no accident: it would make the service store nonces for too long.
 */
const MAX_CLOCK_ERROR = 600;

/**
 * @param now unix seconds
 * @throws Refusal SIGNATURE_MISSING, SIGNATURE_MALFORMED
 */
export function readSignature(header: string | null, now: number): Signature {
  if (header === null) throw new Refusal('SIGNATURE_MISSING');
  const signature = parseSignature(header);
  if (!signature || !(signature.t <= now + MAX_CLOCK_ERROR)) throw new Refusal('SIGNATURE_MALFORMED');
  return signature;
}

/** SHA-256 of a user token in lowercase hex, as the base contains it; that of the empty text without a token. */
export const baseDigest = (token: string | null): string =>
  token === null ? EMPTY_SHA256 : hash('sha256', token, 'hex');

/**
 * Checks that `k` names the signer, then the MAC over the request as it arrived.
 * @param tokenDigest of the user token, whichever header carried it
 * @param showsBase whether the refusal carries the base that the service built (never the expected MAC)
 * @throws Refusal SIGNATURE_INVALID
 */
export async function checkSignature(
  signature: Signature,
  signer: Signer,
  request: SignedRequest,
  tokenDigest: string,
  showsBase: boolean,
): Promise<void> {
  if (signature.k !== signer.id) throw new Refusal('SIGNATURE_INVALID');
  const { method, authority, target, otherTargets = [], contentType } = request;
  const bodyDigest = (await request.body(signer.payer)).digest;
  const { k, t, nonce } = signature;
  const baseWith = (signed: string) =>
    signatureBase({ k, t, nonce, method, authority, target: signed, contentType, tokenDigest, bodyDigest });
  const matches = (signed: string) => verifyHmac(signer.signingSecret, baseWith(signed), signature.mac);
  if (matches(target) || otherTargets.some(matches)) return;
  throw new Refusal('SIGNATURE_INVALID', showsBase ? { debug: { base: baseWith(target) } } : {});
}

/** Whether `t` lies within the window, before it, or after it. @param now unix seconds */
export function ageOf(signature: Signature, now: number): 'fresh' | 'old' | 'ahead' {
  if (!(signature.t >= now - SIGNATURE_MAX_AGE)) return 'old';
  return signature.t <= now + SIGNATURE_MAX_AHEAD ? 'fresh' : 'ahead';
}

/** SIGNATURE_EXPIRED with the server's clock under a MAC that only the holder of the secret can check. */
export function expired(signature: Signature, secret: string, now: number): Refusal {
  const mac = hmacSha256(secret, clockBase(signature.k, signature.nonce, now));
  return new Refusal('SIGNATURE_EXPIRED', { clock: { now, mac } });
}
