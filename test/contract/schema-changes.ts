import { isDeepStrictEqual } from 'node:util';

/** A JSON Schema (2020-12), of the keywords that zod writes; `also` names what no keyword can say. */
export type Schema = Readonly<Record<string, unknown>>;

/** One difference between two contracts, in words, and whether a client that was right before can be wrong now. */
export interface Change {
  readonly what: string;
  readonly breaks: boolean;
}

/** Inputs break where less is accepted than before, outputs where something is returned that was not known before. */
export type Side = 'input' | 'output';

/** A path within an input or an output. */
interface Place {
  readonly side: Side;
  readonly path: string;
}

/** What became of one keyword of two schemas that take the same kind of value. */
type Rule = (before: unknown, after: unknown, at: Place, schemas: Pair) => Change[];

interface Pair {
  readonly before: Schema;
  readonly after: Schema;
}

/**
 * What differs between two schemas of one thing. A difference that no rule knows breaks.
 *
 * | what | breaks an input | breaks an output |
 * | --- | --- | --- |
 * | a field is gone | yes | yes |
 * | a new field | where it is required | no |
 * | a field is optional where it was required | no | yes |
 * | a field is required where it was optional | yes | no |
 * | a value of an enum, a variant of a union, a type, null: gone | yes | no |
 * | a value of an enum, a variant of a union, a type, null: new | no | yes: no client's `switch` handles it |
 * | a bound, a pattern, a format: narrower, new or another | yes | no: readers were promised nothing |
 */
export function compareSchemas(before: Schema, after: Schema, side: Side): Change[] {
  return compare(before, after, { side, path: '' });
}

function compare(before: unknown, after: unknown, at: Place): Change[] {
  const [was, is] = [variantsOf(before), variantsOf(after)];
  const [lost, gained] = unmatched(was, is);
  const changes = [kindOf, typeOf].flatMap((likeness) =>
    pairs(lost, gained, likeness).flatMap((pair) => compareVariants(pair, at)),
  );
  for (const variant of lost)
    changes.push(gone(at, nameOf(variant), at.side === 'input' && !is.some(isAnything)));
  for (const variant of gained)
    changes.push(come(at, nameOf(variant), at.side === 'output' && !was.some(isAnything)));
  return changes;
}

/** Takes out of two lists what is one thing before and after. */
function pairs(lost: Schema[], gained: Schema[], likeness: (schema: Schema) => string): Pair[] {
  return [...lost].flatMap((before) => {
    const after = gained.find((candidate) => likeness(candidate) === likeness(before));
    if (!after) return [];
    lost.splice(lost.indexOf(before), 1);
    gained.splice(gained.indexOf(after), 1);
    return [{ before, after }];
  });
}

const gone = (at: Place, name: string, breaks: boolean) =>
  change(at, at.side === 'input' ? `no longer takes ${name}` : `is never ${name} any more`, breaks);
const come = (at: Place, name: string, breaks: boolean) =>
  change(at, at.side === 'input' ? `takes ${name} too` : `can be ${name} now`, breaks);

function change({ side, path }: Place, words: string, breaks: boolean): Change {
  return { what: `${side}${path === '' ? '' : ` \`${path}\``} ${words}`, breaks };
}

const within = ({ side, path }: Place, step: string): Place => ({
  side,
  path: path === '' || step.startsWith('[') ? path + step : `${path}.${step}`,
});

/** The schemas of which a value has to match one, none of them a union itself. `false` takes nothing. */
function variantsOf(schema: unknown): Schema[] {
  if (schema === false) return [];
  if (schema === true || schema === undefined) return [{}];
  const { anyOf, oneOf, type, const: only, ...rest } = schema as Schema & { const?: unknown };
  const union = (anyOf ?? oneOf) as Schema[] | undefined;
  if (union) return union.flatMap((variant) => variantsOf({ ...rest, ...variant }));
  if (Array.isArray(type))
    return type.map((each) => (each === 'null' ? { type: each } : { ...rest, type: each }));
  const values = only === undefined ? {} : { enum: [only] };
  return [{ ...rest, ...(type === undefined ? {} : { type }), ...values }];
}

/** What is only in the first list. */
function unmatched(before: readonly Schema[], after: readonly Schema[]): [Schema[], Schema[]] {
  const without = (some: readonly Schema[], others: readonly Schema[]) =>
    some.filter((variant) => !others.some((other) => isDeepStrictEqual(variant, other)));
  return [without(before, after), without(after, before)];
}

const isAnything = (schema: Schema): boolean => Object.keys(schema).length === 0;

/** What distinguishes a variant: its type, or for objects the fields that can have only one value. */
function kindOf(schema: Schema): string {
  if (schema['type'] !== 'object') return typeOf(schema);
  const fixed = Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const [only, ...others] = variantsOf(property);
    const values = others.length === 0 ? (only?.['enum'] as unknown[] | undefined) : undefined;
    return values?.length === 1 ? [`${name} ${JSON.stringify(values[0])}`] : [];
  });
  return ['object', ...fixed.sort()].join(', ');
}

function typeOf({ $ref, type = 'anything' }: Schema): string {
  return String($ref ?? (type === 'integer' ? 'number' : type));
}

function nameOf(schema: Schema): string {
  const values = schema['enum'] as unknown[] | undefined;
  return values && values.length > 0
    ? values.map((value) => JSON.stringify(value)).join(', ')
    : kindOf(schema);
}

function compareVariants(schemas: Pair, at: Place): Change[] {
  const keywords = new Set([...Object.keys(schemas.before), ...Object.keys(schemas.after)]);
  return [...keywords].sort().flatMap((keyword) => {
    const [before, after] = [schemas.before[keyword], schemas.after[keyword]];
    if (isDeepStrictEqual(before, after)) return [];
    const rule = RULES[keyword];
    return rule ? rule(before, after, at, schemas) : [change(at, `has another ${keyword}`, true)];
  });
}

type Properties = Readonly<Record<string, Schema>>;
const propertiesOf = (schema: Schema) => (schema['properties'] ?? {}) as Properties;
const isRequired = (schema: Schema, name: string): boolean =>
  ((schema['required'] ?? []) as string[]).includes(name);

function properties(_before: unknown, _after: unknown, at: Place, schemas: Pair): Change[] {
  const [before, after] = [propertiesOf(schemas.before), propertiesOf(schemas.after)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (!is)
      return [change(at, at.side === 'input' ? `no longer takes \`${name}\`` : `lost \`${name}\``, true)];
    if (!was) return [newProperty(name, at, schemas)];
    return compare(was, is, within(at, name));
  });
}

function newProperty(name: string, at: Place, { before, after }: Pair): Change {
  if (at.side === 'output') return change(at, `has \`${name}\` too`, false);
  if (isRequired(after, name)) return change(at, `needs \`${name}\``, true);
  // Where anything could be sent under that name, it is not what is asked for now.
  return change(at, `takes \`${name}\` too`, before['additionalProperties'] !== false);
}

/** Of fields that exist before and after; `properties` reports those that come and go. */
function required(_before: unknown, _after: unknown, at: Place, { before, after }: Pair): Change[] {
  const names = [before, after].flatMap((schema) => (schema['required'] ?? []) as string[]);
  return [...new Set(names)].flatMap((name) => {
    const [was, is] = [isRequired(before, name), isRequired(after, name)];
    if (name in propertiesOf(before) !== name in propertiesOf(after) || was === is) return [];
    const words = is ? 'is required, was optional' : 'is optional, was required';
    return [change(within(at, name), words, (at.side === 'input') === is)];
  });
}

function additionalProperties(before: unknown, after: unknown, at: Place): Change[] {
  if (after === false) return [change(at, 'has no other fields any more', true)];
  if (before === false) return [change(at, 'can have other fields', false)];
  return compare(before, after, within(at, '[*]'));
}

function prefixItems(before: unknown, after: unknown, at: Place): Change[] {
  const [was, is] = [before, after].map((list) => (list ?? []) as Schema[]) as [Schema[], Schema[]];
  if (was.length !== is.length) return [change(at, `has ${is.length} places, had ${was.length}`, true)];
  return was.flatMap((schema, n) => compare(schema, is[n], within(at, `[${n}]`)));
}

function type(before: unknown, after: unknown, at: Place): Change[] {
  return [change(at, `is ${after}, was ${before}`, (at.side === 'input') === (after === 'integer'))];
}

function values(before: unknown, after: unknown, at: Place): Change[] {
  const [was, is] = [before, after] as [unknown[] | undefined, unknown[] | undefined];
  const named = (list: unknown[]) => list.map((value) => JSON.stringify(value)).join(', ');
  if (!was) return [change(at, `is one of ${named(is ?? [])} alone`, at.side === 'input')];
  if (!is) return [come(at, `other than ${named(was)}`, at.side === 'output')];
  const lost = was.filter((value) => !is.includes(value));
  const gained = is.filter((value) => !was.includes(value));
  return [
    ...lost.map((value) => gone(at, JSON.stringify(value), at.side === 'input')),
    ...gained.map((value) => come(at, JSON.stringify(value), at.side === 'output')),
  ];
}

/** @param unit of what is bounded */
function bound(limit: 'at most' | 'at least', unit: string): Rule {
  const said = (value: unknown) => (value === undefined ? 'any number' : `${limit} ${value}`) + unit;
  const widest = limit === 'at most' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return (before, after, at) => {
    const [was, is] = [before ?? widest, after ?? widest] as [number, number];
    const narrower = limit === 'at most' ? is < was : is > was;
    return [change(at, `is ${said(after)}, was ${said(before)}`, at.side === 'input' && narrower)];
  };
}

/** Which of two formats accepts more is undecidable. */
function form(keyword: string): Rule {
  return (before, after, at) =>
    after === undefined
      ? [change(at, `has no ${keyword} any more, had ${before}`, false)]
      : [change(at, `has the ${keyword} ${after}, had ${before ?? 'none'}`, at.side === 'input')];
}

function also(before: unknown, after: unknown, at: Place): Change[] {
  const [was, is] = [before, after].map((list) => (list ?? []) as string[]) as [string[], string[]];
  return [
    ...is.filter((rule) => !was.includes(rule)).map((rule) => change(at, rule, at.side === 'input')),
    ...was.filter((rule) => !is.includes(rule)).map((rule) => change(at, `no longer ${rule}`, false)),
  ];
}

const RULES: Readonly<Record<string, Rule>> = {
  type,
  properties,
  required,
  additionalProperties,
  prefixItems,
  also,
  enum: values,
  items: (before, after, at) => compare(before, after, within(at, '[]')),
  propertyNames: (before, after, at) => compare(before, after, within(at, '[name]')),
  maxLength: bound('at most', ' characters'),
  minLength: bound('at least', ' characters'),
  maxItems: bound('at most', ' items'),
  minItems: bound('at least', ' items'),
  maximum: bound('at most', ''),
  minimum: bound('at least', ''),
  pattern: form('pattern'),
  format: form('format'),
};
