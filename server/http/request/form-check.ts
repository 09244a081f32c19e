import { MIMEType } from 'node:util';
import { inputRefusal, Refusal } from '../../lib/refusal.ts';
import { mediaTypeOf } from './media-type.ts';

const FORM = 'multipart/form-data';

/** Parsing a part of a form takes far longer than its bytes: 14,000 empty files, in one megabyte, take half a second. */
const MAX_PARTS = 100;
/** Bytes of the headers of all parts together. */
const MAX_HEADERS = 32 * 1024;
const TOO_LARGE = `A form has at most ${MAX_PARTS} parts, and ${MAX_HEADERS} bytes of headers in all of them together.`;

/** A boundary: 1 to 70 characters, the last of which is not a space (RFC 2046 §5.1.1). */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;
const NO_BOUNDARY =
  'The content type of a form must have a boundary of 1 to 70 characters (RFC 2046 §5.1.1).';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/** Whether tRPC would parse a body of this content type as a form. */
export const isForm = (contentType: string): boolean => mediaTypeOf(contentType) === FORM;

/** The boundary of a form; null if its content type has none, or a wrong one. */
export function boundaryOf(contentType: string): string | null {
  try {
    const { essence, params } = new MIMEType(contentType);
    const boundary = essence === FORM ? params.get('boundary') : null;
    return boundary !== null && BOUNDARY.test(boundary) ? boundary : null;
  } catch {
    return null;
  }
}

/**
 * Checks a form (RFC 7578) before it is parsed. Refuses with INPUT_INVALID one without a boundary, and with BODY_TOO_LARGE one of too
 * many parts, or with too large headers.
 */
export function checkForm(bytes: Uint8Array, contentType: string): void {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boundary = boundaryOf(contentType);
  if (boundary === null) throw inputRefusal('', NO_BOUNDARY);
  const delimiter = Buffer.from(`--${boundary}`);
  let headersLeft = MAX_HEADERS;
  // The last delimiter begins no part.
  let delimitersLeft = MAX_PARTS + 1;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at)) {
    at += delimiter.length;
    const headers = body.subarray(at, at + headersLeft);
    const end = headers.indexOf(END_OF_HEADERS);
    headersLeft -= end < 0 ? headers.length : end;
    at += Math.max(end, 0);
    if (--delimitersLeft < 0 || headersLeft <= 0)
      throw new Refusal('BODY_TOO_LARGE', {}, undefined, TOO_LARGE);
  }
}
