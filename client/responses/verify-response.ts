import { hexOf } from '../../shared/hex.ts';
import { httpSignatureBase } from '../../shared/http-signature/base.ts';
import { type Component, readComponents } from '../../shared/http-signature/components.ts';
import { readContentDigest } from '../../shared/http-signature/content-digest.ts';
import type { ResponseMessage } from '../../shared/http-signature/message.ts';
import {
  RECEIPT_FIELD,
  RESPONSE_LABEL,
  RESPONSE_TAG,
  responseComponents,
} from '../../shared/http-signature/response.ts';
import type { Reason } from '../../shared/refusals.ts';
import type { HeaderValues } from '../../shared/request-rules.ts';
import { parseDictionary } from '../../shared/structured-fields/parse.ts';
import { serializeInnerList } from '../../shared/structured-fields/serialize.ts';
import { type BareItem, type InnerList, isInnerList } from '../../shared/structured-fields/values.ts';
import { readShape } from '../calls/refusal.ts';
import { type Credentials, idOf } from '../signing/credentials.ts';
import { sha256Hex } from '../signing/hmac.ts';
import type { OutgoingRequest } from '../signing/outgoing-request.ts';
import { hmacMatches } from '../signing/web-hashes.ts';
import type { ResponseKey } from './response-key.ts';
import { type ResponseProblem, ResponseUnverified } from './response-unverified.ts';

/** The signing secret of the request, which makes the MAC of its response. */
export const macKeyOf = (credentials: Credentials): ResponseKey => ({
  algorithm: 'hmac-sha256',
  isNamed: (keyId) => keyId === idOf(credentials),
  verifies: (base, signature) => hmacMatches(credentials.signingSecret, base, hexOf(signature)),
});

/** What a request requires of its response. */
export interface RequiredSignature {
  readonly label: string;
  /** Whether the response to a call that was carried out must have a receipt. */
  readonly hasReceipt: boolean;
}
const WITHOUT_RECEIPT: RequiredSignature = { label: RESPONSE_LABEL, hasReceipt: false };

/**
 * Verifies that the service sent this response to this very request (RFC 9421 §3.2): its signature covers the status,
 * the body by its digest, the request's method and target, and the request's own signature, which no other request has.
 * @param sent the request with the headers that it was sent with
 * @param key null if the request was not signed: nothing binds a response to it
 * @returns the same response, read whole, and its bytes
 * @throws ResponseUnverified if the response does not verify
 */
export async function verifyResponse(
  response: Response,
  sent: OutgoingRequest,
  key: ResponseKey | null,
  required: RequiredSignature = WITHOUT_RECEIPT,
): Promise<{ readonly response: Response; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const { status, headers } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const fields = fieldsIn((name) => headers.get(name));
  // A refusal that precedes the receipt has none.
  const hasReceipt = required.hasReceipt && (status < 400 || fields(RECEIPT_FIELD).length > 0);
  const problem = key
    ? await problemIn({ status, fields, bytes }, sent, key, { ...required, hasReceipt })
    : 'unsigned';
  if (problem) throw unverifiedError(problem, status, bytes);
  return { response: new Response(bytes, { status, headers }), bytes };
}

/** A response that has been read. */
interface ReadResponse {
  readonly status: number;
  readonly fields: HeaderValues;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The request of a response. */
type SentRequest = Pick<OutgoingRequest, 'method' | 'url' | 'headers'>;

/** What is wrong with a response; null if it verifies. */
export async function problemIn(
  { status, fields, bytes }: ReadResponse,
  sent: SentRequest,
  key: ResponseKey,
  { label, hasReceipt }: RequiredSignature,
): Promise<ResponseProblem | null> {
  const signed = readSignature(fields, label);
  if (typeof signed === 'string') return signed;
  const { components, parameters, keyId, value } = signed;
  if (signed.algorithm !== key.algorithm || !coversAll(components, sent, hasReceipt)) return 'incomplete';
  if (!(await key.isNamed(keyId))) return 'key';
  const base = httpSignatureBase(messageOf(status, fields, sent), components, parameters);
  if (base === null || !(await key.verifies(base, value, keyId))) return 'signature';
  const digest = readContentDigest(fields('content-digest'))?.sha256;
  return digest && hexOf(digest) === (await sha256Hex(bytes)) ? null : 'content';
}

interface ReadSignature {
  readonly components: readonly Component[];
  readonly parameters: string;
  readonly algorithm: string | null;
  readonly keyId: string;
  readonly value: Uint8Array;
}

/** Reads the signature under a label, or says what is wrong with it. */
function readSignature(fields: HeaderValues, label: string): ReadSignature | ResponseProblem {
  const inputs = parseDictionary(fields('signature-input').join(', '));
  const values = parseDictionary(fields('signature').join(', '));
  const member = inputs?.value.get(label);
  const value = values?.value.get(label);
  if (!member || !value) return 'unsigned';
  // Another reader could use the first of two.
  if (inputs?.hasRepeats || values?.hasRepeats || !isInnerList(member)) return 'incomplete';
  const bytes = isInnerList(value) ? null : value.value;
  return bytes?.type === 'bytes' ? readMember(member, bytes.value) : 'incomplete';
}

function readMember(member: InnerList, value: Uint8Array): ReadSignature | ResponseProblem {
  const components = readComponents(member.items);
  const { parameters } = member;
  const isRequired =
    stringValue(parameters.get('tag')) === RESPONSE_TAG && parameters.get('created')?.type === 'integer';
  if (typeof components === 'string' || !isRequired) return 'incomplete';
  const [algorithm, keyId] = [stringValue(parameters.get('alg')), stringValue(parameters.get('keyid')) ?? ''];
  return { components, parameters: serializeInnerList(member), algorithm, keyId, value };
}

const stringValue = (item: BareItem | undefined): string | null =>
  item?.type === 'string' ? item.value : null;

function coversAll(components: readonly Component[], { headers }: SentRequest, hasReceipt: boolean): boolean {
  const covered = new Set(components.map(({ id }) => id));
  return responseComponents(labelIn(headers), hasReceipt).every((id) => covered.has(id));
}

/** The label of the request's RFC 9421 signature; null if the request has `x-signature`. */
const labelIn = (headers: OutgoingRequest['headers']): string | null =>
  /^([a-z*][\w.*-]*)=/.exec(headers['signature-input'] ?? '')?.[1] ?? null;

/** The parts of a URL as they were signed. `URL` would repair one that was changed. */
export function partsOfUrl(url: string) {
  const [, scheme = '', authority = '', target = ''] = /^(https?):\/\/([^/]+)(.*)$/.exec(url) ?? [];
  return { scheme, authority, target };
}

function messageOf(status: number, fields: HeaderValues, sent: SentRequest): ResponseMessage {
  const { scheme, authority, target } = partsOfUrl(sent.url);
  const request = {
    method: sent.method,
    scheme,
    authority,
    target,
    fields: (name: string) => valuesOf(sent.headers[name]),
  };
  return { status, fields, request };
}

/** The lines of each field: one at most, because `fetch` joins them. */
export const fieldsIn =
  (valueIn: (name: string) => string | null | undefined): HeaderValues =>
  (name) =>
    valuesOf(valueIn(name));

const valuesOf = (value: string | null | undefined): readonly string[] =>
  value === null || value === undefined ? [] : [value];

const MESSAGES: Readonly<Record<ResponseProblem, string>> = {
  unsigned:
    'The response is not signed: a proxy sent it or removed the signature, or the service refused the request before it had verified its signature.',
  incomplete:
    'The signature of the response is of another kind than was requested, or does not cover all of it.',
  key: 'The signature of the response names a key that this client does not have, or that the service does not publish.',
  signature:
    'The signature of the response does not verify: the response was changed on its way, or belongs to another request.',
  content: 'The body of the response is not the signed one: it was changed or cut off on its way.',
  stream: 'The events of a subscription are not signed: use a client without verifyResponses for it.',
};

/** The message names the reason of a refusal: an unsigned one is often about a wrong credential of the client. */
function unverifiedError(problem: ResponseProblem, status: number, bytes: Uint8Array): ResponseUnverified {
  const claimedReason = claimedIn(bytes);
  const claims = claimedReason === null ? '' : ` It claims to be the refusal ${claimedReason}.`;
  const message = `${MESSAGES[problem]}${claims} (HTTP ${status})`;
  return new ResponseUnverified(message, problem, { status, claimedReason });
}

function claimedIn(bytes: Uint8Array): Reason | null {
  try {
    return readShape(JSON.parse(new TextDecoder().decode(bytes)))?.data.reason ?? null;
  } catch {
    return null;
  }
}

/** The error for a subscription of a client that verifies responses: its events cannot be verified. */
export const unverifiableStream = (): ResponseUnverified =>
  new ResponseUnverified(MESSAGES.stream, 'stream', { status: 0, claimedReason: null });
