/** The part of JSON Schema 2020-12 that procedures use. */
export interface FieldSchema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string | undefined;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly items?: FieldSchema | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly FieldSchema[];
}

/** A form field. A property without a fitting field is edited as JSON. */
export type Field = FieldOf &
  Readonly<{ name: string; description: string; isRequired: boolean; isNullable: boolean }>;

type FieldOf =
  | { readonly kind: 'text'; readonly isSecret: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'date-time' }
  | {
      readonly kind: 'number';
      readonly isInteger: boolean;
      readonly min: number | undefined;
      readonly max: number | undefined;
    }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'list'; readonly isNumeric: boolean; readonly options: readonly string[] }
  | { readonly kind: 'group'; readonly fields: readonly Field[] }
  | { readonly kind: 'json' };

/** Schemas that a `$ref` may name. */
export type FieldSchemas = Readonly<Record<string, FieldSchema>>;

/** Deeper groups are edited as JSON: nested forms are hard to use, and a schema may be recursive. */
const DEEPEST = 3;

/** The fields of an input, or null if it is not an object with known properties. */
export function inputFieldsOf(schema: FieldSchema, schemas: FieldSchemas): readonly Field[] | null {
  const field = fieldOf({ name: '', schema, isRequired: true }, schemas, 0);
  return field.kind === 'group' ? field.fields : null;
}

interface Property {
  readonly name: string;
  readonly schema: FieldSchema;
  readonly isRequired: boolean;
}

function fieldOf({ name, schema, isRequired }: Property, schemas: FieldSchemas, depth: number): Field {
  const outer = resolveSchema(schema, schemas);
  const { inner, isNullable } = withoutNull(outer, schemas);
  const description = outer.description ?? inner.description ?? '';
  return { ...kindOf(name, inner, schemas, depth), name, description, isRequired, isNullable };
}

function resolveSchema(schema: FieldSchema, schemas: FieldSchemas): FieldSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : { ...schemas[name], ...schema, $ref: undefined };
}

/** `anyOf: [X, null]` is X, or null. */
function withoutNull(
  schema: FieldSchema,
  schemas: FieldSchemas,
): { inner: FieldSchema; isNullable: boolean } {
  const others = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  const isNullable = schema.anyOf !== undefined && others.length < schema.anyOf.length;
  const [only] = others;
  return {
    inner: isNullable && others.length === 1 && only ? resolveSchema(only, schemas) : schema,
    isNullable,
  };
}

function kindOf(name: string, schema: FieldSchema, schemas: FieldSchemas, depth: number): FieldOf {
  if (isTextList(schema.enum)) return { kind: 'choice', options: schema.enum };
  switch (schema.type) {
    case 'string':
      return schema['format'] === 'date-time' ? { kind: 'date-time' } : textField(name, schema);
    case 'number':
    case 'integer':
      return {
        kind: 'number',
        isInteger: schema.type === 'integer',
        min: numberOf(schema['minimum']),
        max: numberOf(schema['maximum']),
      };
    case 'boolean':
      return { kind: 'boolean' };
    case 'array':
      return listField(schema, schemas);
    case 'object':
      return groupField(schema, schemas, depth);
    default:
      return { kind: 'json' };
  }
}

const SECRET = /password|token|secret/i;

function textField(name: string, schema: FieldSchema): FieldOf {
  const min = numberOf(schema['minLength']);
  const max = numberOf(schema['maxLength']);
  return {
    kind: 'text',
    isSecret: SECRET.test(name),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** A list of strings or of numbers; any other list is edited as JSON. */
function listField({ items }: FieldSchema, schemas: FieldSchemas): FieldOf {
  if (typeof items !== 'object') return { kind: 'json' };
  const item = resolveSchema(items, schemas);
  const isNumeric = item.type === 'number' || item.type === 'integer';
  if (item.type !== 'string' && !isNumeric) return { kind: 'json' };
  return { kind: 'list', isNumeric, options: isTextList(item.enum) ? item.enum : [] };
}

function groupField(schema: FieldSchema, schemas: FieldSchemas, depth: number): FieldOf {
  const { properties, required = [] } = schema;
  if (!properties || depth >= DEEPEST || schema['additionalProperties']) return { kind: 'json' };
  const fields = Object.entries(properties).map(([name, property]) =>
    fieldOf({ name, schema: property, isRequired: required.includes(name) }, schemas, depth + 1),
  );
  return { kind: 'group', fields };
}

const isTextList = (values: readonly unknown[] | undefined): values is readonly string[] =>
  values?.every((value) => typeof value === 'string') ?? false;

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
