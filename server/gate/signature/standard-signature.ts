import { setImmediate } from 'node:timers/promises';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { explainBase, httpSignatureBase } from '../../../shared/http-signature/base.ts';
import { findUncovered } from '../../../shared/http-signature/coverage.ts';
import type { RequestMessage } from '../../../shared/http-signature/message.ts';
import type { StandardSignature } from '../../../shared/http-signature/read.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { inTurn } from '../../lib/concurrency/in-turn.ts';
import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../../lib/refusal.ts';
import { type VerificationKey, verifySignature } from '../../lib/signature-algorithms.ts';
import type { SignedBody, SignedRequest } from '../request/request.ts';
import { checkContentDigest } from './content-digest.ts';
import { contradictionRefusal } from './signature-hint.ts';
import { type Signer, verificationKeyOf } from './signer.ts';

/**
 * Checks an RFC 9421 signature: first that the credential made it, then that it covers the whole request,
 * then that the body is the covered one. Only the holder of the key learns what is not covered.
 * @param showsBase whether the refusal carries the signature base that the service built
 * @throws Refusal SIGNATURE_INVALID
 */
export function checkStandardSignature(
  signature: StandardSignature,
  signer: Signer,
  request: SignedRequest,
  showsBase: boolean,
): MaybePromise<void> {
  const key = verificationKeyOf(signer);
  if (!key || signature.k !== signer.id) throw new Refusal('SIGNATURE_INVALID');
  if ((signature.algorithm ?? key.algorithm) !== key.algorithm)
    throw contradictionRefusal('algorithm', signer);
  const messages = messagesOf(signature, request);
  return andThen(verifiedMessage(key, signature, messages, request.payer), (message) => {
    if (message === null) throw signatureRefusal(signature, showsBase ? messages[0] : undefined);
    return andThen(request.body(signer.payer), (body) => {
      checkCoverage(signature, signer, request, body);
      // Not earlier: a signed refusal states that this very request was refused, and not a changed copy of it.
      request.onVerified?.({
        id: signer.id,
        secret: key.algorithm === 'hmac-sha256' ? key.secret : null,
        standard: signature,
        scheme: message.scheme,
      });
    });
  });
}

/** @param shown the message whose base the refusal carries, if any */
function signatureRefusal(
  { components, parameters }: StandardSignature,
  shown: RequestMessage | undefined,
): Refusal {
  const debug = shown && { base: explainBase(shown, components, parameters) };
  return new Refusal('SIGNATURE_INVALID', debug ? { debug } : {});
}

/** Checks that a verified signature covers the whole request, and that the body is the covered one. */
function checkCoverage(
  { components }: StandardSignature,
  { session }: Signer,
  { contentType, userToken, authorization, fields }: SignedRequest,
  body: SignedBody,
): void {
  const missing = findUncovered(components, {
    hasBody: body.digest !== EMPTY_SHA256,
    hasContentType: contentType !== '',
    hasUserToken: userToken !== null,
    isTokenBearer: session !== null && authorization !== null,
  });
  if (missing.length > 0) throw new Refusal('SIGNATURE_INVALID', { missing });
  checkContentDigest(fields('content-digest'), body);
}

/** Messages that are tried without waiting: the scheme of a reported request may be unknown. */
const MESSAGES_AT_ONCE = 2;
/**
 * Further spellings of a target are tried one at a time, in turn for each sponsor and workspace, and other calls run between
 * them: a service may report 31, and some algorithms need a millisecond for each.
 */
const spellings = new FairQueue({ concurrency: 1, capacity: 1_000 });

/** The message that the signature covers; null if it covers none of them. */
function verifiedMessage(
  key: VerificationKey,
  { components, parameters, value }: StandardSignature,
  messages: readonly RequestMessage[],
  payer: FairnessPath,
): MaybePromise<RequestMessage | null> {
  const covers = (message: RequestMessage) => {
    const base = httpSignatureBase(message, components, parameters);
    return base !== null && verifySignature(key, base, value);
  };
  const found = messages.slice(0, MESSAGES_AT_ONCE).find(covers);
  const others = messages.slice(MESSAGES_AT_ONCE);
  return found === undefined && others.length > 0 ? findInTurn(others, covers, payer) : (found ?? null);
}

async function findInTurn(
  messages: readonly RequestMessage[],
  covers: (message: RequestMessage) => boolean,
  payer: FairnessPath,
): Promise<RequestMessage | null> {
  for (const message of messages) {
    if (await inTurn(spellings, payer, () => runThenYield(() => covers(message)))) return message;
  }
  return null;
}

/** Runs a function, then lets other work run before it returns the result. */
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
  const targets =
    otherTargets.length > 0 && covers(COMPONENTS_WITH_TARGET) ? [target, ...otherTargets] : [target];
  const usedSchemes = schemes.length > 1 && covers(COMPONENTS_WITH_SCHEME) ? schemes : schemes.slice(0, 1);
  const messages: RequestMessage[] = [];
  for (const each of targets)
    for (const scheme of usedSchemes) messages.push({ method, scheme, authority, target: each, fields });
  return messages;
}
