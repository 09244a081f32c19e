import { hash } from 'node:crypto';
import type { Bearer } from '../../../shared/bearer.ts';
import { formFault } from '../../../shared/form-rules.ts';
import { readStandardSignature, type StandardSignature } from '../../../shared/http-signature/read.ts';
import type { HeaderValues } from '../../../shared/request-rules.ts';
import {
  clockBase,
  EMPTY_SHA256,
  parseSignature,
  SIGNATURE_MAX_AGE,
  SIGNATURE_MAX_AHEAD,
  type Signature,
  signatureBase,
} from '../../../shared/signature.ts';
import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { hmacSha256 } from '../../lib/hmac.ts';
import { Refusal, refusalOfFault } from '../../lib/refusal.ts';
import type { ResponseKeys } from '../../stores/secrets/response-keys.ts';
import { hmacKeyOf } from '../bearer/secret-cache.ts';
import type { SignedRequest } from '../request/request.ts';
import { contradictionRefusal } from './signature-hint.ts';
import type { Signer } from './signer.ts';
import { checkStandardSignature } from './standard-signature.ts';

/** The maximum clock error, in seconds. Beyond it, nonces would have to be stored for too long. */
const MAX_CLOCK_ERROR = 600;

/** A signature in one of the two formats, as it was sent. */
export type PresentedSignature = Signature | StandardSignature;

/**
 * Reads `x-signature`; without one, the RFC 9421 signature of the credential that the bearer token names.
 * @param now unix seconds
 * @throws Refusal SIGNATURE_MISSING, SIGNATURE_MALFORMED
 */
export function readSignature(
  { signature: header, fields }: Pick<SignedRequest, 'signature' | 'fields'>,
  bearer: Bearer,
  now: number,
): PresentedSignature {
  const signature = header === null ? readStandard(fields, bearer) : parseSignature(header);
  if (signature !== null && signature.t <= now + MAX_CLOCK_ERROR) return signature;
  throw header === null ? refusalOfFault(TOO_FAR_AHEAD) : new Refusal('SIGNATURE_MALFORMED');
}

const TOO_FAR_AHEAD = formFault(
  'http-signature',
  'headers.signature-input',
  'SIGNATURE_MALFORMED',
  'must have `created` in Unix seconds (not milliseconds), and at most ten minutes in the future',
);

function readStandard(fields: HeaderValues, bearer: Bearer): StandardSignature {
  const parsed = readStandardSignature(fields, bearer);
  if ('issue' in parsed) throw refusalOfFault(parsed);
  if ('reason' in parsed) throw new Refusal(parsed.reason);
  return parsed;
}

/** SHA-256 of a user token in lowercase hex, as the base contains it; that of the empty string if there is no token. */
export const baseDigest = (token: string | null): string =>
  token === null ? EMPTY_SHA256 : hash('sha256', token, 'hex');

/**
 * Checks that `k` names the signer, then the signature over the request as it arrived.
 * @param tokenDigest of the user token, whichever header carried it
 * @param showsBase whether the refusal carries the base that the service built (never the expected MAC)
 * @throws Refusal SIGNATURE_INVALID
 */
export function checkSignature(
  signature: PresentedSignature,
  signer: Signer,
  request: SignedRequest,
  tokenDigest: string,
  showsBase: boolean,
): MaybePromise<void> {
  if (!('mac' in signature)) return checkStandardSignature(signature, signer, request, showsBase);
  // Only a signing secret makes an x-signature: a public key is not secret.
  const { record, signingSecret } = signer;
  if (signature.k !== signer.id) throw contradictionRefusal('id', signer);
  if (signingSecret === null) throw contradictionRefusal('form', signer);
  return andThen(request.body(signer.payer), ({ digest: bodyDigest }) => {
    const { method, authority, target, otherTargets = [], contentType } = request;
    const { k, t, nonce } = signature;
    const baseWith = (signed: string) =>
      signatureBase({ k, t, nonce, method, authority, target: signed, contentType, tokenDigest, bodyDigest });
    const key = hmacKeyOf({ record, signingSecret });
    const matches = (signed: string) => key.verify(baseWith(signed), signature.mac);
    if (matches(target) || otherTargets.some(matches)) {
      request.onVerified?.({ id: k, secret: key, standard: null, scheme: request.schemes[0] ?? '' });
      return;
    }
    throw new Refusal('SIGNATURE_INVALID', showsBase ? { debug: { base: baseWith(target) } } : {});
  });
}

/**
 * Whether `t` lies within the window, before it, or after it. `expires` ends the window earlier, never later.
 * @param now unix seconds
 */
export function ageOf(signature: PresentedSignature, now: number): 'fresh' | 'old' | 'ahead' {
  if (!(signature.t >= now - SIGNATURE_MAX_AGE)) return 'old';
  if ('expires' in signature && signature.expires !== null && !(now <= signature.expires)) return 'old';
  return signature.t <= now + SIGNATURE_MAX_AHEAD ? 'fresh' : 'ahead';
}

/**
 * SIGNATURE_EXPIRED with the server's clock, and a proof of it: a MAC under the signing secret; for a public key, which shares no
 * secret, a signature by the service's own key.
 * @param now unix seconds
 */
export function expiryRefusal(
  { k, nonce }: PresentedSignature,
  secret: string | null,
  now: number,
  responseKeys: Pick<ResponseKeys, 'signer'>,
): Refusal {
  const base = clockBase(k, nonce, now);
  if (secret !== null)
    return new Refusal('SIGNATURE_EXPIRED', { clock: { now, mac: hmacSha256(secret, base) } });
  const { kid, sign } = responseKeys.signer();
  return new Refusal('SIGNATURE_EXPIRED', { clock: { now, keyid: kid, signature: sign(base) } });
}
