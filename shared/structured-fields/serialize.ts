import {
  type BareItem,
  base64,
  type Dictionary,
  type FieldItem,
  type FieldMember,
  type FieldParameters,
  type InnerList,
  isInnerList,
} from './values.ts';

/*
 * The one way to write a structured field (RFC 9651 §4.1). The values come from the parser, or from code that keeps their
 * limits.
 */

export const serializeDictionary = (dictionary: Dictionary): string =>
  [...dictionary].map(([key, member]) => key + serializeEntry(member)).join(', ');

export const serializeList = (members: readonly FieldMember[]): string =>
  members.map(serializeMember).join(', ');

export const serializeMember = (member: FieldMember): string =>
  isInnerList(member) ? serializeInnerList(member) : serializeItem(member);

export const serializeInnerList = ({ items, parameters }: InnerList): string =>
  `(${items.map(serializeItem).join(' ')})${serializeParameters(parameters)}`;

export const serializeItem = ({ value, parameters }: FieldItem): string =>
  serializeBareItem(value) + serializeParameters(parameters);

export function serializeParameters(parameters: FieldParameters): string {
  let text = '';
  for (const [key, value] of parameters)
    text += isTrue(value) ? `;${key}` : `;${key}=${serializeBareItem(value)}`;
  return text;
}

export function serializeBareItem({ type, value }: BareItem): string {
  switch (type) {
    case 'integer':
    case 'token':
      return String(value);
    case 'decimal':
      return Number.isInteger(value) ? value.toFixed(1) : String(value);
    case 'date':
      return `@${value}`;
    case 'string':
      return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
    case 'bytes':
      return `:${base64(value)}:`;
    case 'boolean':
      return value ? '?1' : '?0';
    case 'display string':
      return `%"${escapeDisplayString(value)}"`;
  }
}

/** A member that is true is written as just its key and parameters (§4.1.2). */
function serializeEntry(member: FieldMember): string {
  if (!isInnerList(member) && isTrue(member.value)) return serializeParameters(member.parameters);
  return `=${serializeMember(member)}`;
}

const isTrue = ({ type, value }: BareItem): boolean => type === 'boolean' && value;

function escapeDisplayString(value: string): string {
  let text = '';
  for (const byte of new TextEncoder().encode(value)) {
    const isEscaped = byte === 0x25 || byte === 0x22 || byte < 0x20 || byte > 0x7e;
    text += isEscaped ? `%${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  }
  return text;
}
