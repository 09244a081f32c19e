import { setImmediate } from 'node:timers/promises';
import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';
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
  const messages = messagesOf(signature, request);
  const message = yield* verifiedMessage(key, signature, messages, request.payer);
  if (message === null) {
    const { components, parameters } = signature;
    const [first] = showsBase ? messages : [];
    const debug = first && { base: explainedBase(first, components, parameters) };
    throw new Refusal('SIGNATURE_INVALID', debug ? { debug } : {});
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

/** Messages that are tried without waiting: the scheme of a reported request may be unknown. */
const MESSAGES_AT_ONCE = 2;
/**
 * Further spellings of a target are tried one at a time, by sponsor and workspace, and other calls run between them: a service
 * may report 31, and some algorithms take a millisecond for each.
 */
const spellings = new FairQueue({ concurrency: 1, capacity: 1_000 });

/** The message that the signature covers; null if it covers none of them. */
function* verifiedMessage(
  key: VerificationKey,
  { components, parameters, value }: StandardSignature,
  messages: readonly RequestMessage[],
  payer: FairnessKey,
): Steps<RequestMessage | null> {
  for (const [nth, message] of messages.entries()) {
    const verifies = () => {
      const base = httpSignatureBase(message, components, parameters);
      return base !== null && verifySignature(key, base, value);
    };
    const verifiesInTurn = () => inTurn(spellings, payer, () => runThenYield(verifies));
    if (nth < MESSAGES_AT_ONCE ? verifies() : yield* settled(verifiesInTurn())) return message;
  }
  return null;
}

/** Runs work, then lets other work run before it returns the result. */
async function runThenYield<T>(work: () => T): Promise<T> {
  const result = work();
  await setImmediate();
  return result;
}

const COMPONENTS_WITH_SCHEME = ['@target-uri', '@scheme'];
const COMPONENTS_WITH_TARGET = ['@target-uri', '@request-target', '@path', '@query', '@query-param'];

/**
 * The messages that this signature may cover: one, unless the scheme or the spelling of the target is not known, and the
 * signature covers it.
 */
function messagesOf(
  { components }: StandardSignature,
  { method, authority, target, otherTargets = [], schemes, fields }: SignedRequest,
): readonly RequestMessage[] {
  const covers = (names: readonly string[]) => components.some(({ name }) => names.includes(name));
  const targets = covers(COMPONENTS_WITH_TARGET) ? [target, ...otherTargets] : [target];
  const usedSchemes = covers(COMPONENTS_WITH_SCHEME) ? schemes : schemes.slice(0, 1);
  return targets.flatMap((each) =>
    usedSchemes.map((scheme): RequestMessage => ({ method, scheme, authority, target: each, fields })),
  );
}
