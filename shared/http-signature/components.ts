import { serializeBareItem, serializeItem } from '../structured-fields/serialize.ts';
import type { BareItem, FieldItem, FieldParameters } from '../structured-fields/values.ts';

/*
 * Identifiers of covered components (RFC 9421 §2).
 */

/** A covered component: the name of a field in lowercase, or of a derived component (`@…`), and its parameters. */
export interface Component {
  readonly name: string;
  readonly parameters: FieldParameters;
  /** As the signature base and `signature-input` write it. */
  readonly id: string;
}

/** The parameters that a derived component may have in addition to `req` (§2.2, §2.4). */
const DERIVED_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  '@method': [],
  '@target-uri': [],
  '@authority': [],
  '@scheme': [],
  '@request-target': [],
  '@path': [],
  '@query': [],
  '@query-param': ['name'],
  '@status': [],
};
/** The parameters that a field may have in addition to `req` (§2.1). */
const FIELD_PARAMETERS = ['sf', 'key', 'bs', 'tr'];
/** Parameters whose value is a string; all others are true or absent. */
const STRING_PARAMETERS = ['key', 'name'];
/** RFC 9110 §5.1, in lowercase as §2.1 requires. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** Without parameters: what nearly every signature covers, so that its rules need not be checked again. */
const FREQUENT: ReadonlyMap<string, Component> = new Map(
  [
    ...Object.keys(DERIVED_PARAMETERS).filter((name) => name !== '@query-param'),
    ...['authorization', 'content-digest', 'content-length', 'content-type', 'date', 'x-user-token'],
  ].map((name) => [name, { name, parameters: new Map(), id: `"${name}"` }]),
);

/** Reads the items of a `signature-input` member. Returns the rule that they break, if any; it repeats nothing that was sent. */
export function readComponents(items: readonly FieldItem[]): readonly Component[] | string {
  const components: Component[] = [];
  const seen = new Set<string>();
  for (const item of items) {
    const { value, parameters } = item;
    if (value.type !== 'string') return 'must name each component in a string (RFC 9421 §2.5)';
    const frequent = parameters.size === 0 ? FREQUENT.get(value.value) : undefined;
    const fault = frequent ? null : faultOf(value.value, parameters);
    if (fault) return fault;
    // The order of parameters does not make another component (§2).
    const same = frequent?.id ?? `${value.value};${sortParameters(parameters)}`;
    if (seen.has(same)) return 'must cover no component twice (RFC 9421 §2.5)';
    seen.add(same);
    components.push(frequent ?? { name: value.value, parameters, id: serializeItem(item) });
  }
  return components;
}

const sortParameters = (parameters: FieldParameters): string =>
  [...parameters]
    .map(([name, each]) => name + serializeBareItem(each))
    .sort()
    .join();

function faultOf(name: string, parameters: FieldParameters): string | null {
  const isDerived = name.startsWith('@');
  const allowed = isDerived ? DERIVED_PARAMETERS[name] : FIELD_PARAMETERS;
  if (!allowed || (!isDerived && !FIELD_NAME.test(name)))
    return 'must cover fields, in lowercase, and derived components (RFC 9421 §2)';
  for (const [parameter, value] of parameters) {
    if (parameter !== 'req' && !allowed.includes(parameter))
      return 'must have only the parameters of a component (RFC 9421 §2)';
    if (!hasForm(parameter, value))
      return 'must have key and name as strings, and other parameters of a component without a value (RFC 9421 §2)';
  }
  if (name === '@query-param' && !parameters.has('name'))
    return 'must have the name of a query parameter (RFC 9421 §2.2.8)';
  // §2.1: both contradict the bytes as they were sent.
  const contradicts = parameters.has('bs') && (parameters.has('sf') || parameters.has('key'));
  return contradicts ? 'must not combine bs with sf or key (RFC 9421 §2.1)' : null;
}

const hasForm = (parameter: string, { type, value }: BareItem): boolean =>
  STRING_PARAMETERS.includes(parameter) ? type === 'string' : value === true;
