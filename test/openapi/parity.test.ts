import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { builtInApi } from '../../server/app/router.ts';
import { documentOf } from '../../server/openapi/document.ts';
import type { Schema } from '../../server/rpc/api-document.ts';
import { compile } from '../harness/api-document.ts';

const document = documentOf(builtInApi, '/');

/** The JSON inputs of every procedure. */
const inputs = [...builtInApi.procedures].flatMap(([name, { inputs: parsers }]) => {
  const item = document.paths[`/api/${name}`];
  const operation = item && ('get' in item ? item.get : item.post);
  const content = operation?.requestBody?.content ?? operation?.parameters?.[0]?.content;
  const json = content?.['application/json'];
  if (!json) return [];
  return [{ name, schema: json.schema, example: json.example, parser: parsers[0] as z.ZodType }];
});

it.each(inputs)(
  '$name takes what its schema says, and refuses what its schema refuses',
  ({ schema, example, parser }) => {
    const wrongBySchema = compile(document, schema);
    const seen = { taken: 0, refused: 0 };
    const property = fc.property(fc.oneof(valuesOf(schema), nearly(example, schema)), (value) => {
      const { success, error } = parser.safeParse(value);
      const wrong = wrongBySchema(value);
      if (success) expect(wrong, JSON.stringify(value)).toEqual([]);
      else if (wrong.length === 0) {
        // No more than JSON Schema has no word for.
        const issues = error.issues.filter((issue) => !isBeyondSchema(issue));
        expect(issues, JSON.stringify(value)).toEqual([]);
      }
      seen[success ? 'taken' : 'refused']++;
    });
    fc.assert(property, { numRuns: 400 });
    expect(seen.taken).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  },
);

/** A refinement; or a string that is too long by UTF-16 units, where JSON Schema counts characters. */
function isBeyondSchema({ code, ...issue }: z.core.$ZodIssue): boolean {
  return code === 'custom' || ('origin' in issue && code === 'too_big' && issue.origin === 'string');
}

/** An example with another value in the place of one; where there is none, any value. */
function nearly(example: unknown, schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {} } = resolved(schema);
  const names = Object.keys(properties);
  if (example === undefined || names.length === 0) return valuesOf(schema);
  return fc
    .constantFrom(...names)
    .chain((name) =>
      valuesOf(properties[name] ?? {}).map((value) => ({ ...(example as object), [name]: value })),
    );
}

const resolved = (schema: Asked): Asked =>
  schema.$ref ? (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;

/** Values that are what a schema asks for, or nearly so. */
function valuesOf(schema: Schema | Asked): fc.Arbitrary<unknown> {
  const right = rightOf(schema as Asked);
  return fc.oneof({ arbitrary: right, weight: 30 }, { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 });
}

interface Asked {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

function rightOf(asked: Asked): fc.Arbitrary<unknown> {
  if (asked.$ref) return valuesOf(resolved(asked) as Schema);
  if (asked.anyOf) return fc.oneof(...asked.anyOf.map(valuesOf));
  if (asked.enum) return fc.constantFrom(...asked.enum, 'none of them');
  if ('const' in asked) return fc.constant(asked.const);
  switch (asked.type) {
    case 'string':
      return texts(asked);
    case 'integer':
      return numbers(asked);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return lists(asked);
    case 'object':
      return records(asked);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': fc.oneof(
    fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc.constantFrom(
      '2026-11-25',
      '2026-11-25T09:30:00+01:00',
      '2026-02-30T00:00:00Z',
      '2026-11-25T09:30:00Z',
    ),
  ),
  email: fc.oneof(fc.emailAddress(), fc.constantFrom('ada@example', 'Ada@Example.com', 'a b@example.com')),
};

function texts({ format, pattern, minLength = 0, maxLength = 40 }: Asked): fc.Arbitrary<string> {
  const lengths = [minLength - 1, minLength, maxLength, maxLength + 1].filter((n) => n >= 0);
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 30) }),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.constantFrom(...lengths).map((length) => 'a'.repeat(length)),
    fc.constantFrom('😀'.repeat(60), '\0', ' ', 'keys:read', 'area:*', '10.0.0.0/8', 'example.com:8443'),
    ...(format && FORMATS[format] ? [FORMATS[format], FORMATS[format]] : []),
    ...(pattern && !format ? [fc.stringMatching(new RegExp(simple(pattern)))] : []),
  );
}

/** fast-check generates strings only from plain character classes. */
const simple = (pattern: string): string =>
  pattern
    .replace('\\p{Cc}', '\\x00-\\x1f')
    .replace('\\0', '\\x00')
    .replace('^\\P{Cs}*$', '^[^\\ud800-\\udfff]*$')
    .replace('\\p{Cs}', '\\ud800-\\udfff');

function numbers({ minimum = -10, maximum = 10 }: Asked): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: Math.max(minimum, -1e9), max: Math.min(maximum, 1e9) }),
    fc.constantFrom(minimum - 1, minimum, maximum, maximum + 1, 1.5),
  );
}

function lists({ items = {}, prefixItems, minItems = 0, maxItems = 4 }: Asked): fc.Arbitrary<unknown[]> {
  if (prefixItems)
    return fc
      .tuple(...prefixItems.map(valuesOf))
      .chain((all) => fc.constantFrom<unknown[]>(all, all.slice(1)));
  return fc.oneof(
    { arbitrary: fc.array(valuesOf(items), { minLength: minItems, maxLength: minItems + 2 }), weight: 8 },
    { arbitrary: valuesOf(items).map((one) => Array(maxItems + 1).fill(one)), weight: 1 },
    { arbitrary: fc.constant<unknown[]>([]), weight: 1 },
  );
}

function records({ properties = {}, required = [] }: Asked): fc.Arbitrary<object> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, valuesOf(inner)]),
  );
  return fc.oneof(
    { arbitrary: fc.record(fields, { requiredKeys: [...required] }), weight: 12 },
    { arbitrary: fc.record(fields, { requiredKeys: [] }), weight: 1 },
    {
      arbitrary: fc.record(fields, { requiredKeys: [...required] }).map((value) => ({ ...value, more: 1 })),
      weight: 1,
    },
  );
}
