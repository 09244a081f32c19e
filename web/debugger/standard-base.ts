import { sha256Hex } from '../../client/signing/hmac.ts';
import { sha512Hex } from '../../client/signing/web-hashes.ts';
import { hexOf } from '../../shared/hex.ts';
import { explainBase, httpSignatureBase } from '../../shared/http-signature/base.ts';
import { readContentDigest } from '../../shared/http-signature/content-digest.ts';
import { findUncovered } from '../../shared/http-signature/coverage.ts';
import type { RequestMessage } from '../../shared/http-signature/message.ts';
import { readStandardSignature } from '../../shared/http-signature/read.ts';
import { bearerOf, keyIdOf, signedAuthority } from './expected-base.ts';
import { type PastedRequest, valuesOf } from './request-parts.ts';

/** What a request with an RFC 9421 signature shows about it. */
export interface StandardRequest {
  /**
   * The base that Keyseal builds, with a remark for a component that the request does not have (`standardAbsent`); null if the signature
   * cannot be read.
   */
  readonly base: string | null;
  /** The signature, in hex. */
  readonly sent: string;
  readonly problems: readonly StandardProblem[];
  /** The components that the signature must cover, and does not. */
  readonly missing: readonly string[];
}

export type StandardProblem = 'standardForm' | 'standardAbsent' | 'digestWrong' | 'digestForm';

/** Whether a request has only an RFC 9421 signature. */
export const isStandard = ({ headers }: PastedRequest): boolean =>
  valuesOf(headers, 'x-signature').join('') === '' && valuesOf(headers, 'signature-input').length > 0;

/** @param own the base that the user's code built: a paste of a request does not say which scheme it had */
export async function expectedStandard(
  request: PastedRequest,
  pastedBase: string | null,
): Promise<StandardRequest> {
  const bearer = bearerOf(request);
  const keyId = keyIdOf(bearer);
  const fields = (name: string) => valuesOf(request.headers, name);
  const signature = readStandardSignature(
    fields,
    keyId === null ? { kind: 'token', text: bearer } : { kind: 'key', parsed: { id: keyId } },
  );
  if ('reason' in signature) return { base: null, sent: '', problems: ['standardForm'], missing: [] };
  const { components, parameters } = signature;
  const message = messageOf(request, pastedBase);
  const signed = httpSignatureBase(message, components, parameters);
  const digest = await digestProblem(fields('content-digest'), request.body);
  return {
    base: signed ?? explainBase(message, components, parameters),
    sent: hexOf(signature.value),
    problems: [...(signed === null ? (['standardAbsent'] as const) : []), ...(digest ? [digest] : [])],
    missing: findUncovered(components, {
      hasBody: request.body !== '',
      hasContentType: fields('content-type').join('') !== '',
      hasUserToken: fields('x-user-token').join('') !== '',
      isTokenBearer: keyId === null && bearer !== '',
    }),
  };
}

const messageOf = (
  { method, authority, target, headers }: PastedRequest,
  pastedBase: string | null,
): RequestMessage => ({
  method,
  target,
  authority: signedAuthority(authority),
  scheme: /^"@target-uri": (https?):/m.exec(pastedBase ?? '')?.[1] ?? likelyScheme(authority),
  fields: (name) => valuesOf(headers, name),
});

const likelyScheme = (authority: string): string =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(authority) ? 'http' : 'https';

async function digestProblem(lines: readonly string[], body: string): Promise<StandardProblem | null> {
  if (lines.length === 0) return null;
  const digests = readContentDigest(lines);
  if (!digests || (digests.sha256 === null && digests.sha512 === null && body !== '')) return 'digestForm';
  const bytes = new TextEncoder().encode(body);
  const { sha256, sha512 } = digests;
  const isRight =
    (sha256 === null || hexOf(sha256) === (await sha256Hex(bytes))) &&
    (sha512 === null || hexOf(sha512) === (await sha512Hex(bytes)));
  return isRight ? null : 'digestWrong';
}
