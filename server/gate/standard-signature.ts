import { httpSignatureBase } from '../../shared/http-signature/base.ts';
import { uncovered } from '../../shared/http-signature/coverage.ts';
import type { RequestMessage } from '../../shared/http-signature/message.ts';
import type { StandardSignature } from '../../shared/http-signature/read.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { andThen, type Eventual } from '../lib/concurrency/eventual.ts';
import { Refusal } from '../lib/refusal.ts';
import { type VerificationKey, verifySignature } from '../lib/signature-algorithms.ts';
import { checkContentDigest } from './content-digest.ts';
import type { SignedBody, SignedRequest } from './request.ts';
import { type Signer, verificationKeyOf } from './signer.ts';

/**
 * Checks a signature in the form of RFC 9421: first that the credential made it, then that it covers the whole request,
 * then that the body is the covered one. Only the holder of the key learns what is not covered.
 * @param showsBase whether the refusal carries the base that the service built
 * @throws Refusal SIGNATURE_INVALID
 */
export function checkStandardSignature(
  signature: StandardSignature,
  signer: Signer,
  request: SignedRequest,
  showsBase: boolean,
): Eventual<void> {
  const key = verificationKeyOf(signer);
  const isOfKey = signature.k === signer.id && (signature.algorithm ?? key?.algorithm) === key?.algorithm;
  if (!key || !isOfKey) throw new Refusal('SIGNATURE_INVALID');
  const { scheme, base } = findSignedBase(signature, key, request);
  if (scheme === null)
    throw new Refusal('SIGNATURE_INVALID', showsBase && base !== null ? { debug: { base } } : {});
  request.verified?.({
    id: signer.id,
    secret: key.algorithm === 'hmac-sha256' ? key.secret : null,
    standard: signature,
    scheme,
  });
  return andThen(request.body(signer.payer), (body) => checkCoverage(signature, signer, request, body));
}

/** @throws Refusal SIGNATURE_INVALID if the signature leaves a part of the request out, or the body is not the covered one */
function checkCoverage(
  { components }: StandardSignature,
  { session }: Signer,
  { contentType, userToken, authorization, fields }: SignedRequest,
  body: SignedBody,
): void {
  const missing = uncovered(components, {
    hasBody: body.digest !== EMPTY_SHA256,
    hasContentType: contentType !== '',
    hasUserToken: userToken !== null,
    isTokenBearer: session !== null && authorization !== null,
  });
  if (missing.length > 0) throw new Refusal('SIGNATURE_INVALID', { missing });
  checkContentDigest(fields('content-digest'), body);
}

/**
 * Tries the bases that this signature may be over: one, unless the scheme or the spelling of the target is not known.
 * @returns the base that the signature verifies with its scheme; without such a base the first one, and null as the scheme
 */
function findSignedBase(
  { components, parameters, value }: StandardSignature,
  key: VerificationKey,
  request: SignedRequest,
): { readonly scheme: string | null; readonly base: string | null } {
  const { method, authority, target, otherTargets = [], schemes, fields } = request;
  const tried: string[] = [];
  for (const each of [target, ...otherTargets]) {
    for (const scheme of schemes) {
      const message: RequestMessage = { method, scheme, authority, target: each, fields };
      const base = httpSignatureBase(message, components, parameters);
      if (base === null || tried.includes(base)) continue;
      if (verifySignature(key, base, value)) return { scheme, base };
      tried.push(base);
    }
  }
  return { scheme: null, base: tried[0] ?? null };
}
