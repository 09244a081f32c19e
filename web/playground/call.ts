import { readShape } from '../../client/calls/refusal.ts';
import { signStandardLazily } from '../../client/signing/sign-standard-lazily.ts';
import {
  bufferRequest,
  type SignParts,
  signBufferedBy,
  signParts,
} from '../../client/signing/signature-headers.ts';
import { importKey } from '../../client/signing/web-hashes.ts';
import type { RefusalShape } from '../../shared/refusals.ts';
import type { SignatureForm } from '../../shared/snippets/parts.ts';
import { SERVICE_URL } from '../api/browser-session.ts';
import { type BreakageName, breakageOf, type Draft } from './breakages/breakages.ts';
import { type ReadBody, readResponseBody } from './response/read-body.ts';
import { type PlaygroundCredentials, withSecret } from './signers/signers.ts';

/** A request as it is sent. */
export interface Sent extends Draft {
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The outcome of a call. */
export interface PlaygroundOutcome {
  readonly sent: Sent;
  /** The base that was signed, without tokens; null if the call is unsigned. */
  readonly base: string | null;
  readonly response: CallResponse;
  /** The response to the first of two calls. */
  readonly first: CallResponse | null;
}

export interface CallResponse extends ReadBody {
  /** 0 for a redirect, which is not followed. */
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds until the response was read. */
  readonly took: number;
  readonly refusal: RefusalShape | null;
}

/** Signs a request, correctly or broken, and sends it: without cookies, and without following redirects. */
export async function call(
  draft: Draft,
  credentials: PlaygroundCredentials | null,
  breakage: BreakageName,
  form: SignatureForm,
): Promise<PlaygroundOutcome> {
  const { sends = same, isSentTwice } = breakageOf(breakage);
  const { base, headers } = credentials
    ? await signDraft(draft, credentials, breakage, form)
    : leaveUnsigned(draft);
  const sent = { ...sends(draft), headers: [...headers] };
  const first = isSentTwice ? await sendDraft(sent) : null;
  return { sent, base, first, response: await sendDraft(sent) };
}

const same = (draft: Draft): Draft => draft;

const leaveUnsigned = (draft: Draft) => ({ base: null, headers: requestOf(draft).headers });

/** The headers of a signature, in both forms. */
const PROOFS = ['x-signature', 'signature', 'signature-input'];

async function signDraft(
  draft: Draft,
  credentials: PlaygroundCredentials,
  breakage: BreakageName,
  form: SignatureForm,
) {
  const { shift = 0, signs = same, isUnsigned, isOfAnotherSecret } = breakageOf(breakage);
  const signing = isOfAnotherSecret ? withSecret(credentials, await anotherSecret()) : credentials;
  const now = Math.floor(Date.now() / 1000) + shift;
  const isV1 = form === 'v1' && !('privateKey' in signing);
  const sign: SignParts = isV1 ? signParts : signStandardLazily;
  const buffered = await bufferRequest(requestOf(signs(draft)));
  const { request, base } = await signBufferedBy(sign, buffered, signing, now);
  if (!isUnsigned) return { base, headers: request.headers };
  const headers = new Headers(request.headers);
  for (const name of PROOFS) headers.delete(name);
  return { base: null, headers };
}

const anotherSecret = () => importKey(`kss_${crypto.randomUUID()}`);

function requestOf({ method, target, contentType, body }: Draft, headers: Sent['headers'] = []): Request {
  const init: RequestInit = {
    method,
    headers: [...headers.map(([name, value]): [string, string] => [name, value])],
    redirect: 'manual',
    credentials: 'omit',
    cache: 'no-store',
  };
  const request = new Request(SERVICE_URL + target, body === null ? init : { ...init, body });
  if (contentType !== '') request.headers.set('content-type', contentType);
  return request;
}

async function sendDraft({ headers, ...draft }: Sent): Promise<CallResponse> {
  const startedAt = performance.now();
  const response = await fetch(requestOf(draft, headers));
  const read = await readResponseBody(response);
  return {
    ...read,
    status: response.status,
    headers: [...response.headers],
    took: performance.now() - startedAt,
    refusal: readShape(read.json),
  };
}
