import { octetInputParser } from '@trpc/server/http';
import { z } from 'zod';
import type { Schema } from '../rpc/api-document.ts';

/** Which side of a parser is described: what it is given, or what it gives. */
export type Side = 'input' | 'output';

/** A parser that says by itself which media types it takes in place of JSON. */
interface TakesMedia {
  readonly mediaTypes: readonly string[];
}

/** The media types in which a procedure with these parsers is sent its input. */
export function mediaTypesOf(parsers: readonly unknown[]): readonly string[] {
  for (const parser of parsers) {
    if (parser === octetInputParser) return ['application/octet-stream'];
    if (isObject(parser) && 'mediaTypes' in parser) return (parser as TakesMedia).mediaTypes;
  }
  return ['application/json'];
}

/** Whether every parser takes that nothing is sent. */
export function isOptional(parsers: readonly unknown[]): boolean {
  return parsers.every((parser) => isZod(parser) && parser._zod.optin === 'optional');
}

/**
 * The JSON Schema of a parser, its own definitions in `$defs`. It says no more than the parser holds to, and less where
 * JSON Schema cannot say it: what a refinement asks for stands in the description.
 */
export function jsonSchemaOf(parser: unknown, side: Side): Schema {
  try {
    if (isZod(parser)) return ofZod(parser, side);
    if (hasStandard(parser)) return parser['~standard'].jsonSchema[side]({ target: 'draft-2020-12' });
  } catch {
    // A parser that cannot be described is no reason not to serve.
  }
  return { description: 'This procedure does not say what it looks like.' };
}

function ofZod(parser: z.core.$ZodType, io: Side): Schema {
  const { $schema, ...schema } = z.toJSONSchema(parser, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      // Written by JSON.stringify; on the way in, no JSON is a Date.
      if (def.type === 'date' && io === 'output') Object.assign(jsonSchema, DATE);
      // A later version may answer more; `z.strictObject` alone promises that it will not.
      if (def.type === 'object' && io === 'output' && !('catchall' in def && def.catchall)) {
        delete jsonSchema.additionalProperties;
      }
      const more = refinementsOf(def.checks ?? []).filter((one) => !jsonSchema.description?.includes(one));
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

/** What refinements say of what they refuse, such as `must not be blank`. */
function refinementsOf(checks: readonly z.core.$ZodCheck<never>[]): string[] {
  return checks.flatMap(({ _zod: { def } }) => {
    const told = def.check === 'custom' ? def.error?.({} as never) : undefined;
    return typeof told === 'string' ? [told] : [];
  });
}

/** What other libraries describe themselves by (https://standardschema.dev/json-schema). */
interface StandardJsonSchema {
  readonly '~standard': {
    readonly jsonSchema: Readonly<Record<Side, (options: { target: 'draft-2020-12' }) => Schema>>;
  };
}

const isObject = (parser: unknown): parser is object =>
  (typeof parser === 'object' || typeof parser === 'function') && parser !== null;

/** Of our zod, or of another copy of zod 4. */
const isZod = (parser: unknown): parser is z.core.$ZodType => isObject(parser) && '_zod' in parser;

const hasStandard = (parser: unknown): parser is StandardJsonSchema =>
  isObject(parser) && isObject((parser as Partial<StandardJsonSchema>)['~standard']?.jsonSchema);
