import { setImmediate } from 'node:timers/promises';
import { explainedBase, httpSignatureBase } from '../../shared/http-signature/base.ts';
import { uncovered } from '../../shared/http-signature/coverage.ts';
import type { RequestMessage } from '../../shared/http-signature/message.ts';
import type { StandardSignature } from '../../shared/http-signature/read.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { type Eventual, runSteps, type Steps, settled } from '../lib/concurrency/eventual.ts';
import { FairQueue } from '../lib/concurrency/fair-queue.ts';
import { inTurn } from '../lib/concurrency/in-turn.ts';
import { Refusal } from '../lib/refusal.ts';
import { type VerificationKey, verifySignature } from '../lib/signature-algorithms.ts';
import { checkContentDigest } from './content-digest.ts';
import type { SignedRequest } from './request.ts';
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
  return runSteps(checkSteps(signature, signer, request, showsBase));
}

function* checkSteps(
  signature: StandardSignature,
  signer: Signer,
  request: SignedRequest,
  showsBase: boolean,
): Steps<void> {
  const key = verificationKeyOf(signer);
  const isOfKey = signature.k === signer.id && (signature.algorithm ?? key?.algorithm) === key?.algorithm;
  if (!key || !isOfKey) throw new Refusal('SIGNATURE_INVALID');
  const message = yield* verifiedMessage(key, signature, request);
  if (message === null) {
    throw new Refusal('SIGNATURE_INVALID', showsBase ? { debug: { base: baseFor(signature, request) } } : {});
  }
  request.verified?.({
    id: signer.id,
    secret: key.algorithm === 'hmac-sha256' ? key.secret : null,
    standard: signature,
    scheme: message.scheme,
  });
  const body = yield* settled(request.body(signer.payer));
  const missing = uncovered(signature.components, {
    hasBody: body.digest !== EMPTY_SHA256,
    hasContentType: request.contentType !== '',
    hasUserToken: request.userToken !== null,
    isTokenBearer: signer.session !== null && request.authorization !== null,
  });
  if (missing.length > 0) throw new Refusal('SIGNATURE_INVALID', { missing });
  checkContentDigest(request.fields('content-digest'), body);
}

/** The base of the target and the scheme that come first. */
function baseFor({ components, parameters }: StandardSignature, request: SignedRequest): string {
  const { method, authority, target, fields, schemes } = request;
  return explainedBase(
    { method, authority, target, fields, scheme: schemes[0] ?? '' },
    components,
    parameters,
  );
}

/** Messages that are tried at once: the scheme of a reported request may be unknown. */
const AT_ONCE = 2;
/**
 * Further spellings of a target are tried one at a time, by sponsor and workspace, and other calls run between them: a service
 * may report 31, and some algorithms take a millisecond for each.
 */
const spellings = new FairQueue({ concurrency: 1, capacity: 1_000 });

/** The message that the signature is over; null if it is over none of them. */
function* verifiedMessage(
  key: VerificationKey,
  signature: StandardSignature,
  request: SignedRequest,
): Steps<RequestMessage | null> {
  for (const [nth, message] of messagesOf(signature, request).entries()) {
    const isOver = () => {
      const base = baseOf(signature, message);
      return base !== null && verifySignature(key, base, signature.value);
    };
    const later = () => inTurn(spellings, request.payer, () => yielding(isOver));
    if (nth < AT_ONCE ? isOver() : yield* settled(later())) return message;
  }
  return null;
}

/** The result, once other work had its turn. */
async function yielding<T>(work: () => T): Promise<T> {
  const result = work();
  await setImmediate();
  return result;
}

const OF_SCHEME = ['@target-uri', '@scheme'];
const OF_TARGET = ['@target-uri', '@request-target', '@path', '@query', '@query-param'];

/**
 * The messages that this signature may be over: one, unless the scheme or the spelling of the target is not known, and the
 * signature covers it.
 */
function messagesOf(
  { components }: StandardSignature,
  { method, authority, target, otherTargets = [], schemes, fields }: SignedRequest,
): readonly RequestMessage[] {
  const covers = (names: readonly string[]) => components.some(({ name }) => names.includes(name));
  const targets = covers(OF_TARGET) ? [target, ...otherTargets] : [target];
  const usedSchemes = covers(OF_SCHEME) ? schemes : schemes.slice(0, 1);
  return targets.flatMap((each) =>
    usedSchemes.map((scheme): RequestMessage => ({ method, scheme, authority, target: each, fields })),
  );
}

/** The base over a message; null if it has no unambiguous value of a component. */
const baseOf = ({ components, parameters }: StandardSignature, message: RequestMessage): string | null =>
  httpSignatureBase(message, components, parameters);
