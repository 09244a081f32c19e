import { bytesFromHex, hexOf } from '../hex.ts';
import { parseDictionary } from '../structured-fields/parse.ts';
import { base64, isInnerList } from '../structured-fields/values.ts';

/** The position of a call in the chain of its workspace's receipts. */
export interface ReceiptPosition {
  readonly workspace: string;
  /** From 1, without gaps: a receipt whose response was lost has a number too. */
  readonly sequence: number;
  /** Unix seconds. */
  readonly time: number;
  /** The link of the receipt before it, SHA-256 in lowercase hex; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 of what the request's signature covers (see `receiptedText`), in lowercase hex. */
  readonly request: string;
}

/** The `previous` of the first receipt in a chain. */
export const CHAIN_START = '0'.repeat(64);

/**
 * The string whose SHA-256 identifies the request in a receipt: the ten lines of `signatureBase`, whichever format the request's
 * signature has; for RFC 9421 they are followed by the member of `signature-input`.
 * @param base of `signatureBase`
 * @param member label and parameters, as the signature base has them; null for `x-signature`
 */
export const receiptedText = (base: string, member: string | null): string =>
  member === null ? base : `${base}\n${member}`;

/** The string whose SHA-256 is the link of a receipt, which the next one has as `previous`. */
export const linkText = ({ workspace, sequence, time, previous, request }: ReceiptPosition): string =>
  `v1.receipt\n${workspace}\n${sequence}\n${time}\n${previous}\n${request}`;

/** The value of the field, as a dictionary (RFC 9651 §3.2). */
export const formatReceipt = ({ workspace, sequence, time, previous, request }: ReceiptPosition): string =>
  `workspace="${workspace}", sequence=${sequence}, time=${time}, previous=${bytesField(previous)}, request=${bytesField(request)}`;

/** Reads the field; null if it is not exactly as `formatReceipt` writes it. */
export function parseReceipt(text: string): ReceiptPosition | null {
  const field = parseDictionary(text)?.value;
  const valueIn = (name: string) => {
    const member = field?.get(name);
    return member && !isInnerList(member) ? member.value.value : null;
  };
  const [workspace, sequence, time] = ['workspace', 'sequence', 'time'].map(valueIn);
  const [previous, request] = ['previous', 'request'].map(valueIn);
  if (typeof workspace !== 'string' || typeof sequence !== 'number' || typeof time !== 'number') return null;
  if (!(previous instanceof Uint8Array) || !(request instanceof Uint8Array)) return null;
  const position = { workspace, sequence, time, previous: hexOf(previous), request: hexOf(request) };
  return formatReceipt(position) === text ? position : null;
}

const bytesField = (hex: string): string => `:${base64(bytesFromHex(hex))}:`;
