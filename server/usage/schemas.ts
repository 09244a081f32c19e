import { z } from 'zod';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { Id, Text } from '../lib/schemas.ts';
import { BUCKET_SIZES } from '../stores/usage/usage-buckets.ts';

const RANGE = {
  from: z.iso.datetime().describe('ISO 8601, UTC: the first span is the one that contains it.'),
  to: z.iso.datetime().describe('The last span is the one that ends here or contains it.'),
  step: z.enum(BUCKET_SIZES),
};

const PROCEDURE = {
  procedure: Text.min(1)
    .max(300)
    .optional()
    .describe('Counts only the calls of this procedure; `latency` is then null.'),
};

export const UsageKeyInput = z.strictObject({ id: Id, ...RANGE, ...PROCEDURE });

export const UsageKeysInput = z.strictObject({
  ids: z.array(Id).min(1).max(100).describe('Ids of keys. The response is in the same order.'),
  ...RANGE,
});

export const UsageWorkspaceInput = z.strictObject({
  ...RANGE,
  ...PROCEDURE,
  environment: z
    .enum(ENVIRONMENTS)
    .optional()
    .describe('Counts only the calls of the keys of this environment; `latency` is then null.'),
  top: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('How many of the keys with the most calls are returned; ten by default.'),
});

const COUNTS = { accepted: z.int(), refused: z.int() };

const SPAN = {
  from: z.string().describe('The beginning of the first point.'),
  to: z.string().describe('The end of the last point.'),
  step: z.enum(BUCKET_SIZES),
};

const POINTS = z.array(z.object({ at: z.string(), ...COUNTS })).describe('One for each step, without gaps.');

export const UsageKeysOutput = z.object({
  ...SPAN,
  items: z.array(z.object({ id: z.string(), ...COUNTS, points: POINTS })),
});
export type UsageKeysOutput = z.infer<typeof UsageKeysOutput>;

export const UsageOutput = z.object({
  ...SPAN,
  ...COUNTS,
  points: POINTS,
  outcomes: z
    .array(z.object({ outcome: z.string(), count: z.int() }))
    .describe('`OK` and reasons, including those of other versions; most frequent first.'),
  procedures: z
    .array(z.object({ procedure: z.string(), ...COUNTS }))
    .describe('Most called first, at most a hundred; exact if the range has at most a thousand procedures.'),
  latency: z
    .object({ p50: z.number(), p95: z.number(), p99: z.number() })
    .nullable()
    .describe(
      'How long accepted calls took, in milliseconds, within 10 %; null if there were none, or for one procedure or environment.',
    ),
});
export type UsageOutput = z.infer<typeof UsageOutput>;

export const UsageWorkspaceOutput = UsageOutput.extend({
  keys: z
    .array(z.object({ id: z.string(), name: z.string().nullable(), ...COUNTS }))
    .describe('The keys with the most calls; the name of a deleted key is null.'),
});
export type BusyKey = z.infer<typeof UsageWorkspaceOutput>['keys'][number];
