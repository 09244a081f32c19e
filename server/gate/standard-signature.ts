import { httpSignatureBase } from '../../shared/http-signature/base.ts';
import { uncovered } from '../../shared/http-signature/coverage.ts';
import type { RequestMessage } from '../../shared/http-signature/message.ts';
import type { StandardSignature } from '../../shared/http-signature/read.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { Refusal } from '../lib/refusal.ts';
import { verifySignature } from '../lib/signature-algorithms.ts';
import { checkContentDigest } from './content-digest.ts';
import type { SignedRequest } from './request.ts';
import { type Signer, verificationKeyOf } from './signer.ts';

/**
 * Checks a signature in the form of RFC 9421: first that the credential made it, then that it covers the whole request,
 * then that the body is the covered one. Only the holder of the key learns what is not covered.
 * @param showsBase whether the refusal carries the base that the service built
 * @throws Refusal SIGNATURE_INVALID
 */
export async function checkStandardSignature(
  signature: StandardSignature,
  signer: Signer,
  request: SignedRequest,
  showsBase: boolean,
): Promise<void> {
  const key = verificationKeyOf(signer);
  const isOfKey = signature.k === signer.id && (signature.algorithm ?? key?.algorithm) === key?.algorithm;
  if (!key || !isOfKey) throw new Refusal('SIGNATURE_INVALID');
  const bases = basesOf(signature, request);
  const verified = [...bases].find(([base]) => verifySignature(key, base, signature.value));
  if (!verified) {
    const [base] = bases.keys();
    throw new Refusal('SIGNATURE_INVALID', showsBase && base !== undefined ? { debug: { base } } : {});
  }
  request.verified?.({
    id: signer.id,
    secret: key.algorithm === 'hmac-sha256' ? key.secret : null,
    standard: signature,
    scheme: verified[1],
  });
  const body = await request.body(signer.payer);
  const missing = uncovered(signature.components, {
    hasBody: body.digest !== EMPTY_SHA256,
    hasContentType: request.contentType !== '',
    hasUserToken: request.userToken !== null,
    isTokenBearer: signer.session !== null && request.authorization !== null,
  });
  if (missing.length > 0) throw new Refusal('SIGNATURE_INVALID', { missing });
  checkContentDigest(request.fields('content-digest'), body);
}

/**
 * The bases that this signature may be over, each with its scheme: one, unless the scheme or the spelling of the target is
 * not known.
 */
function basesOf(
  { components, parameters }: StandardSignature,
  request: SignedRequest,
): ReadonlyMap<string, string> {
  const { method, authority, target, otherTargets = [], schemes, fields } = request;
  const bases = new Map<string, string>();
  for (const each of [target, ...otherTargets]) {
    for (const scheme of schemes) {
      const message: RequestMessage = { method, scheme, authority, target: each, fields };
      const base = httpSignatureBase(message, components, parameters);
      if (base !== null && !bases.has(base)) bases.set(base, scheme);
    }
  }
  return bases;
}
