import { isStandardBase } from '../../client/signing/compare-signature-bases.ts';
import { baseInJson } from './base-in-json.ts';
import { parseCurl } from './curl.ts';
import { headerOf, type PastedRequest, partsOf, valuesOf } from './request-parts.ts';

/** What was pasted: a request, or a base that a server returned; null if it is neither. */
export type Pasted =
  | { readonly kind: 'request'; readonly request: PastedRequest }
  | { readonly kind: 'base'; readonly base: string };

const REQUEST_LINE = /^([A-Za-z]+) +(\S+)(?: +HTTP\/[\d.]+)?$/;

/** Parses a raw HTTP request (RFC 9112), a curl command, a base, or a response that has one as JSON. */
export function parsePasted(text: string): Pasted | null {
  const plain = text.replaceAll('\r\n', '\n').trimStart();
  const inJson = baseInJson(plain);
  if (inJson !== null) return { kind: 'base', base: inJson };
  if (plain.startsWith('v1.request') || isStandardBase(plain)) return { kind: 'base', base: text.trim() };
  const request = /^(\$ )?curl\s/.test(plain) ? parseCurl(plain) : parseHttp(plain);
  return request && { kind: 'request', request };
}

function parseHttp(text: string): PastedRequest | null {
  const [head = '', ...rest] = text.split('\n\n');
  const [line = '', ...lines] = head.split('\n');
  const match = REQUEST_LINE.exec(line.trim());
  if (!match) return null;
  const [, method = '', url = ''] = match;
  const headers = lines.flatMap((line) => {
    const header = headerOf(line);
    return header ? [header] : [];
  });
  const { authority, target } = partsOf(url);
  return {
    method,
    authority: valuesOf(headers, 'host')[0] ?? authority,
    target,
    headers,
    body: bodyOf(rest.join('\n\n'), valuesOf(headers, 'content-length')[0]),
  };
}

/** Drops a line feed at the end of a paste, if the content length excludes it or the body is otherwise empty. */
function bodyOf(text: string, length: string | undefined): string {
  const bytes = new TextEncoder().encode(text);
  const declared = Number(length);
  if (length !== undefined && declared < bytes.length && text.slice(-1) === '\n') {
    return new TextDecoder().decode(bytes.subarray(0, declared));
  }
  return text.trim() === '' ? '' : text;
}
