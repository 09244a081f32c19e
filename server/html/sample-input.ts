import type { Schema } from '../rpc/api-document.ts';

/** How many levels of a schema a sample follows: a schema may contain itself. */
const MAX_DEPTH = 6;

const REFERENCE = '#/components/schemas/';

/** A value of each type whose bounds are left out. */
const SAMPLES: Readonly<Record<string, unknown>> = { string: '…', boolean: false, null: null, array: [] };

interface SampledSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/**
 * The shape of an input, for a procedure without an example: only the required properties, with `…` for a string.
 * @param schemas those to which a reference leads, by name
 */
export function sampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, depth = 0): unknown {
  const { $ref, enum: values, properties, required = [], ...facts } = schema as SampledSchema;
  const first = [...(facts.anyOf ?? []), ...(facts.oneOf ?? []), ...(facts.allOf ?? [])][0];
  const next = $ref?.startsWith(REFERENCE) ? schemas[$ref.slice(REFERENCE.length)] : first;
  if (depth > MAX_DEPTH) return null;
  if (facts.const !== undefined) return facts.const;
  if (values) return values[0];
  if (properties) {
    const named = required.filter((name) => Object.hasOwn(properties, name));
    return Object.fromEntries(
      named.map((name) => [name, sampleOf(properties[name] as Schema, schemas, depth + 1)]),
    );
  }
  if (next) return sampleOf(next, schemas, depth + 1);
  return plainSampleOf(facts);
}

function plainSampleOf({ type, format, minimum }: SampledSchema): unknown {
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind === 'integer' || kind === 'number') return Math.max(minimum ?? 0, 0);
  if (kind === 'object') return {};
  if (format === 'date-time') return '2026-11-25T09:30:00Z';
  return SAMPLES[kind ?? ''] ?? null;
}
