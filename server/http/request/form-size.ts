import { MIMEType } from 'node:util';
import { Refusal } from '../../lib/refusal.ts';

/** Parsing a part of a form takes far longer than its bytes: 14,000 empty files, in one megabyte, take half a second. */
const MAX_PARTS = 100;
/** Bytes of the headers of one part: enough for a file name of 1,000 percent-encoded bytes. */
const MAX_PART_HEADERS = 4 * 1024;
const MESSAGE = `A form has at most ${MAX_PARTS} parts, and each part at most ${MAX_PART_HEADERS} bytes of headers.`;

const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/**
 * Checks a form before it is parsed; anything else is left to its parser. Refuses with BODY_TOO_LARGE a form (RFC 7578) of too many
 * parts, or with too large headers.
 */
export function checkFormSize(body: Buffer, contentType: string): void {
  const boundary = boundaryOf(contentType);
  if (boundary === null) return;
  const delimiter = Buffer.from(`--${boundary}`);
  let delimiters = 0;
  for (let at = body.indexOf(delimiter); at >= 0; ) {
    const headers = at + delimiter.length;
    const window = body.subarray(headers, headers + MAX_PART_HEADERS);
    const end = window.indexOf(END_OF_HEADERS);
    const isEndless = end < 0 && window.length === MAX_PART_HEADERS;
    // The last delimiter ends the form.
    if (isEndless || ++delimiters > MAX_PARTS + 1)
      throw new Refusal('BODY_TOO_LARGE', {}, undefined, MESSAGE);
    at = body.indexOf(delimiter, headers + Math.max(end, 0));
  }
}

/** The boundary that a content type names; null if it is not that of a form. */
function boundaryOf(contentType: string): string | null {
  try {
    const { essence, params } = new MIMEType(contentType);
    return essence === 'multipart/form-data' ? params.get('boundary') : null;
  } catch {
    return null;
  }
}
