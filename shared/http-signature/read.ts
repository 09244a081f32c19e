import { type Fault, formFault } from '../form-rules.ts';
import type { HeaderValues } from '../request-rules.ts';
import { isSessionId } from '../signature.ts';
import { MAX_PARTS, parseDictionary } from '../structured-fields/parse.ts';
import { serializeParameters } from '../structured-fields/serialize.ts';
import {
  type FieldMember,
  type FieldParameters,
  type InnerList,
  isInnerList,
} from '../structured-fields/values.ts';
import { unverifiedClaims } from '../unverified-claims.ts';
import { type Component, readComponents } from './components.ts';

/** The tag of signatures that are meant for Keyseal. A signature without a tag is one, too. */
const REQUEST_TAG = 'keyseal';
/** Characters of a nonce. */
const NONCE_LENGTH = { min: 16, max: 128 };
/** Signatures in one request: the caller's, and those that proxies added. */
const MAX_LABELS = 32;
/** Enough for each of the hundred headers that a request may have, and for all derived components. */
const MAX_COMPONENTS = 128;
const NO_DICTIONARY = `must be a dictionary (RFC 9651 §3.2) of at most ${MAX_PARTS} labels, components and parameters, without repeats`;

/** A request's RFC 9421 signature, before it is verified. */
export interface StandardSignature {
  /** Its name in `signature-input` and `signature`. */
  readonly label: string;
  /** `keyid`: the id of a key, or of a session. */
  readonly k: string;
  /** `created`, unix seconds. */
  readonly t: number;
  readonly nonce: string;
  /** Unix seconds; null if the signature names none. */
  readonly expires: number | null;
  /** `alg`; null if the signature names none. */
  readonly algorithm: string | null;
  readonly components: readonly Component[];
  /** Components and parameters, as the signature base has them. */
  readonly parameters: string;
  readonly value: Uint8Array<ArrayBuffer>;
  /** The parameters of the signature's value, which a response covers together with it. */
  readonly valueParameters: FieldParameters;
}

/** Why a request has no readable RFC 9421 signature: it has none, or one that breaks a rule. */
export type SignatureFault = { readonly reason: 'SIGNATURE_MISSING' } | Fault;

/** The credential whose signature is read: a key by its id, a session by its token; none if a session signs without a token. */
type SigningBearer = {
  readonly kind: 'key' | 'token' | 'none';
  readonly parsed?: { readonly id: string };
  readonly text?: string;
};

/**
 * Reads the signature that the request's credential made, by its `keyid`, among those of the request. Signatures with
 * another `tag` or `keyid` (of a proxy, of a bot) are ignored.
 */
export function readStandardSignature(
  values: HeaderValues,
  bearer: SigningBearer,
): StandardSignature | SignatureFault {
  const inputs = values('signature-input');
  if (inputs.length === 0) return { reason: 'SIGNATURE_MISSING' };
  const inputField = parseDictionary(inputs.join(', '));
  if (!inputField) return malformedField('signature-input', NO_DICTIONARY);
  // Checked before anything is selected: another reader could select by the first of two.
  if (inputField.hasRepeats)
    return malformedField('signature-input', 'must not repeat a label or a parameter');
  if (inputField.value.size > MAX_LABELS)
    return malformedField('signature-input', `must have at most ${MAX_LABELS} labels`);
  const keyId = idOfBearer(bearer);
  const matching = [...inputField.value].filter(([, member]) => isOfCredential(member, keyId));
  const [first, ...others] = matching;
  if (!first) return inputField.value.size === 0 ? { reason: 'SIGNATURE_MISSING' } : ONLY_OTHERS;
  if (others.length > 0)
    return malformedField('signature-input', 'must have one signature of the credential');
  const [label, member] = first;
  return isInnerList(member)
    ? readMember(label, member, signatureValue(values, label))
    : malformedField('signature-input', 'must have a list of components for each label (RFC 9421 §4.1)');
}

/** The `keyid` of each signature that may be meant for Keyseal, in order; none if they cannot be read. Nothing is verified. */
export function keyIdsOf(values: HeaderValues): readonly string[] {
  const inputs = values('signature-input');
  const field = inputs.length === 0 ? null : parseDictionary(inputs.join(', '));
  const members = [...(field?.value.values() ?? [])].filter(isMeantForKeyseal);
  return members.flatMap(({ parameters }) => stringParameter(parameters, 'keyid') ?? []);
}

/** A mistake of the signer, most often: a request with only foreign signatures would be one that nobody signed for Keyseal. */
const ONLY_OTHERS = formFault(
  'http-signature',
  'headers.signature-input',
  'SIGNATURE_MISSING',
  'must have a signature whose keyid is only the id of the credential (the third part of an API key), and whose tag is keyseal or absent',
);

/** The id of the credential; undefined if none can be read from it. */
const idOfBearer = ({ kind, parsed, text = '' }: SigningBearer): string | undefined =>
  kind === 'token' ? sessionIn(text) : parsed?.id;

/** The session that a token names. Nothing is verified: it selects a signature, which is then verified with the token. */
function sessionIn(token: string): string | undefined {
  try {
    const { sid } = unverifiedClaims(token);
    return typeof sid === 'string' && isSessionId(sid) ? sid : undefined;
  } catch {
    return undefined;
  }
}

function isMeantForKeyseal({ parameters }: FieldMember): boolean {
  const tag = parameters.get('tag');
  return !tag || (tag.type === 'string' && tag.value === REQUEST_TAG);
}

function isOfCredential(member: FieldMember, keyId: string | undefined): boolean {
  if (!isMeantForKeyseal(member)) return false;
  const id = stringParameter(member.parameters, 'keyid');
  return id !== null && (keyId === undefined ? isSessionId(id) : id === keyId);
}

/** The bytes of a label's signature. */
type SignatureValue = Pick<StandardSignature, 'value' | 'valueParameters'>;

/** Reads the signature under a label, or says what is wrong with it. */
function signatureValue(values: HeaderValues, label: string): SignatureValue | SignatureFault {
  const field = parseDictionary(values('signature').join(', '));
  if (!field || field.hasRepeats) return malformedField('signature', NO_DICTIONARY);
  const member = field.value.get(label);
  if (!member || isInnerList(member) || member.value.type !== 'bytes')
    return malformedField(
      'signature',
      'must have the bytes of the signature under its label (RFC 9421 §4.2)',
    );
  return { value: member.value.value, valueParameters: member.parameters };
}

function readMember(
  label: string,
  member: InnerList,
  value: SignatureValue | SignatureFault,
): StandardSignature | SignatureFault {
  if ('reason' in value) return value;
  if (member.items.length > MAX_COMPONENTS)
    return malformedField('signature-input', `must cover at most ${MAX_COMPONENTS} components`);
  const components = readComponents(member.items);
  if (typeof components === 'string') return malformedField('signature-input', components);
  const unreadable = components.find(({ parameters }) => parameters.has('req') || parameters.has('tr'));
  if (unreadable || components.some(({ name }) => name === '@status'))
    return malformedField('signature-input', 'must not cover a response, its request, or a trailer');
  const { parameters } = member;
  const fault = PARAMETERS.find(([, isValid]) => !isValid(parameters));
  if (fault) return malformedField('signature-input', fault[0]);
  return {
    label,
    k: stringParameter(parameters, 'keyid') ?? '',
    t: integerParameter(parameters, 'created') ?? 0,
    nonce: stringParameter(parameters, 'nonce') ?? '',
    expires: integerParameter(parameters, 'expires'),
    algorithm: stringParameter(parameters, 'alg'),
    components,
    parameters: `(${components.map(({ id }) => id).join(' ')})${serializeParameters(parameters)}`,
    value: value.value,
    valueParameters: value.valueParameters,
  };
}

/** The rule for each parameter, and its check. */
const PARAMETERS: readonly (readonly [rule: string, (parameters: FieldParameters) => boolean])[] = [
  [
    'must have created, in unix seconds (RFC 9421 §2.3)',
    (all) => (integerParameter(all, 'created') ?? 0) > 0,
  ],
  [
    `must have a nonce of ${NONCE_LENGTH.min} to ${NONCE_LENGTH.max} characters`,
    (all) => {
      const length = stringParameter(all, 'nonce')?.length ?? 0;
      return length >= NONCE_LENGTH.min && length <= NONCE_LENGTH.max;
    },
  ],
  [
    'must have expires in unix seconds and not before created, or not at all',
    (all) =>
      !all.has('expires') ||
      (integerParameter(all, 'expires') ?? 0) >= (integerParameter(all, 'created') ?? 0),
  ],
  [
    'must have alg as a string, or not at all',
    (all) => !all.has('alg') || stringParameter(all, 'alg') !== null,
  ],
];

function stringParameter(parameters: FieldParameters, name: string): string | null {
  const item = parameters.get(name);
  return item?.type === 'string' ? item.value : null;
}

function integerParameter(parameters: FieldParameters, name: string): number | null {
  const item = parameters.get(name);
  return item?.type === 'integer' ? item.value : null;
}

const malformedField = (field: 'signature' | 'signature-input', message: string): SignatureFault =>
  formFault('http-signature', `headers.${field}`, 'SIGNATURE_MALFORMED', message);
