import { RECEIPT_FIELD } from '../../shared/http-signature/response.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { parseDictionary } from '../../shared/structured-fields/parse.ts';
import { serializeDictionary } from '../../shared/structured-fields/serialize.ts';
import { base64, bytesFromBase64 } from '../../shared/structured-fields/values.ts';

/** A body as text, or as base64 if it is not UTF-8. */
type SavedBody = string | { readonly base64: string };

/** A request and its response, as a receipt proves them. Each has one canonical serialization: see `formatReceiptFile`. */
export interface ReceiptFile {
  readonly request: {
    readonly method: string;
    readonly url: string;
    /** `content-type`, and `x-signature` or `signature` and `signature-input`. */
    readonly headers: Readonly<Record<string, string>>;
    /** SHA-256 of the user token, hex; null if the request has none. */
    readonly userToken: string | null;
    /** Null if it has none. */
    readonly body: SavedBody | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: SavedBody;
  };
}

/** The header fields of a request and a response that a file contains, sorted. Nothing would prove any other field. */
export const REQUEST_FIELDS = ['content-type', 'signature', 'signature-input', 'x-signature'];
export const RESPONSE_FIELDS = [
  ...['content-digest', 'content-type', 'signature', 'signature-input'],
  ...[RECEIPT_FIELD, 'x-request-id'],
];
/** Each of these fields must have exactly one member, canonically serialized. */
const DICTIONARIES = ['signature', 'signature-input'];

/** The canonical serialization of a file, the same as `jq` writes. */
export const formatReceiptFile = (file: ReceiptFile): string => `${JSON.stringify(file, null, 2)}\n`;

/**
 * Parses a file. It must be canonical: if two files had the same meaning, one could be changed into the other without anybody
 * noticing.
 * @returns null if it is not exactly as `formatReceiptFile` writes it
 */
export function parseReceiptFile(bytes: Uint8Array): ReceiptFile | null {
  try {
    const text = decodeUtf8(bytes);
    const { request, response } = Object(JSON.parse(text ?? ''));
    const file: ReceiptFile = {
      request: {
        method: stringIn(request.method, /^[A-Z]+$/),
        url: stringIn(request.url, /^https?:\/\/[^/?#\s]+\/[^#\s]*$/),
        headers: headersIn(request.headers, REQUEST_FIELDS),
        userToken: request.userToken === null ? null : digestIn(request.userToken),
        body: request.body === null || request.body === '' ? null : bodyIn(request.body),
      },
      response: {
        status: statusIn(response.status),
        headers: headersIn(response.headers, RESPONSE_FIELDS),
        body: bodyIn(response.body),
      },
    };
    return formatReceiptFile(file) === text ? file : null;
  } catch {
    return null;
  }
}

/** The bytes of a body. */
export const bytesOfBody = (body: SavedBody | null): Uint8Array<ArrayBuffer> =>
  typeof body === 'object' && body !== null
    ? bytesFromBase64(body.base64)
    : new TextEncoder().encode(body ?? '');

export function toSavedBody(bytes: Uint8Array): SavedBody {
  return decodeUtf8(bytes) ?? { base64: base64(bytes) };
}

/** The named fields that are present, in the order of the names. */
export function pickFields(
  valueIn: (name: string) => string | null | undefined,
  names: readonly string[],
): Record<string, string> {
  const fields = names.map((name) => [name, valueIn(name)] as const);
  return Object.fromEntries(
    fields.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The bytes as a string; null if they are not UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function stringIn(value: unknown, form: RegExp): string {
  if (typeof value !== 'string' || !form.test(value)) throw new Error('another form');
  return value;
}

/** The SHA-256 of a user token, which is never empty: the digest of the empty string stands for no token. */
function digestIn(value: unknown): string {
  const digest = stringIn(value, /^[0-9a-f]{64}$/);
  if (digest === EMPTY_SHA256) throw new Error('another form');
  return digest;
}

function statusIn(value: unknown): number {
  if (typeof value !== 'number') throw new Error('another form');
  return value;
}

/** Visible ASCII, and spaces inside. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

function headersIn(given: object, names: readonly string[]): Record<string, string> {
  const fields = Object.entries(pickFields((name) => (given as Record<string, string>)[name], names));
  for (const [name, value] of fields) {
    if (!FIELD_VALUE.test(value) || (DICTIONARIES.includes(name) && !isOneMember(value)))
      throw new Error('another form');
  }
  return Object.fromEntries(fields);
}

function isOneMember(text: string): boolean {
  const field = parseDictionary(text);
  return field?.value.size === 1 && serializeDictionary(field.value) === text;
}

/** A body in canonical form: not base64 if it is UTF-8, and without lone surrogates. */
function bodyIn(body: unknown): SavedBody {
  return toSavedBody(
    bytesOfBody(typeof body === 'string' ? body : { base64: stringIn(Object(body).base64, /^/) }),
  );
}
