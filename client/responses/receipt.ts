import { parseReceipt } from '../../shared/http-signature/receipt.ts';
import { RECEIPT_FIELD } from '../../shared/http-signature/response.ts';
import type { AnyCredentials } from '../signing/credentials.ts';
import { sha256Hex } from '../signing/hmac.ts';
import type { OutgoingRequest } from '../signing/outgoing-request.ts';
import {
  formatReceiptFile,
  pickFields,
  REQUEST_FIELDS,
  RESPONSE_FIELDS,
  toSavedBody,
} from './receipt-file.ts';

/** A receipt that has been verified. */
export interface Receipt {
  readonly workspace: string;
  /** The number of the receipt in its workspace, from 1, without gaps. */
  readonly sequence: number;
  /** When the service accepted the request, unix seconds. */
  readonly time: number;
  /**
   * Everything that others need to verify it (`keyseal receipt verify`, `verifyReceipt`): the whole request and response,
   * but neither the API key nor a token.
   */
  readonly file: string;
}

/** The receipt of a response that has been verified; null if it has none. */
export async function receiptOf(
  { status, headers }: Response,
  bytes: Uint8Array,
  sent: OutgoingRequest,
  { userToken }: AnyCredentials,
): Promise<Receipt | null> {
  const position = parseReceipt(headers.get(RECEIPT_FIELD) ?? '');
  if (!position) return null;
  const body = typeof sent.body === 'string' ? new TextEncoder().encode(sent.body) : sent.body;
  const file = formatReceiptFile({
    request: {
      method: sent.method,
      url: sent.url,
      headers: pickFields((name) => sent.headers[name], REQUEST_FIELDS),
      userToken: userToken ? await sha256Hex(userToken) : null,
      body: body === null || body.length === 0 ? null : toSavedBody(body),
    },
    response: {
      status,
      headers: pickFields((name) => headers.get(name), RESPONSE_FIELDS),
      body: toSavedBody(bytes),
    },
  });
  const { workspace, sequence, time } = position;
  return { workspace, sequence, time, file };
}
