import { type Fault, formFault } from '../../../shared/form-rules.ts';
import { RESPONSE_TAG, type ResponseAlgorithm } from '../../../shared/http-signature/response.ts';
import { parseDictionary } from '../../../shared/structured-fields/parse.ts';
import { type FieldMember, isInnerList } from '../../../shared/structured-fields/values.ts';

/** The signature of the response that a request requires. */
export interface RequestedSignature {
  /** The response has its signature under this label. */
  readonly label: string;
  /** Null leaves it to the credential. */
  readonly algorithm: ResponseAlgorithm | null;
  /** Whether the response must have a receipt. */
  readonly receipt: boolean;
}

/**
 * Reads `accept-signature` (RFC 9421 §5.1). Entries with another tag are ignored: they are meant for others. The components of
 * an entry are ignored too: a signature always covers the same ones.
 * @param lines the lines of the field
 * @returns null if no signature is requested
 */
export function readAcceptSignature(lines: readonly string[]): RequestedSignature | Fault | null {
  const text = lines.join(', ');
  const known = parsedByText.get(text);
  if (known !== undefined) return known;
  const requested = parse(text);
  if (parsedByText.size >= MAX_PARSED_TEXTS) parsedByText.clear();
  parsedByText.set(text, requested);
  return requested;
}

/** The results for recent values: a client sends the same one with each request. A full map is emptied. */
const parsedByText = new Map<string, RequestedSignature | Fault | null>();
const MAX_PARSED_TEXTS = 32;

function parse(text: string): RequestedSignature | Fault | null {
  const field = parseDictionary(text);
  if (!field) return malformedField('must be a dictionary (RFC 9651 §3.2)');
  if (field.hasRepeats) return malformedField('must not repeat a label or a parameter');
  const [first, ...others] = [...field.value].filter(
    ([, member]) => stringParameter(member, 'tag') === RESPONSE_TAG,
  );
  if (!first) return null;
  if (others.length > 0) return malformedField('must ask for one signature of the response');
  const [label, member] = first;
  if (!isInnerList(member))
    return malformedField('must have a list of components for each label (RFC 9421 §5.1)');
  const algorithm = stringParameter(member, 'alg');
  if (member.parameters.has('alg') && !isAlgorithm(algorithm))
    return malformedField('must have hmac-sha256 or ed25519 as alg, or none');
  const receipt = member.parameters.get('receipt');
  if (receipt && receipt.type !== 'boolean')
    return malformedField('must have receipt without a value, or not at all');
  // A receipt is shown to others, who cannot verify a MAC.
  if (receipt?.value && algorithm !== 'ed25519')
    return malformedField('must have ed25519 as alg for a receipt');
  return { label, algorithm: isAlgorithm(algorithm) ? algorithm : null, receipt: receipt?.value === true };
}

const isAlgorithm = (text: string | null): text is ResponseAlgorithm =>
  text === 'hmac-sha256' || text === 'ed25519';

function stringParameter({ parameters }: FieldMember, name: string): string | null {
  const item = parameters.get(name);
  return item?.type === 'string' ? item.value : null;
}

const malformedField = (message: string): Fault =>
  formFault('accept-signature', 'headers.accept-signature', 'REQUEST_MALFORMED', message);
