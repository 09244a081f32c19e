/** A bare item (RFC 9651 §3.3) with its type: `1` and `1.0` are different values on the wire. */
export type BareItem =
  | { readonly type: 'integer' | 'decimal' | 'date'; readonly value: number }
  | { readonly type: 'string' | 'token' | 'display string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array<ArrayBuffer> }
  | { readonly type: 'boolean'; readonly value: boolean };

export type FieldParameters = ReadonlyMap<string, BareItem>;

export interface FieldItem {
  readonly value: BareItem;
  readonly parameters: FieldParameters;
}

export interface InnerList {
  readonly items: readonly FieldItem[];
  readonly parameters: FieldParameters;
}

export type FieldMember = FieldItem | InnerList;
export type Dictionary = ReadonlyMap<string, FieldMember>;

export const isInnerList = (member: FieldMember): member is InnerList => 'items' in member;

/** Of base64, with or without padding. @throws if it is not base64 */
export function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** With the alphabet for URLs, without padding (RFC 4648 §5). */
export const base64Url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
