import { z } from 'zod';

/** The maximum size of metadata as JSON, in bytes. */
const MAX_METADATA = 4096;
const TOO_LONG = 'must have at most 4096 bytes as JSON';

/** Property names with a special meaning in JavaScript: in one program they vanish, in another they change all objects. */
const RESERVED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Runs before zod, which drops `__proto__` silently. */
function refuseReservedNames(value: unknown, context: z.RefinementCtx): unknown {
  const fault = metadataFault(value);
  if (fault !== null) context.addIssue(fault);
  return value;
}

function metadataFault(metadata: unknown): string | null {
  // Each value takes two bytes or more, so the walk ends at the number of values that may be allowed.
  let valuesLeft = MAX_METADATA / 2;
  const faultIn = (value: unknown): string | null => {
    if (valuesLeft-- === 0) return TOO_LONG;
    if (typeof value !== 'object' || value === null) return null;
    // All properties are the object's own: it comes from JSON.
    for (const name in value) {
      if (RESERVED_NAMES.has(name)) return `must not have the member "${name}"`;
      const fault = faultIn((value as Readonly<Record<string, unknown>>)[name]);
      if (fault !== null) return fault;
    }
    return null;
  };
  return faultIn(metadata);
}

/** A small JSON object. The bound on its size also bounds its depth. */
const StoredMetadata = z
  .record(z.string(), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_METADATA, TOO_LONG)
  // Postgres cannot store either of these in JSON; both are written as escapes.
  .refine(
    (value) => !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(JSON.stringify(value)),
    'must not contain NUL or an unpaired surrogate',
  );

/** The metadata of a key, as a client sends it. */
export const Metadata = z.preprocess(refuseReservedNames, StoredMetadata);
