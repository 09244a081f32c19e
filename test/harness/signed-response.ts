import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { digestField } from './http-signature.ts';
import { type Answer, type Draft, headerOf, withHeader } from './wire.ts';

/** The value of `accept-signature` that asks for a signature of the response, with more parameters. */
export const askResponse = (more = '', label = 'res'): string => `${label}=();tag="keyseal-response"${more}`;

export const asking = (draft: Draft, asks = askResponse()): Draft =>
  withHeader(draft, 'accept-signature', asks);

/** The request that a response answers, and where it was sent. */
interface Sent {
  readonly draft: Draft;
  /** Scheme and authority. */
  readonly url: string;
}

export interface ResponseParameters {
  readonly components: readonly string[];
  readonly created: number;
  readonly keyid: string;
  readonly alg: string;
}

/** The order and the form of the parameters that the design has. */
const FORM = /^(\(([^)]*)\);created=(\d{10});keyid="([^"]+)";alg="([a-z0-9-]+)";tag="keyseal-response")$/;

/** Parses `signature-input` only from what the documentation says. @throws if its format differs */
export function parametersIn({ headers }: Answer, label = 'res'): ResponseParameters {
  const field = String(headers['signature-input']);
  const match = FORM.exec(field.slice(label.length + 1));
  if (!field.startsWith(`${label}=`) || !match) throw new Error(`another form: ${field}`);
  const [, , list = '', created, keyid = '', alg = ''] = match;
  return { components: list.split(' '), created: Number(created), keyid, alg };
}

/** The base of a response's signature, written out by hand. */
function responseBase({ status, headers }: Answer, { draft, url }: Sent, label = 'res'): string {
  const list = String(headers['signature-input']).slice(label.length + 1);
  const requestLabel = headerOf(draft, 'signature-input').split('=', 1)[0] ?? '';
  const own = headerOf(draft, 'signature');
  const values: Record<string, string> = {
    '"@status"': String(status),
    '"@method";req': draft.method,
    '"@target-uri";req': `${url}${draft.target}`,
    '"x-signature";req': headerOf(draft, 'x-signature'),
    [`"signature";req;key="${requestLabel}"`]: own.slice(own.indexOf('=') + 1),
  };
  const components = list.slice(1, list.indexOf(')')).split(' ');
  const lines = components.map((id) => `${id}: ${values[id] ?? headers[id.replaceAll('"', '')]}`);
  return [...lines, `"@signature-params": ${list}`].join('\n');
}

/** Whether a response has the digest of its body, and a signature for this very request. */
export function isSigned(
  answer: Answer,
  sent: Sent,
  key: string | Readonly<Record<string, string>>,
  label = 'res',
): boolean {
  const field = String(answer.headers['signature']);
  const text = field.startsWith(`${label}=:`) && field.endsWith(':') ? field.slice(label.length + 2, -1) : '';
  if (!/^[A-Za-z0-9+/]+=*$/.test(text) || answer.headers['content-digest'] !== digestField(answer.text))
    return false;
  const [base, signature] = [responseBase(answer, sent, label), Buffer.from(text, 'base64')];
  if (typeof key !== 'string')
    return verify(null, Buffer.from(base), createPublicKey({ key: { ...key }, format: 'jwk' }), signature);
  const mac = createHmac('sha256', key).update(base).digest();
  return mac.length === signature.length && timingSafeEqual(mac, signature);
}
