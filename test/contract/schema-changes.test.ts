import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSchemas, type Schema, type Side } from './schema-changes.ts';

const text = (more: Schema = {}): Schema => ({ type: 'string', ...more });
const list = (items: unknown): Schema => ({ type: 'array', items });
const oneOf = (...anyOf: Schema[]): Schema => ({ anyOf });
/** An object as inputs are: it takes no other fields. */
const fields = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const named = (name: Schema, required = true): Schema => fields({ name }, required ? ['name'] : []);

/** The description of a change to an input and to an output; a breaking one ends with an exclamation mark. */
type Said = readonly [input: string, output: string];

const TABLE: readonly (readonly [string, before: Schema, after: Schema, there: Said, back: Said])[] = [
  [
    'an optional field',
    fields({}),
    named(text(), false),
    ['takes `name` too', 'has `name` too'],
    ['no longer takes `name`!', 'lost `name`!'],
  ],
  [
    'a required field',
    fields({}),
    named(text()),
    ['needs `name`!', 'has `name` too'],
    ['no longer takes `name`!', 'lost `name`!'],
  ],
  [
    'whether a field is required',
    named(text(), false),
    named(text()),
    ['`name` is required, was optional!', '`name` is required, was optional'],
    ['`name` is optional, was required', '`name` is optional, was required!'],
  ],
  [
    'a value of an enum',
    named(text({ enum: ['a'] })),
    named(text({ enum: ['a', 'b'] })),
    ['`name` takes "b" too', '`name` can be "b" now!'],
    ['`name` no longer takes "b"!', '`name` is never "b" any more'],
  ],
  [
    'an enum where anything was taken',
    named(text()),
    named(text({ enum: ['a', 'b'] })),
    ['`name` is one of "a", "b" alone!', '`name` is one of "a", "b" alone'],
    ['`name` takes other than "a", "b" too', '`name` can be other than "a", "b" now!'],
  ],
  [
    'a literal',
    named(text({ const: 'a' })),
    named(text({ enum: ['a', 'b'] })),
    ['`name` takes "b" too', '`name` can be "b" now!'],
    ['`name` no longer takes "b"!', '`name` is never "b" any more'],
  ],
  [
    'null',
    named(text()),
    named({ type: ['string', 'null'] }),
    ['`name` takes null too', '`name` can be null now!'],
    ['`name` no longer takes null!', '`name` is never null any more'],
  ],
  [
    'null, alongside what is bounded',
    named(text({ maxLength: 5 })),
    named(oneOf(text({ maxLength: 5 }), { type: 'null' })),
    ['`name` takes null too', '`name` can be null now!'],
    ['`name` no longer takes null!', '`name` is never null any more'],
  ],
  [
    'a variant of a union',
    oneOf(named({ const: 1 })),
    oneOf(named({ const: 1 }), named({ const: 2 })),
    ['takes object, name 2 too', 'can be object, name 2 now!'],
    ['no longer takes object, name 2!', 'is never object, name 2 any more'],
  ],
  [
    'a field of one variant',
    oneOf(fields({ is: { const: 1 } }), fields({ is: { const: 2 } })),
    oneOf(fields({ is: { const: 1 } }), fields({ is: { const: 2 }, at: text() })),
    ['takes `at` too', 'has `at` too'],
    ['no longer takes `at`!', 'lost `at`!'],
  ],
  [
    'another type',
    named(text()),
    named({ type: 'boolean' }),
    [
      '`name` no longer takes string!; `name` takes boolean too',
      '`name` is never string any more; `name` can be boolean now!',
    ],
    [
      '`name` no longer takes boolean!; `name` takes string too',
      '`name` is never boolean any more; `name` can be string now!',
    ],
  ],
  [
    'whole numbers alone',
    named({ type: 'number' }),
    named({ type: 'integer' }),
    ['`name` is integer, was number!', '`name` is integer, was number'],
    ['`name` is number, was integer', '`name` is number, was integer!'],
  ],
  [
    'anything',
    named(text()),
    named({}),
    [
      '`name` no longer takes string; `name` takes anything too',
      '`name` is never string any more; `name` can be anything now!',
    ],
    [
      '`name` no longer takes anything!; `name` takes string too',
      '`name` is never anything any more; `name` can be string now',
    ],
  ],
  ...(
    [
      ['maxLength', 'at most', ' characters', 80, 100],
      ['minLength', 'at least', ' characters', 2, 1],
      ['maxItems', 'at most', ' items', 8, 16],
      ['minItems', 'at least', ' items', 2, 1],
      ['maximum', 'at most', '', 8, 16],
      ['minimum', 'at least', '', 2, 1],
    ] as const
  ).flatMap(([keyword, limit, unit, narrow, wide]) => {
    const of = (bound: number) => named({ [keyword]: bound });
    const said = (is: string, was: string) => `\`name\` is ${is}${unit}, was ${was}${unit}`;
    const [less, more] = [`${limit} ${narrow}`, `${limit} ${wide}`];
    return [
      [
        keyword,
        of(wide),
        of(narrow),
        [`${said(less, more)}!`, said(less, more)],
        Array(2).fill(said(more, less)),
      ],
      [
        `a new ${keyword}`,
        named({}),
        of(narrow),
        [`${said(less, 'any number')}!`, said(less, 'any number')],
        Array(2).fill(said('any number', less)),
      ],
    ] as unknown as typeof TABLE;
  }),
  [
    'a pattern',
    named(text({ pattern: '^a' })),
    named(text({ pattern: '^b' })),
    ['`name` has the pattern ^b, had ^a!', '`name` has the pattern ^b, had ^a'],
    ['`name` has the pattern ^a, had ^b!', '`name` has the pattern ^a, had ^b'],
  ],
  [
    'a new format',
    named(text()),
    named(text({ format: 'email' })),
    ['`name` has the format email, had none!', '`name` has the format email, had none'],
    ['`name` has no format any more, had email', '`name` has no format any more, had email'],
  ],
  [
    'a rule in words',
    named(text()),
    named(text({ also: ['must not be blank'] })),
    ['`name` must not be blank!', '`name` must not be blank'],
    ['`name` no longer must not be blank', '`name` no longer must not be blank'],
  ],
  [
    'what a list holds',
    list(named(text({ enum: ['a'] }))),
    list(named(text({ enum: ['a', 'b'] }))),
    ['`[].name` takes "b" too', '`[].name` can be "b" now!'],
    ['`[].name` no longer takes "b"!', '`[].name` is never "b" any more'],
  ],
  [
    'the places of a tuple',
    { type: 'array', prefixItems: [text()] },
    { type: 'array', prefixItems: [text(), text()] },
    ['has 2 places, had 1!', 'has 2 places, had 1!'],
    ['has 1 places, had 2!', 'has 1 places, had 2!'],
  ],
  [
    'one place of a tuple',
    { type: 'array', prefixItems: [text({ maxLength: 2 })] },
    { type: 'array', prefixItems: [text({ maxLength: 1 })] },
    [
      '`[0]` is at most 1 characters, was at most 2 characters!',
      '`[0]` is at most 1 characters, was at most 2 characters',
    ],
    Array(2).fill('`[0]` is at most 2 characters, was at most 1 characters') as unknown as Said,
  ],
  [
    'other fields',
    fields({}),
    { ...fields({}), additionalProperties: {} },
    ['can have other fields', 'can have other fields'],
    ['has no other fields any more!', 'has no other fields any more!'],
  ],
  [
    'a field under a name that others could have',
    { ...fields({}), additionalProperties: {} },
    { ...named(text(), false), additionalProperties: {} },
    ['takes `name` too!', 'has `name` too'],
    ['no longer takes `name`!', 'lost `name`!'],
  ],
  [
    'what other fields hold',
    { type: 'object', additionalProperties: text() },
    { type: 'object', additionalProperties: { type: ['string', 'null'] } },
    ['`[*]` takes null too', '`[*]` can be null now!'],
    ['`[*]` no longer takes null!', '`[*]` is never null any more'],
  ],
  [
    'a keyword that no rule knows',
    named({ multipleOf: 2 }),
    named({ multipleOf: 3 }),
    ['`name` has another multipleOf!', '`name` has another multipleOf!'],
    ['`name` has another multipleOf!', '`name` has another multipleOf!'],
  ],
];

function said(before: Schema, after: Schema, side: Side): string {
  const changes = compareSchemas(before, after, side);
  return changes.map(({ what, breaks }) => what.slice(side.length + 1) + (breaks ? '!' : '')).join('; ');
}

const both = (before: Schema, after: Schema) => [said(before, after, 'input'), said(before, after, 'output')];

describe.each(TABLE)('%s', (_, before, after, there, back) => {
  it('is reported as breaking or not, for an input and an output', () => {
    expect(both(before, after)).toEqual(there);
  });

  it('is reported in reverse', () => {
    expect(both(after, before)).toEqual(back);
  });

  it('is reported if nested', () => {
    const deep = (schema: Schema) => fields({ at: list(fields({ in: schema }, ['in'])) }, ['at']);
    const [changes, inside] = [
      compareSchemas(before, after, 'input'),
      compareSchemas(deep(before), deep(after), 'input'),
    ];
    expect(inside.map(({ breaks }) => breaks)).toEqual(changes.map(({ breaks }) => breaks));
    for (const { what } of inside) expect(what).toMatch(/^input `at\[\]\.in/);
  });
});

type Two = readonly [Schema, Schema];
const twice = <T>(one: fc.Arbitrary<T>) => fc.tuple(one, one);
const some = <T>(from: readonly T[]) => fc.subarray([...from], { minLength: 1 });
const NAMES = ['x', 'y'];

const bounds = fc.record(
  { maxLength: fc.integer({ min: 0, max: 3 }), minLength: fc.integer({ min: 0, max: 2 }) },
  { requiredKeys: [] },
);

/** Two schemas of one shape, which differ in what a shape leaves open: most are taken for one thing that changed. */
const anyTwo = fc.letrec<{ two: Two; leaf: Two; object: Two }>((tie) => ({
  two: fc.oneof(
    { maxDepth: 2 },
    tie('leaf'),
    tie('object'),
    tie('two').map(([before, after]) => [list(before), list(after)] as const),
    fc.tuple(tie('two'), tie('two')).map(([[a, b], [c, d]]) => [oneOf(a, c), oneOf(b, d)] as const),
    fc.tuple(tie('two'), tie('two')).map(([[a, b], [c]]) => [a, oneOf(b, c)] as const),
  ),
  leaf: fc.oneof(
    twice(bounds).map(([before, after]) => [text(before), text(after)] as const),
    twice(some(['a', 'b', 'cc'])).map(
      ([before, after]) => [{ enum: before }, text({ enum: after })] as const,
    ),
    twice(some(['string', 'integer', 'number', 'null'])).map(([before, after]) => {
      return [{ type: before }, { type: after }] as const;
    }),
    twice(fc.constantFrom<Schema>({}, text(), { const: 'a' })),
  ),
  object: fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('both', 'before', 'after'), tie('two'))),
      twice(fc.subarray(NAMES)),
      twice(fc.constantFrom<unknown>(false, {}, text())),
    )
    .map(([properties, required, others]) => {
      const side = (n: 0 | 1, here: string) => ({
        ...fields(
          Object.fromEntries(
            properties
              .filter(([, when]) => when === 'both' || when === here)
              .map(([name, , two]) => [name, two[n]]),
          ),
          required[n],
        ),
        additionalProperties: others[n],
      });
      return [side(0, 'before'), side(1, 'after')] as const;
    }),
})).two;

const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<unknown>('', 'a', 'b', 'cc', 'dddd', 1, 1.5, true, null),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value')),
  ),
})).value;

/** Schemas of the test's own making, which need no checking against the schema of schemas: that takes seconds. */
const ajv = new Ajv2020({ strict: false, meta: false, validateSchema: false });
const takes = (schema: Schema, value: unknown) => ajv.validate(schema, value);
const breaks = (before: Schema, after: Schema) =>
  compareSchemas(before, after, 'input').some((change) => change.breaks);

it('what was accepted is still accepted, unless a break is reported', () => {
  fc.assert(
    fc.property(anyTwo, fc.array(anyValue, { minLength: 20, maxLength: 40 }), ([before, after], values) => {
      if (breaks(before, after)) return;
      for (const value of values.filter((one) => takes(before, one))) {
        expect(takes(after, value), JSON.stringify(value)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

it('an unchanged schema is not reported', () => {
  fc.assert(
    fc.property(anyTwo, ([schema]) => {
      const same = structuredClone(schema);
      expect([...compareSchemas(schema, same, 'input'), ...compareSchemas(schema, same, 'output')]).toEqual(
        [],
      );
    }),
  );
});
