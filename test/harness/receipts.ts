import { createHash } from 'node:crypto';
import { askResponse } from './signed-response.ts';
import { type Answer, type Draft, headerOf } from './wire.ts';

/** The value of `accept-signature` that asks for a receipt. */
export const askReceipt = (label = 'res'): string => askResponse(';alg="ed25519";receipt', label);

/** A receipt, parsed only from what the documentation says. */
export interface ReadReceipt {
  readonly workspace: string;
  readonly sequence: number;
  readonly time: number;
  readonly previous: string;
  readonly request: string;
  readonly link: string;
}

const FORM =
  /^workspace="([^"]+)", sequence=(\d+), time=(\d{10}), previous=:([A-Za-z0-9+/]{43}=):, request=:([A-Za-z0-9+/]{43}=):$/;

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const hexOf = (base64: string) => Buffer.from(base64, 'base64').toString('hex');

/** @throws if the response has no receipt, or one of another form */
export function receiptIn({ headers }: Answer): ReadReceipt {
  const field = String(headers['x-keyseal-receipt']);
  const match = FORM.exec(field);
  if (!match) throw new Error(`another form: ${field}`);
  const [, workspace = '', sequence, time, previous = '', request = ''] = match;
  const lines = ['v1.receipt', workspace, sequence, time, hexOf(previous), hexOf(request)];
  const link = sha256(lines.join('\n'));
  return {
    ...{ workspace, sequence: Number(sequence), time: Number(time), link },
    ...{ previous: hexOf(previous), request: hexOf(request) },
  };
}

/** What the receipt of a request has as `request`. */
export function requestDigest(draft: Draft, token: string | null = null): string {
  const v1 = /^v1,k=(.*),t=(.*),n=(.*),s=/.exec(headerOf(draft, 'x-signature'));
  const input = headerOf(draft, 'signature-input');
  const parameter = (name: string) => new RegExp(`;${name}="?([^;"]+)`).exec(input)?.[1] ?? '';
  const [k, t, n] = v1?.slice(1) ?? ['keyid', 'created', 'nonce'].map(parameter);
  const lines = ['v1.request', k, t, n, draft.method, headerOf(draft, 'host'), draft.target];
  const rest = [headerOf(draft, 'content-type'), sha256(token ?? ''), sha256(draft.body ?? '')];
  return sha256([...lines, ...rest, ...(v1 ? [] : [input])].join('\n'));
}

/** Whether receipts of one workspace are those from a number on, without gaps, each linked to the one before. */
export function isChain(receipts: readonly ReadReceipt[], from = 1): boolean {
  const sorted = [...receipts].sort((a, b) => a.sequence - b.sequence);
  return sorted.every(
    ({ sequence, previous, time }, n) =>
      sequence === from + n &&
      (n === 0 || (sorted[n - 1]?.link === previous && (sorted[n - 1]?.time ?? 0) <= time)),
  );
}
