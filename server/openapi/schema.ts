import { octetInputParser } from '@trpc/server/http';
import { z } from 'zod';
import type { Schema } from '../rpc/api-document.ts';

/** The side of a parser to describe: its input or its output. */
export type Side = 'input' | 'output';

/** A parser that declares which media types it accepts instead of JSON. */
interface TakesMedia {
  readonly mediaTypes: readonly string[];
}

/** The media types of the input of a procedure with these parsers. */
export function mediaTypesOf(parsers: readonly unknown[]): readonly string[] {
  for (const parser of parsers) {
    if (parser === octetInputParser) return ['application/octet-stream'];
    if (isObject(parser) && 'mediaTypes' in parser) return (parser as TakesMedia).mediaTypes;
  }
  return ['application/json'];
}

/** Whether every parser accepts a missing input. */
export function isOptional(parsers: readonly unknown[]): boolean {
  return parsers.every((parser) =>
    isZod(parser) ? parser._zod.optin === 'optional' : isStandard(parser) && takesNothing(parser),
  );
}

/** A schema that validates asynchronously, or throws, counts as one that requires an input. */
function takesNothing({ '~standard': { validate } }: StandardSchema): boolean {
  try {
    const result = validate(undefined);
    if (result instanceof Promise) result.catch(() => {});
    return !(result instanceof Promise) && !result.issues;
  } catch {
    return false;
  }
}

/**
 * The JSON Schema of a parser, its own definitions in `$defs`. It requires no more than the parser does, and less if
 * JSON Schema cannot express a rule: the description states the rules of refinements.
 */
export function jsonSchemaOf(parser: unknown, side: Side): Schema {
  try {
    if (isZod(parser)) return ofZod(parser, side);
    if (hasStandard(parser)) return parser['~standard'].jsonSchema[side]({ target: 'draft-2020-12' });
  } catch {
    // A parser without a description must not prevent the service from starting.
  }
  return { description: 'This procedure does not declare its schema.' };
}

function ofZod(parser: z.core.$ZodType, io: Side): Schema {
  const { $schema, ...schema } = z.toJSONSchema(parser, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      // JSON.stringify writes a Date as a string; JSON input never contains a Date.
      if (def.type === 'date' && io === 'output') Object.assign(jsonSchema, DATE);
      // A later version may return more properties; only `z.strictObject` promises that it will not.
      if (def.type === 'object' && io === 'output' && !('catchall' in def && def.catchall)) {
        delete jsonSchema.additionalProperties;
      }
      const more = refinementsOf(def.checks ?? []).filter(
        (refinement) => !jsonSchema.description?.includes(refinement),
      );
      if (more.length > 0) {
        jsonSchema.description = [jsonSchema.description, `It ${more.join(', and ')}.`]
          .filter(Boolean)
          .join(' ');
      }
    },
  });
  return schema;
}

const DATE = { type: 'string', format: 'date-time' } as const;

/** The rules of refinements, such as `must not be blank`. */
function refinementsOf(checks: readonly z.core.$ZodCheck<never>[]): string[] {
  return checks.flatMap(({ _zod: { def } }) => {
    const message = def.check === 'custom' ? def.error?.({} as never) : undefined;
    return typeof message === 'string' ? [message] : [];
  });
}

/** The interface through which other libraries validate (https://standardschema.dev). */
interface StandardSchema {
  readonly '~standard': {
    readonly validate: (value: unknown) => Validated | Promise<Validated>;
  };
}

interface Validated {
  readonly issues?: unknown;
}

/** The interface through which other libraries describe themselves (https://standardschema.dev/json-schema). */
interface StandardJsonSchema {
  readonly '~standard': {
    readonly jsonSchema: Readonly<Record<Side, (options: { target: 'draft-2020-12' }) => Schema>>;
  };
}

const isObject = (parser: unknown): parser is object =>
  (typeof parser === 'object' || typeof parser === 'function') && parser !== null;

/** Whether a schema is of Keyseal's zod, or of another copy of zod 4. */
const isZod = (parser: unknown): parser is z.core.$ZodType => isObject(parser) && '_zod' in parser;

const isStandard = (parser: unknown): parser is StandardSchema =>
  isObject(parser) && typeof (parser as Partial<StandardSchema>)['~standard']?.validate === 'function';

const hasStandard = (parser: unknown): parser is StandardJsonSchema =>
  isObject(parser) && isObject((parser as Partial<StandardJsonSchema>)['~standard']?.jsonSchema);
