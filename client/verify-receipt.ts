import { keyIdsOf, readStandardSignature } from '../shared/http-signature/read.ts';
import {
  linkText,
  parseReceipt,
  type ReceiptPosition,
  receiptedText,
} from '../shared/http-signature/receipt.ts';
import { RECEIPT_FIELD } from '../shared/http-signature/response.ts';
import { EMPTY_SHA256, parseSignature, type Signature, signatureBase } from '../shared/signature.ts';
import { bytesOfBody, parseReceiptFile, type ReceiptFile } from './responses/receipt-file.ts';
import type { ResponseKeySet } from './responses/response-key.ts';
import { importKeySet, keyById } from './responses/response-key-set.ts';
import { fieldsIn, partsOfUrl, problemIn } from './responses/verify-response.ts';
import { sha256Hex } from './signing/hmac.ts';

/** What a receipt proves. */
export interface VerifiedReceipt {
  readonly workspace: string;
  /** The number of the receipt in its workspace, from 1, without gaps. */
  readonly sequence: number;
  /** When the service accepted the request, unix seconds. */
  readonly time: number;
  /** The link of the receipt before it, SHA-256 in hex; 64 zeros for the first. */
  readonly previous: string;
  /** The link of this receipt, SHA-256 in hex: the next one has it as `previous`. */
  readonly link: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    /** The id of the API key or the session that signed. */
    readonly keyId: string;
  };
  readonly response: { readonly status: number };
}

/**
 * What is wrong with a receipt: `form` if the file is not one, `signature` if no key of the directory signed it or the signature
 * does not verify, `content` if the body of the response differs, `request` if the request differs.
 */
export type ReceiptProblem = 'form' | 'signature' | 'content' | 'request';

/** What `verifyReceipt` rejects with. Nothing in the file is proven. */
export class ReceiptUnverified extends Error {
  override readonly name = 'ReceiptUnverified';
  readonly problem: ReceiptProblem;

  constructor(problem: ReceiptProblem) {
    super(MESSAGES[problem]);
    this.problem = problem;
  }
}

const MESSAGES: Readonly<Record<ReceiptProblem, string>> = {
  form: 'The file is not a receipt, or not exactly as it was written.',
  signature:
    'The response is not signed by a key of the directory, was changed, or belongs to another request.',
  content: 'The body of the response is not the signed one.',
  request: 'The request is not the one that got this receipt.',
};

/**
 * Verifies a saved receipt without the service: request, response, and the position in the workspace's chain.
 * @param file as `onReceipt` of the client got it, or its bytes
 * @param directory the service's keys from the time when the receipt was made: a copy that you keep
 * @throws ReceiptUnverified if the file does not verify: its `problem` says why
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { verifyReceipt } from '@keyseal/client/receipt';
 *
 * const directory = JSON.parse(await readFile('directory.json', 'utf8'));
 * const { sequence, time } = await verifyReceipt(await readFile('receipt.json'), directory);
 * console.log(`receipt ${sequence} of ${new Date(time * 1000).toISOString()}`);
 * ```
 */
export async function verifyReceipt(
  file: string | Uint8Array,
  directory: ResponseKeySet,
): Promise<VerifiedReceipt> {
  const saved = parseReceiptFile(typeof file === 'string' ? new TextEncoder().encode(file) : file);
  const signature = saved && signatureOf(saved.request);
  if (!saved || !signature) throw new ReceiptUnverified('form');
  const { request, response } = saved;
  await checkResponse(saved, directory);
  const position = parseReceipt(response.headers[RECEIPT_FIELD] ?? '');
  if (!position) throw new ReceiptUnverified('form');
  if (position.request !== (await digestOf(request, signature))) throw new ReceiptUnverified('request');
  const { workspace, sequence, time, previous } = position;
  return {
    workspace,
    sequence,
    time,
    previous,
    link: await sha256Hex(linkText(position)),
    request: { method: request.method, url: request.url, keyId: signature.k },
    response: { status: response.status },
  };
}

async function checkResponse({ request, response }: ReceiptFile, directory: ResponseKeySet): Promise<void> {
  const keys = await importKeySet(directory);
  const { status, headers, body } = response;
  const [label = ''] = (headers['signature-input'] ?? '').split('=', 1);
  const saved = { status, fields: fieldsIn((name) => headers[name]), bytes: bytesOfBody(body) };
  const options = { label, hasReceipt: true };
  const problem = await problemIn(
    saved,
    request,
    keyById(async (keyId) => keys.get(keyId)),
    options,
  );
  if (problem) throw new ReceiptUnverified(problem === 'content' ? 'content' : 'signature');
}

/** What distinguishes a request from every other one, and the member of `signature-input` if it has one. */
interface RequestSignature extends Pick<Signature, 'k' | 't' | 'nonce'> {
  readonly member: string | null;
}

/** Null if there is no signature, or one in each format. */
function signatureOf({ headers }: ReceiptFile['request']): RequestSignature | null {
  const { 'x-signature': header, 'signature-input': input, signature: value } = headers;
  if (header !== undefined) {
    const signature = input === undefined && value === undefined ? parseSignature(header) : null;
    return signature && { ...signature, member: null };
  }
  const fields = fieldsIn((name) => headers[name]);
  const [id = ''] = keyIdsOf(fields);
  const parsed = readStandardSignature(fields, { kind: 'key', parsed: { id } });
  if ('reason' in parsed || input === undefined) return null;
  const { k, t, nonce, label, parameters } = parsed;
  return { k, t, nonce, member: `${label}=${parameters}` };
}

/** SHA-256 of what the request's signature covers, as its receipt has it. */
async function digestOf(
  { method, url, headers, userToken, body }: ReceiptFile['request'],
  { k, t, nonce, member }: RequestSignature,
): Promise<ReceiptPosition['request']> {
  const { authority, target } = partsOfUrl(url);
  const base = signatureBase({
    k,
    t,
    nonce,
    method,
    authority,
    target,
    contentType: headers['content-type'] ?? '',
    tokenDigest: userToken ?? EMPTY_SHA256,
    bodyDigest: await sha256Hex(bytesOfBody(body)),
  });
  return sha256Hex(receiptedText(base, member));
}
